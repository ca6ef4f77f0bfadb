// The end of a thread: is_alive, join, join_for, and the destructor.
#include "01_threads/threads.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// Adds that a condition variable may wake a thread for no reason, which the standard allows.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

// The time since `start`. Under the explorer time is virtual and the answer is exact; on real
// threads it says nothing, so every check of it asks exploring() first.
long long microseconds_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count();
}

}  // namespace

TEST_CASE("join waits for the end, and sees what was done" * points(4) *
          hints("After join() the work is done, and the one who joined may use it.",
                "What says that the thread has ended? It must be said after run() is over, and the "
                "one who joins must sleep until it is said.",
                "In the new thread: run(); then, under the mutex, state_ = ended and "
                "changed_.notify_all(). join(): changed_.wait(hold, [&] { return state_ == ended; "
                "});")) {
  explore([] {
    int work = 0;  // plain memory: start() and join() alone order who writes and who reads it
    lab::Thread thread([&] { ++work; });
    work = 1;
    thread.start();
    thread.join();
    CHECK(work == 2);
    thread.join();
    CHECK(work == 2);
  });
  // What is thread_local goes after run(), and may ask who is still there.
  explore([] {
    struct LastWords {
      ~LastWords() { seen = lab::active_count(); }
      std::size_t seen = 0;
    };
    lab::Thread thread([] {
      static thread_local LastWords last;
      last.seen = 1;
    });
    thread.start();
    thread.join();
    CHECK_FALSE(thread.is_alive());
  });
}

TEST_CASE("a thread is alive from its start to its end" * points(3) *
          hints("Alive is what was started and has not ended: at once, and not a moment longer.",
                "start() has returned, and the new thread has not run yet: what does is_alive() "
                "say? And join() has returned: is \"ended\" said already?",
                "start() says \"alive\", before the new thread can say \"ended\". The new thread "
                "says \"ended\" before it wakes whoever joins.")) {
  explore([] {
    std::mutex door;
    bool inside = false;
    lab::Thread* self = nullptr;
    lab::Thread thread([&] {
      inside = self->is_alive();
      std::scoped_lock pass(door);
    });
    self = &thread;
    CHECK_FALSE(thread.is_alive());
    {
      std::scoped_lock closed(door);
      thread.start();
      CHECK(thread.is_alive());
    }
    thread.join();
    CHECK_FALSE(thread.is_alive());
    CHECK(inside);
  });
}

TEST_CASE("who sees that a thread has ended sees what it did" * points(3) *
          hints("is_alive() is not only a bool: it says that the work is done.",
                "Which thread writes what is_alive() reads? If it is an atomic: what does its "
                "memory order promise about other memory?",
                "The mutex in is_alive() too; or memory_order_release where the end is stored and "
                "memory_order_acquire where it is loaded (the default is stronger than both).")) {
  explore([] {
    int work = 0;
    lab::Thread thread([&] { work = 1; });
    thread.start();
    if (!thread.is_alive()) CHECK(work == 1);
    thread.join();
  });
}

TEST_CASE("any number of threads may join" * points(2) *
          hints("A std::thread is joined once. A Thread is joined by everybody who wants to know.",
                "Two threads are in join() at the same time. Who of them joins the std::thread, "
                "and how does the other one learn of the end?",
                "Both sleep until state_ == ended, woken by notify_all(). Under the mutex the "
                "first one moves the std::thread out, and joins that.")) {
  explore([] {
    int work = 0;
    lab::Thread thread([&] { work = 1; });
    thread.start();
    std::thread other([&] {
      thread.join();
      CHECK(work == 1);
    });
    thread.join();
    CHECK(work == 1);
    other.join();
  });
}

TEST_CASE("a wake-up for no reason is no end" * points(1) *
          hints("A condition variable may wake a thread although nobody has notified it. The "
                "standard allows that, and systems do it.",
                "What does a thread look at when it wakes up in join() or join_for(), before it "
                "believes that the other one has ended?",
                "changed_.wait(hold, [&] { return state_ == ended; }), or a while around it.")) {
  explore(
      [] {
        int work = 0;
        lab::Thread thread([&] { work = 1; });
        thread.start();
        std::thread other([&] {
          thread.join();
          CHECK(work == 1);
        });
        thread.join();
        CHECK(work == 1);
        other.join();
      },
      kWakesForNoReason);
  explore(
      [] {
        int work = 0;
        lab::Thread thread([&] { work = 1; });
        thread.start();
        CHECK(thread.join_for(1h));
        CHECK(work == 1);
      },
      kWakesForNoReason);
}

TEST_CASE("who joins sleeps, and does not spin" * points(3) *
          hints("No busy waiting: a thread that cannot go on gives the processor away until "
                "somebody wakes it.",
                "A loop around is_alive(), with yield() or with a short sleep, is busy waiting. It "
                "burns the processor, or it comes late.",
                "Sleep on a std::condition_variable that the thread notifies at its end.")) {
  explore(
      [] {
        std::mutex door;
        lab::Thread thread([&] { std::scoped_lock pass(door); });
        door.lock();
        thread.start();
        std::thread waiter([&] { thread.join(); });
        std::thread hurried([&] { CHECK(thread.join_for(1h)); });
        quiesce();  // until both sleep; one that spins is found here
        door.unlock();
        waiter.join();
        hurried.join();
      },
      kExactTime);
  // Both are woken by the thread's end, not by an alarm clock of their own.
  explore(
      [] {
        const auto start = SteadyClock::now();
        lab::Thread thread([] { std::this_thread::sleep_for(10'300us); });
        thread.start();
        thread.join();
        if (exploring()) CHECK(microseconds_since(start) == 10'300);
      },
      kExactTime);
}

TEST_CASE("the destructor waits for the thread" * points(2) *
          hints("The new thread uses the Thread. So the Thread must not go first.",
                "What does a std::thread do that is destroyed while it can still be joined? And "
                "what becomes of a daemon, whose Thread is just as well in use?",
                "~Thread(): if it was started, wait for the end, as join() does.")) {
  explore([] {
    int work = 0;
    {
      lab::Thread thread([&] { work = 1; });
      thread.start();
    }
    CHECK(work == 1);
  });
  explore([] {
    int work = 0;
    {
      lab::Thread daemon([&] { work = 1; }, "daemon", true);
      daemon.start();
    }
    CHECK(work == 1);
  });
}

TEST_CASE("a thread that has ended may be destroyed at once" * points(3) *
          hints("Who has joined is free to throw the Thread away, before the thread has taken its "
                "last step.",
                "What does the new thread still touch, after it has let go of the mutex under "
                "which it said \"ended\"? A condition variable that is a member?",
                "Notify while the mutex is held. And let ~Thread() wait until the std::thread is "
                "joined, or let what the thread touches live longer than the Thread.")) {
  explore([] {
    auto thread = std::make_unique<lab::Thread>([] {});
    thread->start();
    thread->join();
    thread.reset();
  });
  explore([] {
    auto thread = std::make_unique<lab::Thread>([] {});
    thread->start();
    if (thread->join_for(0ns)) thread.reset();
  });
  // Whoever sees the end in the list of all threads has never asked the Thread itself.
  explore([] {
    auto thread = std::make_unique<lab::Thread>([] {});
    thread->start();
    if (lab::active_count() == 1) thread.reset();
  });
}

TEST_CASE("join_for gives up on time" * points(3) *
          hints("Not earlier, and not later, whatever happens in between.",
                "Another thread ends first. If that wakes you: how long do you wait then?",
                "Compute the end once, `const auto deadline = std::chrono::steady_clock::now() + "
                "timeout;`, and use wait_until(hold, deadline, predicate).")) {
  explore(
      [] {
        lab::Thread slow([] { std::this_thread::sleep_for(8ms); });
        lab::Thread quick([] { std::this_thread::sleep_for(3ms); });
        slow.start();
        quick.start();
        const auto start = SteadyClock::now();
        const bool ended = slow.join_for(5ms);
        if (exploring()) {
          CHECK_FALSE(ended);
          CHECK(microseconds_since(start) == 5'000);
          CHECK(slow.is_alive());
        }
        slow.join();
        quick.join();
      },
      kExactTime);
}

TEST_CASE(
    "join_for returns as soon as the thread has ended" * points(2) *
    hints("The timeout is the longest wait, not the wait.",
          "Who wakes a thread that is in join_for()?",
          "Wait with wait_until on the same condition variable that the end notifies, instead "
          "of sleeping first and looking afterwards.")) {
  explore(
      [] {
        int work = 0;
        const auto start = SteadyClock::now();
        lab::Thread thread([&] {
          std::this_thread::sleep_for(3ms);
          work = 1;
        });
        thread.start();
        CHECK(thread.join_for(1h));
        CHECK(work == 1);
        if (exploring()) CHECK(microseconds_since(start) == 3'000);
        CHECK_FALSE(thread.is_alive());
        CHECK(thread.join_for(1h));
        if (exploring()) CHECK(microseconds_since(start) == 3'000);
      },
      kExactTime);
}

TEST_CASE(
    "zero looks once, less is an error" * points(2) *
    hints("Three kinds of timeout: negative, zero, positive.",
          "A negative timeout is an error even when the thread has ended.",
          "First of all: if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        const auto start = SteadyClock::now();
        std::mutex door;
        lab::Thread thread([&] { std::scoped_lock pass(door); });
        {
          std::scoped_lock closed(door);
          thread.start();
          CHECK_FALSE(thread.join_for(0ns));
          CHECK_THROWS_AS(thread.join_for(-1ns), std::invalid_argument);
        }
        thread.join();
        CHECK(thread.join_for(0ns));
        CHECK_THROWS_AS(thread.join_for(-1h), std::invalid_argument);
        if (exploring()) CHECK(microseconds_since(start) == 0);
      },
      kExactTime);
}

TEST_CASE("the longest timeout does not overflow" * points(2) *
          hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
                "What is now() + timeout when now() is not zero? Look at the sign.",
                "if (timeout >= TimePoint::max() - now) deadline = TimePoint::max(); else deadline "
                "= now + timeout;")) {
  explore(
      [] {
        if (exploring()) std::this_thread::sleep_for(1s);  // now() is not the beginning of time
        std::mutex door;
        lab::Thread thread([&] { std::scoped_lock pass(door); });
        door.lock();
        thread.start();
        std::thread waiter([&] { CHECK(thread.join_for(std::chrono::nanoseconds::max())); });
        quiesce();
        door.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("who gave up may join again" * points(2) *
          hints("A join that gave up has changed nothing.",
                "The time may be over in the very moment in which the thread ends. Is what "
                "join_for() answers then true, and does a later join() still find all it needs?",
                "Decide by the state, under the mutex, and only when it is `ended` move the "
                "std::thread out.")) {
  explore([] {
    int work = 0;
    lab::Thread thread([&] {
      std::this_thread::sleep_for(1ms);
      work = 1;
    });
    thread.start();
    if (thread.join_for(1ms)) {
      CHECK(work == 1);
      CHECK_FALSE(thread.is_alive());
    }
    thread.join();
    CHECK(work == 1);
  });
}
