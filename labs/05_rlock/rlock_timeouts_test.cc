// Waiting for a while: try_lock_for, to the moment.

#include "05_rlock/rlock.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// The time since `start`. Under the explorer time is virtual and the answer is exact; on real
// threads it says nothing, so every check of it asks exploring() first.
long long microseconds_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count();
}

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

}  // namespace

TEST_CASE("try_lock_for gives up on time" * points(5) *
          hints("Not earlier, and not later, whatever happens in between.",
                "A thread may be woken and find the lock taken again. How long does it wait then?",
                "Compute the end once, `const auto deadline = std::chrono::steady_clock::now() + "
                "timeout;`, and use wait_until(hold, deadline, predicate).")) {
  explore(
      [] {
        lab::RLock lock;
        lock.lock();
        std::thread waiter([&] {
          const auto start = SteadyClock::now();
          CHECK_FALSE(lock.try_lock_for(50ms));
          if (exploring()) CHECK(microseconds_since(start) == 50'000);
        });
        waiter.join();
        lock.unlock();
      },
      kExactTime);
  // The owner lets go after 30 ms, and may at once be back for 30 more.
  explore(
      [] {
        lab::RLock lock;
        lock.lock();
        std::thread waiter([&] {
          const auto start = SteadyClock::now();
          const bool taken = lock.try_lock_for(50ms);
          if (exploring()) CHECK(microseconds_since(start) == (taken ? 30'000 : 50'000));
          if (taken) lock.unlock();
        });
        std::this_thread::sleep_for(30ms);
        lock.unlock();
        lock.lock();
        std::this_thread::sleep_for(30ms);
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("who tries for a while is never inside with another" * points(2) *
          hints("try_lock_for() is a lock(), too: only one thread may see that it is free.",
                "The first look at the owner: what does try_lock_for() hold while it looks?",
                "std::unique_lock hold(mutex_); if (enter(1)) return true; and then the wait.")) {
  explore(
      [] {
        lab::RLock lock;
        CriticalSection section;
        const auto visit = [&] {
          CHECK(lock.try_lock_for(1h));
          section.visit();
          lock.unlock();
        };
        std::thread first(visit);
        std::thread second(visit);
        first.join();
        second.join();
        CHECK(section.visits() == 2);
      },
      kExactTime);
}

TEST_CASE(
    "try_lock_for takes the lock when it comes free" * points(4) *
    hints("The timeout is the longest wait, not the wait.",
          "An unlock() must wake a thread that waits with a timeout too.",
          "Wait with wait_until on the same condition variable that unlock() notifies, instead "
          "of sleeping first and trying afterwards.")) {
  explore(
      [] {
        lab::RLock lock;
        lock.lock();
        std::thread waiter([&] {
          const auto start = SteadyClock::now();
          CHECK(lock.try_lock_for(1h));
          if (exploring()) CHECK(microseconds_since(start) == 30'000);
          CHECK(lock.recursion_count() == 1);
          lock.unlock();
        });
        std::this_thread::sleep_for(30ms);
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "zero tries once, less is an error" * points(3) *
    hints("Three kinds of timeout: negative, zero, positive.",
          "A negative timeout is an error even when the lock could be had.",
          "First of all: if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        lab::RLock lock;
        CHECK(lock.try_lock_for(0ns));
        CHECK(lock.try_lock_for(0ns));
        CHECK(lock.recursion_count() == 2);
        CHECK_THROWS_AS(lock.try_lock_for(-1ns), std::invalid_argument);
        CHECK(lock.recursion_count() == 2);
        std::thread stranger([&] {
          const auto start = SteadyClock::now();
          CHECK_FALSE(lock.try_lock_for(0ns));
          CHECK_THROWS_AS(lock.try_lock_for(-1h), std::invalid_argument);
          if (exploring()) CHECK(microseconds_since(start) == 0);
        });
        stranger.join();
        lock.unlock();
        lock.unlock();
      },
      kExactTime);
}

TEST_CASE(
    "the longest timeout does not overflow" * points(3) *
    hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
          "What is now() + timeout when now() is not zero? Look at the sign.",
          "if (timeout >= TimePoint::max() - now) deadline = TimePoint::max(); else deadline = "
          "now + timeout;")) {
  explore(
      [] {
        std::this_thread::sleep_for(1s);  // so that now() is not the beginning of time
        lab::RLock lock;
        lock.lock();
        std::thread waiter([&] {
          CHECK(lock.try_lock_for(std::chrono::nanoseconds::max()));
          lock.unlock();
        });
        quiesce();
        CHECK(asleep() == 1);
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "who gave up leaves nothing behind" * points(5) *
    hints("A thread whose time ran out is no waiter any more.",
          "If your lock has a queue, a count or tickets of waiters: who takes the one out that "
          "gave up, and what if it was its turn just now?",
          "When wait_until returns false, erase your own entry from the queue before you return "
          "(you hold the inner mutex). When it returns true you own the lock: return true.")) {
  explore([] {
    lab::RLock lock;
    CriticalSection section;
    lock.lock();
    std::thread impatient([&] { CHECK_FALSE(lock.try_lock_for(10ms)); });
    std::thread patient([&] {
      lock.lock();
      section.visit();
      lock.unlock();
    });
    impatient.join();
    lock.unlock();
    patient.join();
    CHECK(section.visits() == 1);
    CHECK(lock.try_lock());
    lock.unlock();
  });
}
