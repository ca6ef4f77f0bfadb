// All threads: which one am I, and who else is there.
#include "01_threads/threads.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

// How often `thread` stands in the list of all.
long times_listed(const lab::Thread& thread) {
  const std::vector<lab::Thread*> all = lab::enumerate();
  return std::count(all.begin(), all.end(), &thread);
}

// What `call` throws, in words.
std::string thrown_by(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::runtime_error&) {
    return "runtime_error";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE(
    "current_thread is the thread that asks" * points(3) *
    hints("Every thread gets another answer to the same question, and always the same one.",
          "A thread_local variable is one for each thread. Who writes what into it, and when?",
          "thread_local Thread* current = nullptr;   and the new thread's first step is "
          "current = this;")) {
  explore([] {
    lab::Thread& main = lab::current_thread();
    CHECK(main.name() == "MainThread");
    const lab::Thread* seen[2] = {};
    std::string name;
    lab::Thread a([&] { seen[0] = &lab::current_thread(); });
    lab::Thread b(
        [&] {
          seen[1] = &lab::current_thread();
          name = seen[1]->name();
        },
        "b");
    a.start();
    b.start();
    a.join();
    b.join();
    CHECK(seen[0] == &a);
    CHECK(seen[1] == &b);
    CHECK(name == "b");
    CHECK(&lab::current_thread() == &main);
  });
}

TEST_CASE("the main thread has a Thread, too" * points(2) *
          hints("Nobody started the main thread, and it is a thread like any other.",
                "It runs, so what are its state, its ident, and its place in the list? What would "
                "join() of it wait for?",
                "Make its Thread at the first use of your registry, alive and listed. start(), "
                "join(), join_for() and set_daemon() of it throw std::runtime_error.")) {
  explore(
      [] {
        lab::Thread& main = lab::current_thread();
        CHECK(main.is_alive());
        CHECK_FALSE(main.daemon());
        CHECK(main.ident() != 0);
        CHECK(times_listed(main) == 1);
        CHECK(lab::active_count() == 1);
        CHECK(thrown_by([&] { main.start(); }) == "runtime_error");
        CHECK(thrown_by([&] { main.join(); }) == "runtime_error");
        CHECK(thrown_by([&] { main.set_daemon(true); }) == "runtime_error");
        std::string thrown[2];
        lab::Thread other([&] {
          thrown[0] = thrown_by([&] { main.join(); });
          thrown[1] = thrown_by([&] { (void)main.join_for(1h); });
        });
        other.start();
        other.join();
        CHECK(main.ident() != other.ident());
        CHECK(thrown[0] == "runtime_error");
        CHECK(thrown[1] == "runtime_error");
      },
      {.clock = Clock::kStrict});
}

TEST_CASE("a thread started by other means gets a Thread" * points(2) *
          hints("Whoever asks who he is gets an answer, even if he came without a ticket.",
                "What does your thread_local hold in a thread that no Thread started? When is what "
                "you put there destroyed, and who takes it off the list?",
                "A thread_local std::unique_ptr<Thread>, made at the first call: alive, a daemon, "
                "\"Dummy-N\". Its destructor takes it off the list.")) {
  explore([] {
    (void)lab::current_thread();  // so this is the main thread
    std::thread stranger([] {
      const std::size_t before = lab::active_count();
      lab::Thread& self = lab::current_thread();
      CHECK(&lab::current_thread() == &self);
      CHECK(lab::active_count() == before + 1);
      CHECK(times_listed(self) == 1);
      CHECK(self.name().rfind("Dummy-", 0) == 0);
      CHECK(self.is_alive());
      CHECK(self.daemon());
      CHECK(self.ident() != 0);
      CHECK(thrown_by([&] { self.start(); }) == "runtime_error");
      CHECK(thrown_by([&] { self.join(); }) == "runtime_error");
    });
    stranger.join();
    CHECK(lab::active_count() == 1);
  });
  // Two that come at once.
  explore([] {
    (void)lab::current_thread();
    std::string names[2];
    std::thread one([&] { names[0] = lab::current_thread().name(); });
    std::thread two([&] { names[1] = lab::current_thread().name(); });
    one.join();
    two.join();
    CHECK(names[0] != names[1]);
    CHECK(lab::active_count() == 1);
  });
}

TEST_CASE("a thread is on the list from its start" * points(3) *
          hints("The list has everybody who was started and has not ended.",
                "start() has returned: is the thread listed, although it may not have run yet? And "
                "the thread in run(): does it find itself?",
                "Put the Thread on the list in start(), before or together with the making of the "
                "std::thread, not in the new thread.")) {
  explore([] {
    std::mutex door;
    long inside = 0;
    lab::Thread thread([&] {
      inside = times_listed(lab::current_thread());
      std::scoped_lock pass(door);
    });
    CHECK(lab::active_count() == 1);
    CHECK(times_listed(thread) == 0);  // made only
    {
      std::scoped_lock closed(door);
      thread.start();
      CHECK(lab::active_count() == 2);
      CHECK(times_listed(thread) == 1);
      CHECK(times_listed(lab::current_thread()) == 1);
    }
    thread.join();
    CHECK(inside == 1);
  });
}

TEST_CASE(
    "a thread that was joined is off the list" * points(3) *
    hints("The list has nobody who has ended.",
          "join() has returned: was the thread taken off the list before, or does it do that "
          "a moment later?",
          "\"Off the list\" and \"ended\" are one step, under one lock: registry.erase(this), "
          "state_ = ended, notify_all().")) {
  explore([] {
    lab::Thread a([] {});
    lab::Thread b([] {});
    a.start();
    b.start();
    a.join();
    CHECK(times_listed(a) == 0);
    b.join();
    CHECK(times_listed(b) == 0);
    CHECK(lab::active_count() == 1);
  });
}

TEST_CASE("a thread that was refused stays off the list" * points(2) *
          hints("Who is not started is not listed, and nobody is listed twice.",
                "A start() that throws: what has it already changed?",
                "Check first, under the lock; then put the Thread on the list.")) {
  explore([] {
    std::mutex door;
    lab::Thread thread([&] { std::scoped_lock pass(door); });
    {
      std::scoped_lock closed(door);
      thread.start();
      CHECK(thrown_by([&] { thread.start(); }) == "runtime_error");
      CHECK(times_listed(thread) == 1);
    }
    thread.join();
    CHECK(thrown_by([&] { thread.start(); }) == "runtime_error");
    CHECK(times_listed(thread) == 0);
    CHECK_FALSE(thread.is_alive());
  });
  // It is the system that refuses: it has no thread left. (A real one has too many to use up.)
  explore([] {
    if (!exploring()) return;
    lab::Thread thread([] {});
    std::vector<std::thread> others;
    try {
      for (;;) others.emplace_back([] {});
    } catch (const std::system_error&) {
    }
    CHECK_THROWS_AS(thread.start(), std::system_error);
    CHECK(lab::active_count() == 1);
    CHECK(times_listed(thread) == 0);
    CHECK_FALSE(thread.is_alive());
    CHECK(thread.ident() == 0);
    for (std::thread& other : others) other.join();
  });
}

TEST_CASE("the list may be asked for while threads come and go" * points(2) *
          hints("The list is shared by all threads of the program.",
                "Who changes the list, and who reads it? Is there one lock for all of them?",
                "enumerate(): std::scoped_lock hold(registry.mutex); return a copy.")) {
  explore([] {
    lab::Thread thread([] {});
    std::size_t seen = 0;
    std::thread watcher([&] { seen = lab::active_count(); });
    thread.start();
    thread.join();
    watcher.join();
    CHECK(seen >= 1);
    CHECK(seen <= 2);
  });
  // A list that was asked for is a copy: it does not change under the hands of who reads it.
  explore([] {
    lab::Thread thread([] {});
    thread.start();
    const std::vector<lab::Thread*>& all = lab::enumerate();
    const std::size_t before = all.size();
    thread.join();
    CHECK(all.size() == before);
  });
}

TEST_CASE("who is not alive is not listed, and the other way round" * points(2) *
          hints("Two questions about one fact must get one answer.",
                "\"Ended\" and \"off the list\": can somebody ask in between?",
                "Change both under the lock under which both are read.")) {
  explore([] {
    lab::Thread thread([] {});
    thread.start();
    const bool listed = times_listed(thread) == 1;
    const bool alive = thread.is_alive();
    if (!listed) CHECK_FALSE(alive);  // it had ended, and does not come back
    const bool still_listed = times_listed(thread) == 1;
    if (!alive) CHECK_FALSE(still_listed);
    thread.join();
  });
}
