// try_lock_for: none early, none late, and who gave up takes nothing away from others.
#include "04_lock/lock.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// The time since `start`. Under the explorer time is virtual and the answer is exact; on real
// threads it says nothing, so every check of it asks exploring() first.
long long microseconds_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count();
}

}  // namespace

TEST_CASE("try_lock_for gives up on time" * points(4) *
          hints("Not earlier, and not later, whatever happens in between.",
                "A thread may be woken and find the lock taken again. How long does it wait then?",
                "Compute the end once, `const auto deadline = std::chrono::steady_clock::now() + "
                "timeout;`, and use wait_until(hold, deadline, predicate).")) {
  explore(
      [] {
        lab::Lock lock;
        lock.lock();
        const auto start = SteadyClock::now();
        CHECK_FALSE(lock.try_lock_for(50ms));
        if (exploring()) CHECK(microseconds_since(start) == 50'000);
        CHECK(lock.locked());
      },
      kExactTime);
  // The lock is open after 30 ms, but perhaps only for a moment.
  explore(
      [] {
        lab::Lock lock;
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

TEST_CASE("try_lock_for takes the lock when it comes free" * points(3) *
          hints("The timeout is the longest wait, not the wait.",
                "An unlock() must wake a thread that waits with a timeout too.",
                "Wait with wait_until on the same condition variable that unlock() notifies, "
                "instead of sleeping first and trying afterwards.")) {
  explore(
      [] {
        lab::Lock lock;
        lock.lock();
        std::thread waiter([&] {
          const auto start = SteadyClock::now();
          CHECK(lock.try_lock_for(1h));
          if (exploring()) CHECK(microseconds_since(start) == 30'000);
          CHECK(lock.locked());
        });
        std::this_thread::sleep_for(30ms);
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "zero tries once, less is an error" * points(2) *
    hints("Three kinds of timeout: negative, zero, positive.",
          "A negative timeout is an error even when the lock could be had.",
          "First of all: if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        const auto start = SteadyClock::now();
        lab::Lock lock;
        CHECK_THROWS_AS(lock.try_lock_for(-1ns), std::invalid_argument);
        CHECK_FALSE(lock.locked());
        CHECK(lock.try_lock_for(0ns));
        CHECK_FALSE(lock.try_lock_for(0ns));
        CHECK_THROWS_AS(lock.try_lock_for(-1h), std::invalid_argument);
        CHECK(lock.locked());
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
        std::this_thread::sleep_for(1s);  // so that now() is not the beginning of time
        lab::Lock lock;
        lock.lock();
        std::thread waiter([&] { CHECK(lock.try_lock_for(std::chrono::nanoseconds::max())); });
        quiesce();
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("who gave up leaves nothing behind" * points(3) *
          hints("A thread whose time ran out is no waiter any more.",
                "If your lock has a queue, a count or tickets of waiters: who takes the one out "
                "that gave up?",
                "When wait_until returns false, take yourself out of whatever you put yourself "
                "into, before you return (you hold the inner mutex).")) {
  explore([] {
    lab::Lock lock;
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
  });
}

TEST_CASE("who gives up steals no wake-up" * points(3) *
          hints("The time may run out in the very moment in which the lock is opened.",
                "unlock() chose the thread that is just giving up. Either it takes the lock and "
                "says so, or the wake-up must reach the other one.",
                "Decide by looking once more under the inner mutex: if the lock is free (or was "
                "handed to you) after the time ran out, take it and return true.")) {
  explore([] {
    lab::Lock lock;
    CriticalSection section;
    lock.lock();
    std::thread impatient([&] {
      if (!lock.try_lock_for(10ms)) return;
      section.visit();
      lock.unlock();
    });
    std::thread patient([&] {
      lock.lock();
      section.visit();
      lock.unlock();
    });
    std::this_thread::sleep_for(10ms);
    lock.unlock();
    impatient.join();
    patient.join();
    CHECK(lock.try_lock());
  });
}
