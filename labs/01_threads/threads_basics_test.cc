// One thread: what it runs, that it runs once, and what one can ask it.
#include "01_threads/threads.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("start runs the target in a new thread" * points(3) *
          hints("A Thread that was made is a plan. start() carries it out, in another thread.",
                "Where is your std::thread made: in the constructor, or in start()? And what does "
                "it call?",
                "start(): handle_ = std::thread([this] { run(); });   run(): if (target_) "
                "target_();")) {
  explore([] {
    int runs = 0;
    std::thread::id runner;
    lab::Thread thread([&] {
      ++runs;
      runner = std::this_thread::get_id();
    });
    CHECK(runs == 0);
    thread.start();
    thread.join();
    CHECK(runs == 1);
    CHECK_FALSE(runner == std::this_thread::get_id());
  });
  // One that is only made does nothing, and nobody waits for it.
  explore([] {
    int runs = 0;
    {
      lab::Thread thread([&] { ++runs; });
    }
    CHECK(runs == 0);
  });
}

TEST_CASE("run may be overridden, and there may be no target" * points(2) *
          hints("What a thread does is a virtual function. The target is only what run() of Thread "
                "itself does.",
                "Does your new thread call run(), or the target? And what if the target is empty?",
                "virtual void run() { if (target_) target_(); }   and the new thread calls "
                "run().")) {
  explore([] {
    class Adder : public lab::Thread {
     public:
      explicit Adder(int& sum) : lab::Thread({}, "adder"), sum_(sum) {}
      ~Adder() override { join(); }
      void run() override { sum_ += 5; }

     private:
      int& sum_;
    };
    int sum = 0;
    {
      Adder adder(sum);
      adder.start();
      CHECK(adder.name() == "adder");
    }
    CHECK(sum == 5);
    lab::Thread idle;
    idle.start();
    idle.join();
  });
}

TEST_CASE("a thread is started only once" * points(2) *
          hints("A Thread is one thread's life, and nobody lives twice.",
                "Does a second start() see that there was a first: while the thread runs, and when "
                "it has ended?",
                "Keep a state (made, alive, ended); start(): if it is not `made`, throw "
                "std::runtime_error(\"...\").")) {
  explore([] {
    std::atomic<int> runs = 0;
    lab::Thread thread([&] { ++runs; });
    thread.start();
    CHECK_THROWS_AS(thread.start(), std::runtime_error);
    thread.join();
    CHECK_THROWS_AS(thread.start(), std::runtime_error);
    thread.join();
    CHECK(runs == 1);
  });
}

TEST_CASE("of two who start a thread, one is refused" * points(2) *
          hints("\"Was it started? Then start it\" looks and acts.",
                "Two threads are in start() at the same time, and both have looked. What makes the "
                "look and the act one step?",
                "Look at the state and change it under one std::scoped_lock.")) {
  explore([] {
    int runs = 0;
    int refused[2] = {};
    lab::Thread thread([&] { ++runs; });
    const auto start = [&](int which) {
      try {
        thread.start();
      } catch (const std::runtime_error&) {
        refused[which] = 1;
      }
    };
    std::thread other([&] { start(1); });
    start(0);
    other.join();
    thread.join();
    CHECK(runs == 1);
    CHECK(refused[0] + refused[1] == 1);
  });
}

TEST_CASE("what was not started cannot be joined, and nobody joins himself" * points(3) *
          hints("To wait for what has not begun, or for oneself, is to wait for ever. An error is "
                "better.",
                "Three threads can be in join(): some other one, the thread itself, or one that "
                "came before start(). How do you tell them apart? And in join_for()?",
                "if (state_ == made) throw std::runtime_error(...); if (&current_thread() == this) "
                "throw std::runtime_error(...);   in both of them.")) {
  explore(
      [] {
        lab::Thread later([] {});
        CHECK_THROWS_AS(later.join(), std::runtime_error);
        CHECK_THROWS_AS(later.join_for(0ns), std::runtime_error);
        CHECK_THROWS_AS(later.join_for(1h), std::runtime_error);
        later.start();
        later.join();
      },
      {.clock = Clock::kStrict});
  explore(
      [] {
        lab::Thread* self = nullptr;
        lab::Thread thread([&] {
          CHECK_THROWS_AS(self->join(), std::runtime_error);
          CHECK_THROWS_AS(self->join_for(0ns), std::runtime_error);
          CHECK_THROWS_AS(self->join_for(1h), std::runtime_error);
        });
        self = &thread;
        thread.start();
        thread.join();
        CHECK_FALSE(thread.is_alive());
      },
      {.clock = Clock::kStrict});
}

TEST_CASE("a thread has a name" * points(2) *
          hints("A name is for people. Who does not choose one gets one.",
                "Which Threads use up a number? Only those that were made without a name.",
                "if (name.empty()) name_ = \"Thread-\" + std::to_string(++count);   where count is "
                "one for the whole program.")) {
  explore([] {
    lab::Thread first;
    lab::Thread named([] {}, "worker");
    lab::Thread second;
    CHECK(named.name() == "worker");
    // On real threads this body is run many times in one program, and the count goes on.
    if (exploring()) CHECK(first.name() == "Thread-1");
    REQUIRE(first.name().rfind("Thread-", 0) == 0);
    const int number = std::stoi(first.name().substr(7));
    CHECK(second.name() == "Thread-" + std::to_string(number + 1));
    named.set_name("digger");
    CHECK(named.name() == "digger");
    lab::Thread thread([] {}, "here");
    thread.start();
    thread.join();
    thread.set_name("gone");
    CHECK(thread.name() == "gone");
  });
}

TEST_CASE("two threads made at once get two names" * points(2) *
          hints("The number of the next name is shared by all who make Threads.",
                "`++count` is a read and a write. Who guards it?",
                "Take the number under the lock of the registry, or let it be a "
                "std::atomic<int>.")) {
  explore([] {
    std::string names[2];
    std::thread other([&] { names[1] = lab::Thread().name(); });
    names[0] = lab::Thread().name();
    other.join();
    CHECK(names[0] != names[1]);
  });
}

TEST_CASE("the name may be changed while others read it" * points(2) *
          hints("A std::string that one thread reads and another one writes is a data race.",
                "Who guards the name? And what does name() return: a string, or a reference to one "
                "that set_name() is changing?",
                "std::string name() const { std::scoped_lock hold(mutex_); return name_; }")) {
  explore([] {
    lab::Thread thread([] {}, "before");
    std::string seen;
    std::thread reader([&] { seen = thread.name(); });
    thread.set_name("after");
    reader.join();
    CHECK((seen == "before" || seen == "after"));
    CHECK(thread.name() == "after");
  });
}

TEST_CASE("a daemon is one before it starts" * points(2) *
          hints("What shutdown() waits for must not change while it waits.",
                "set_daemon() of a thread that was started is an error, also when it has ended. "
                "And an error changes nothing.",
                "if (state_ != made) throw std::runtime_error(\"...\"); daemon_ = daemon;")) {
  explore([] {
    lab::Thread plain([] {});
    CHECK_FALSE(plain.daemon());
    lab::Thread thread([] {}, "ghost", true);
    CHECK(thread.daemon());
    thread.set_daemon(false);
    CHECK_FALSE(thread.daemon());
    thread.set_daemon(true);
    thread.start();
    CHECK_THROWS_AS(thread.set_daemon(false), std::runtime_error);
    thread.join();
    CHECK_THROWS_AS(thread.set_daemon(false), std::runtime_error);
    CHECK(thread.daemon());
  });
  // One makes it a daemon, and another one asks.
  explore([] {
    lab::Thread thread([] {});
    int seen = 0;
    std::thread reader([&] { seen = thread.daemon() ? 1 : 0; });
    thread.set_daemon(true);
    reader.join();
    CHECK(seen <= 1);
    CHECK(thread.daemon());
  });
}

TEST_CASE("ident is 0 before the start, and nobody else's afterwards" * points(2) *
          hints("A name may be used twice. An ident may not, not even when its thread has ended.",
                "When does the Thread get its number? Could run() begin before that? And where "
                "does the number come from: may the system give it to the next thread, too?",
                "Count: in start(), under the lock and before the thread can run, ident_ = "
                "++idents;")) {
  explore([] {
    std::uint64_t inside = 0;
    lab::Thread* self = nullptr;
    lab::Thread first([&] { inside = self->ident(); });
    self = &first;
    CHECK(first.ident() == 0);
    first.start();
    CHECK(first.ident() != 0);
    first.join();
    CHECK(first.ident() == inside);
    lab::Thread second([] {});
    second.start();
    second.join();
    CHECK(second.ident() != 0);
    CHECK(second.ident() != first.ident());
  });
  // Two that are started at once.
  explore([] {
    lab::Thread one([] {});
    lab::Thread two([] {});
    std::thread other([&] { two.start(); });
    one.start();
    other.join();
    CHECK(one.ident() != two.ident());
    one.join();
    two.join();
  });
}
