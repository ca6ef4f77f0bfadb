#include "grader/explorer/trace/source_files.h"

#include "grader/explorer/trace/tests/check.h"

namespace lockstep::trace {
namespace {

void own_files() {
  struct Row {
    const char* path;
    bool own;
  };
  constexpr Row kRows[] = {
      {"05_rlock/rlock.h", true},
      {"/home/someone/program.c", true},
      {"labs/10_queue/queue_test.cc", true},
      {"./a.cc", true},
      {"/usr/include/c++/12/mutex", false},
      {"/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/mutex", false},
      {"/usr/lib/llvm-14/lib/clang/14.0.6/include/stddef.h", false},
      {"/lockstep/include/grader/explorer/explore.h", false},
      {"/given/04_lock/lock.h", false},
      {"grader/explorer/explore.h", false},
      {"/build/grader/harness/lab_test.h", false},
      {"grader/explorer/tests/bug_programs.cc", true},
      {"grader/explorer/trace/tests/symbols_test.cc", true},
      {"/out/shim/bits/atomic_wait.h", false},
      {"external/doctest/doctest/doctest.h", false},
      {"my_external/x.h", true},
      {"<built-in>", false},
      {"", false},
  };
  for (const Row& row : kRows) {
    CHECK_TEXT(std::string(row.path) + (is_own_file(row.path) ? " own" : " not"),
               std::string(row.path) + (row.own ? " own" : " not"));
  }
}

void shown_paths() {
  CHECK_TEXT(shown_path("/work/05_rlock/rlock.h", "/work"), "05_rlock/rlock.h");
  CHECK_TEXT(shown_path("/workshop/rlock.h", "/work"), "/workshop/rlock.h");
  CHECK_TEXT(shown_path("/proc/self/cwd/labs/a.h", "/x"), "labs/a.h");
  CHECK_TEXT(shown_path("./a/../b.cc", ""), "b.cc");
  CHECK_TEXT(short_place("05_rlock/rlock.h", 27), "rlock.h:27");
  CHECK_TEXT(short_place("rlock.h", 27), "rlock.h:27");
  CHECK_TEXT(short_place("rlock.h", 0), "an unknown line");
}

}  // namespace
}  // namespace lockstep::trace

int main() {
  lockstep::trace::own_files();
  lockstep::trace::shown_paths();
  return lockstep::trace::report("source_files_test");
}
