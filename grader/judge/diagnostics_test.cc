#include "grader/judge/diagnostics.h"

#include <doctest/doctest.h>

namespace lockstep::judge {
namespace {

Digest of(const char* output) { return digest(output, {"05_rlock/rlock.h"}); }

}  // namespace

TEST_CASE("the first error in the student's file") {
  const Digest error =
      of("In file included from 05_rlock/rlock_test.cc:1:\n"
         "./05_rlock/rlock.h: In member function 'void lab::RLock::lock()':\n"
         "./05_rlock/rlock.h:20:9: warning: unused variable 'x' [-Wunused-variable]\n"
         "./05_rlock/rlock.h:27:5: error: 'owner' was not declared in this scope; did you mean "
         "'owner_'?\n"
         "./05_rlock/rlock.h:30:5: error: expected ';' before '}' token\n");
  CHECK(error.message == "`owner` was not declared in this scope; did you mean `owner_`?");
  CHECK(error.file == "05_rlock/rlock.h");
  CHECK(error.line == 27);
  CHECK(error.errors == 2);
}

TEST_CASE("an error in the test's file comes second, but is told") {
  const Digest error =
      of("05_rlock/rlock_test.cc:12:8: error: 'class lab::RLock' has no member named 'unlock'\n"
         "./05_rlock/rlock.h:40:1: error: expected '}' at end of input\n");
  CHECK(error.file == "05_rlock/rlock.h");
  CHECK(error.line == 40);
  const Digest other =
      of("05_rlock/rlock_test.cc:12:8: error: 'class lab::RLock' has no member named 'unlock'\n");
  CHECK(other.file == "05_rlock/rlock_test.cc");
  CHECK(other.line == 12);
  CHECK(other.message == "`class lab::RLock` has no member named `unlock`");
}

TEST_CASE("an error in the library is told where the student caused it") {
  const Digest error = of(
      "In file included from /usr/include/c++/12/mutex:43,\n"
      "                 from /lockstep/include/grader/harness/prelude.h:20:\n"
      "/usr/include/c++/12/bits/std_mutex.h: In instantiation of 'x':\n"
      "./05_rlock/rlock.h:33:21:   required from here\n"
      "/usr/include/c++/12/bits/std_mutex.h:172:2: error: no matching function for call to 'f'\n");
  CHECK(error.file == "05_rlock/rlock.h");
  CHECK(error.line == 33);
  CHECK(error.message == "no matching function for call to `f`");
}

TEST_CASE("a missing file, a fatal error") {
  const Digest error =
      of("./05_rlock/rlock.h:3:10: fatal error: nowhere.h: No such file or directory\n"
         "compilation terminated.\n");
  CHECK(error.message == "nowhere.h: No such file or directory");
  CHECK(error.line == 3);
  CHECK(error.errors == 1);
}

TEST_CASE("the linker's words") {
  const Digest error =
      of("/usr/bin/ld.gold: error: /out/1.o: multiple definition of 'lab::count()'\n"
         "/usr/bin/ld.gold: /out/0.o: previous definition here\n");
  CHECK(error.message == "multiple definition of `lab::count()`");
  CHECK(error.file == "");
  CHECK(error.errors == 1);
  const Digest missing =
      of("./05_rlock/rlock.h:50: error: undefined reference to 'lab::RLock::unlock()'\n"
         "collect2: error: ld returned 1 exit status\n");
  CHECK(missing.message == "undefined reference to `lab::RLock::unlock()`");
  CHECK(missing.file == "05_rlock/rlock.h");
  CHECK(missing.line == 50);
}

TEST_CASE("an identifier that the compiler was told to refuse") {
  const Digest error = of("./05_rlock/rlock.h:9:6: error: attempt to use poisoned \"async\"\n");
  CHECK(error.poisoned == "async");
  CHECK(of("05_rlock/rlock.h:9:6: error: 'poisoned' is bad\n").poisoned == "");
}

TEST_CASE("no error at all") {
  CHECK(of("").errors == 0);
  CHECK(of("").message == "");
  CHECK(of("bwrap: No permissions\n").errors == 0);
  CHECK(of("bwrap: No permissions\n").message == "bwrap: No permissions");
  CHECK(of("05_rlock/rlock.h:3:1: note: 'error: not really'\n").errors == 0);
}

}  // namespace lockstep::judge
