// Ends that are not planned, and the end of the program: the hook, shutdown, and music and blog.
#include <iostream>
#include <sstream>

#include "01_threads/threads.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// Sets a hook, and takes it back: on real threads the next case runs in the same program.
class HookFor {
 public:
  explicit HookFor(std::function<void(lab::Thread&, std::exception_ptr)> hook) {
    lab::set_excepthook(std::move(hook));
  }
  ~HookFor() { lab::set_excepthook({}); }
};

// What is written to std::cerr as long as it lives.
class Errors {
 public:
  Errors() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~Errors() { std::cerr.rdbuf(before_); }
  bool mention(const std::string& word) const {
    return text_.str().find(word) != std::string::npos;
  }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

std::string what_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (int number) {
    return std::to_string(number);
  }
}

// A second of this story. On real threads, where nobody waits for virtual time, a millisecond.
nanoseconds seconds(int count) { return exploring() ? nanoseconds(1s) * count : count * 1ms; }

// How many seconds each of the two takes.
struct Lengths {
  int music = 2;
  int blog = 4;
};

// Plays the evening, and says when what happened: "last line 4 s, exit 4 s".
std::string played(const lab::Evening& evening, Lengths lengths) {
  std::string seen;
  const auto act = [](const std::string& name, bool daemon, nanoseconds time) {
    CHECK(lab::current_thread().name() == name);
    CHECK(lab::current_thread().daemon() == daemon);
    std::this_thread::sleep_for(time);
  };
  bool music_is_over = false;
  bool blog_is_over = false;
  const lab::Times times = lab::music_and_blog(
      evening,
      [&] {
        act("music", evening.music_is_daemon, seconds(lengths.music));
        music_is_over = true;
      },
      [&] {
        act("blog", evening.blog_is_daemon, seconds(lengths.blog));
        blog_is_over = true;
      });
  CHECK(music_is_over);
  CHECK(blog_is_over);
  CHECK(lab::active_count() == 1);
  const auto in_seconds = [](nanoseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count() /
                          1000);
  };
  return "last line " + in_seconds(times.last_line) + " s, exit " + in_seconds(times.exit) + " s";
}

void check_evening(const lab::Evening& evening, const std::string& expected, Lengths lengths = {}) {
  explore(
      [&] {
        const std::string seen = played(evening, lengths);
        if (exploring()) CHECK(seen == expected);
      },
      kExactTime);
}

}  // namespace

TEST_CASE("an exception ends its thread alone" * points(3) *
          hints("An exception that leaves a std::thread's function ends the program. One that "
                "leaves run() ends the thread, and somebody is told.",
                "Where do you catch, and what? And which of the last steps of a thread must be "
                "taken after an exception just as well?",
                "try { run(); } catch (...) { hook(*this, std::current_exception()); }   and only "
                "then say \"ended\".")) {
  explore([] {
    std::string told;
    bool told_in_the_thread = false;
    bool was_alive = false;
    const HookFor hook([&](lab::Thread& who, std::exception_ptr error) {
      told += who.name() + ": " + what_of(error);
      told_in_the_thread = &lab::current_thread() == &who;
      was_alive = who.is_alive();
    });
    lab::Thread bad([] { throw std::runtime_error("no strings"); }, "guitar");
    bad.start();
    bad.join();
    CHECK(told == "guitar: no strings");
    CHECK(told_in_the_thread);
    CHECK(was_alive);
    CHECK_FALSE(bad.is_alive());
    CHECK(lab::active_count() == 1);
  });
  explore([] {
    int work = 0;
    int told = 0;
    const HookFor hook([&](lab::Thread&, std::exception_ptr) { ++told; });
    lab::Thread bad([] { throw 42; });
    lab::Thread good([&] { work = 1; });
    bad.start();
    good.start();
    bad.join();
    good.join();
    CHECK(told == 1);
    CHECK(work == 1);
  });
}

TEST_CASE("the hook may do what everybody may" * points(3) *
          hints("The hook is somebody else's code. It may ask, and start, and set, what it likes.",
                "Which lock do you hold while you call it?",
                "Copy the hook under the lock, let go of the lock, and call the copy.")) {
  explore([] {
    int work = 0;
    std::string seen;
    const HookFor hook([&](lab::Thread& who, std::exception_ptr) {
      seen = std::to_string(lab::active_count());
      who.set_name("was " + who.name());
      lab::set_excepthook({});
      lab::Thread repair([&] { work = 1; });
      repair.start();
      repair.join();
    });
    lab::Thread bad([] { throw std::runtime_error("broken"); }, "engine");
    bad.start();
    bad.join();
    CHECK(seen == "2");
    CHECK(bad.name() == "was engine");
    CHECK(work == 1);
  });
}

TEST_CASE("without a hook the exception is written to std::cerr" * points(1) *
          hints("Nobody should die without a word.",
                "What if set_excepthook() was never called, or was called with an empty function?",
                "if (!hook) std::cerr << \"Exception in thread \" + name() + ...   and what() of a "
                "std::exception.")) {
  explore([] {
    const Errors errors;
    lab::Thread bad([] { throw std::runtime_error("no strings"); }, "guitar");
    bad.start();
    bad.join();
    CHECK(errors.mention("guitar"));
    CHECK(errors.mention("no strings"));
    lab::Thread odd([] { throw 42; }, "drums");
    odd.start();
    odd.join();
    CHECK(errors.mention("drums"));
    CHECK_FALSE(odd.is_alive());
    lab::Thread idle({}, "bass");  // has nothing to do, which is no exception
    idle.start();
    idle.join();
    CHECK_FALSE(errors.mention("bass"));
  });
}

TEST_CASE(
    "a hook that throws ends its thread alone" * points(2) *
    hints("The hook can fail, too. It must not take the program with it.",
          "You call the hook in a catch block. What catches what the hook throws?",
          "Another try around the call of the hook; what it throws is written to std::cerr.")) {
  explore([] {
    const Errors errors;
    const HookFor hook(
        [](lab::Thread&, std::exception_ptr) { throw std::runtime_error("the hook is bent"); });
    lab::Thread bad([] { throw std::runtime_error("broken"); }, "engine");
    bad.start();
    bad.join();
    CHECK_FALSE(bad.is_alive());
    CHECK(lab::active_count() == 1);
    CHECK(errors.mention("the hook is bent"));
  });
}

TEST_CASE("the hook may be changed while a thread fails" * points(1) *
          hints("The hook is one variable for the whole program.",
                "set_excepthook() writes what a thread that fails is reading. Who guards it?",
                "The lock of the registry, in both; the thread that fails copies the hook under "
                "it.")) {
  explore([] {
    int told[2] = {};
    const HookFor first([&](lab::Thread&, std::exception_ptr) { told[0] = 1; });
    lab::Thread bad([] { throw std::runtime_error("broken"); });
    bad.start();
    const HookFor second([&](lab::Thread&, std::exception_ptr) { told[1] = 1; });
    bad.join();
    CHECK(told[0] + told[1] == 1);
  });
}

TEST_CASE("shutdown waits for all who are not daemons" * points(3) *
          hints("A program ends when the last thread has ended that is no daemon.",
                "Which threads does shutdown() wait for? And which of all Threads does it not care "
                "about?",
                "changed_.wait(hold, [&] { return no thread on the list is to be waited for; });   "
                "the main thread and the daemons are not.")) {
  explore([] {
    int work[2] = {};
    lab::Thread made([] {});
    lab::Thread a([&] { work[0] = 1; });
    lab::Thread b([&] { work[1] = 1; });
    a.start();
    b.start();
    lab::shutdown();
    CHECK(work[0] == 1);
    CHECK(work[1] == 1);
    CHECK(lab::active_count() == 1);
  });
  explore([] {
    lab::shutdown();  // there is nobody
    lab::Thread ended([] {});
    ended.start();
    ended.join();
    lab::shutdown();
  });
  // Anybody may call it whom no Thread started.
  explore([] {
    int work = 0;
    lab::Thread thread([&] { work = 1; });
    thread.start();
    std::thread stranger([&] {
      lab::shutdown();
      CHECK(work == 1);
    });
    stranger.join();
  });
}

TEST_CASE("shutdown does not wait for daemons" * points(2) *
          hints("A daemon serves as long as there is somebody to serve, and is not asked.",
                "Does shutdown() look at daemon()?",
                "Wait for those on the list with !daemon_ only.")) {
  explore([] {
    std::mutex door;
    int work = 0;
    lab::Thread daemon([&] { std::scoped_lock pass(door); }, "daemon", true);
    lab::Thread worker([&] { work = 1; });
    {
      std::scoped_lock closed(door);
      daemon.start();
      worker.start();
      lab::shutdown();
      CHECK(work == 1);
      CHECK(daemon.is_alive());
    }
    daemon.join();
  });
}

TEST_CASE("shutdown waits for threads that threads start" * points(3) *
          hints("The last thread of the list may be just starting the next one.",
                "When do you look at the list: once, or each time that a thread has ended?",
                "Wait in a loop whose condition looks at the list as it is now.")) {
  explore([] {
    int work = 0;
    lab::Thread second([&] { work = 1; });
    lab::Thread first([&] { second.start(); });
    first.start();
    lab::shutdown();
    CHECK(work == 1);
    CHECK(lab::active_count() == 1);
    first.join();
    second.join();
  });
}

TEST_CASE("a thread cannot call shutdown" * points(1) *
          hints("Who waits for all would wait for himself.",
                "Which threads does a thread find on the list that calls shutdown()?",
                "If the caller was started by a Thread: throw std::runtime_error.")) {
  explore([] {
    lab::Thread thread([] { CHECK_THROWS_AS(lab::shutdown(), std::runtime_error); });
    thread.start();
    thread.join();
    lab::Thread daemon([] { CHECK_THROWS_AS(lab::shutdown(), std::runtime_error); }, "", true);
    daemon.start();
    daemon.join();
    CHECK(lab::active_count() == 1);
  });
}

TEST_CASE(
    "music and blog: it matters where join stands" * points(4) *
    hints("join() stops the one who calls it, and nobody else.",
          "Which of the two threads run side by side? At which line does the main thread "
          "stand meanwhile?",
          "music.start(); if (one by one) music.join(); blog.start(); then the joins that are "
          "left; note the time; shutdown(); note the time.")) {
  check_evening({.join = lab::Join::kOneByOne}, "last line 6 s, exit 6 s");
  check_evening({.join = lab::Join::kBoth}, "last line 4 s, exit 4 s");
  check_evening({.join = lab::Join::kMusic}, "last line 2 s, exit 4 s");
  check_evening({.join = lab::Join::kNone}, "last line 0 s, exit 4 s");
  // A long concert.
  check_evening({.join = lab::Join::kBoth}, "last line 5 s, exit 5 s", {.music = 5});
}

TEST_CASE("music and blog: it matters who is a daemon" * points(4) *
          hints("A program does not wait at its end for a daemon. Who joins one does.",
                "When is daemon set: before start(), or after? And when do you note the second "
                "time: when shutdown() returns, or when both threads have ended?",
                "Thread player(music, \"music\", evening.music_is_daemon); ... times.exit is taken "
                "right after shutdown(), and before the threads are joined or destroyed.")) {
  using enum lab::Join;
  check_evening({.join = kNone, .blog_is_daemon = true}, "last line 0 s, exit 2 s");
  check_evening({.join = kNone, .music_is_daemon = true}, "last line 0 s, exit 4 s");
  check_evening({.join = kNone, .music_is_daemon = true, .blog_is_daemon = true},
                "last line 0 s, exit 0 s");
  check_evening({.join = kMusic, .blog_is_daemon = true}, "last line 2 s, exit 2 s");
  check_evening({.join = kBoth, .blog_is_daemon = true}, "last line 4 s, exit 4 s");
  check_evening({.join = kOneByOne, .music_is_daemon = true, .blog_is_daemon = true},
                "last line 6 s, exit 6 s");
}
