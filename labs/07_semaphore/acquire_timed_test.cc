// Asking for a permit without waiting, and waiting for a limited time. Time is virtual here: what
// takes 25 ms takes exactly 25 ms.

#include "07_semaphore/semaphore.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Options kExactTime{.clock = Clock::kStrict};

class Stopwatch {
 public:
  long long microseconds() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE("try_acquire takes a free permit, or none" * points(3) *
          hints("try_acquire() is acquire() for somebody who will not wait.",
                "It is refused only because no permit is free, not because somebody asks.",
                "std::scoped_lock hold(mutex_); if (free_ == 0) return false; --free_; return "
                "true;")) {
  explore([] {
    lab::Semaphore semaphore(2);
    CHECK(semaphore.try_acquire());
    CHECK(semaphore.value() == 1);
    std::ptrdiff_t seen = -1;
    std::thread asks([&] { seen = semaphore.value(); });
    CHECK(semaphore.try_acquire());
    asks.join();
    CHECK((seen == 0 || seen == 1));
    CHECK_FALSE(semaphore.try_acquire());
    CHECK(semaphore.value() == 0);
    semaphore.release();
    CHECK(semaphore.try_acquire());
  });
  // Who gets a permit sees what came before the release, without having waited, too.
  explore([] {
    lab::Semaphore done(0);
    int result = 0;  // plain memory: only the semaphore orders who writes and who reads it
    std::thread worker([&] {
      result = 1;
      done.release();
    });
    if (done.try_acquire()) CHECK(result == 1);
    worker.join();
  });
  // Two who ask at once for one each, and there are two.
  explore([] {
    lab::Semaphore semaphore(2);
    std::thread other([&] { CHECK(semaphore.try_acquire()); });
    CHECK(semaphore.try_acquire());
    other.join();
    CHECK(semaphore.value() == 0);
  });
}

TEST_CASE("try_acquire_for gives up on time" * points(3) *
          hints("Not earlier and not later; and without a permit.",
                "A timed wait returns in two ways. What does yours return when the time was up?",
                "Return what wait_until(hold, deadline, predicate) returns.")) {
  explore(
      [] {
        lab::Semaphore semaphore(0);
        const Stopwatch watch;
        CHECK_FALSE(semaphore.try_acquire_for(25ms));
        CHECK(watch.microseconds() >= 25'000);
        if (exploring()) CHECK(watch.microseconds() == 25'000);
        CHECK(semaphore.value() == 0);
      },
      kExactTime);
  // A permit comes after 30 ms, and may be gone at once.
  explore(
      [] {
        lab::Semaphore semaphore(0);
        std::thread waiter([&] {
          const Stopwatch watch;
          const bool taken = semaphore.try_acquire_for(50ms);
          if (exploring()) CHECK(watch.microseconds() == (taken ? 30'000 : 50'000));
        });
        std::this_thread::sleep_for(30ms);
        semaphore.release();
        (void)semaphore.try_acquire();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("try_acquire_for takes a permit that comes in time" * points(3) *
          hints("The timeout is the longest wait, not the wait.",
                "release() must wake a thread that waits with a timeout, too.",
                "Wait with wait_until on what release() notifies, instead of sleeping first.")) {
  explore(
      [] {
        lab::Semaphore semaphore(0);
        std::thread waiter([&] {
          const Stopwatch watch;
          CHECK(semaphore.try_acquire_for(1h));
          if (exploring()) CHECK(watch.microseconds() == 10'300);
        });
        std::this_thread::sleep_for(10'300us);
        semaphore.release();
        waiter.join();
        CHECK(semaphore.value() == 0);
      },
      kExactTime);
}

TEST_CASE("a timeout of zero tries once, a negative one is refused" * points(2) *
          hints("Zero is a fine timeout: now or never. Less than zero is a mistake of the caller.",
                "Look at the timeout first of all, also when a permit is free.",
                "if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        lab::Semaphore semaphore(1);
        const Stopwatch watch;
        CHECK_THROWS_AS(semaphore.try_acquire_for(-1ns), std::invalid_argument);
        CHECK(semaphore.value() == 1);
        CHECK(semaphore.try_acquire_for(0ns));
        CHECK_FALSE(semaphore.try_acquire_for(0ns));
        CHECK_THROWS_AS(semaphore.try_acquire_for(-1h), std::invalid_argument);
        if (exploring()) CHECK(watch.microseconds() == 0);
      },
      kExactTime);
}

TEST_CASE(
    "the longest timeout does not overflow" * points(2) *
    hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
          "What is now() + timeout when now() is not zero? Look at the sign.",
          "deadline = timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();")) {
  explore(
      [] {
        std::this_thread::sleep_for(1ms);  // so that now() is not the beginning of time
        lab::Semaphore semaphore(0);
        std::thread waiter([&] { CHECK(semaphore.try_acquire_for(nanoseconds::max())); });
        quiesce();
        semaphore.release();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("who gave up takes nothing" * points(4) *
          hints("A thread whose time is up is no waiter any more.",
                "Do you keep a list or a count of those who wait? Then the next permit must not go "
                "to one that has gone.",
                "When wait_until returns false, erase yourself from the list before you return.")) {
  explore([] {
    lab::Semaphore semaphore(0);
    std::thread impatient([&] { CHECK_FALSE(semaphore.try_acquire_for(10ms)); });
    std::thread patient([&] { semaphore.acquire(); });
    impatient.join();
    semaphore.release();
    patient.join();
    CHECK(semaphore.value() == 0);
    semaphore.release();
    CHECK(semaphore.value() == 1);
  });
}

TEST_CASE(
    "a permit that comes when the time is up is neither lost nor doubled" * points(3) *
    hints("Either the waiter has it and says so, or it is there for the next.",
          "When the time is up the waiter takes the mutex again. What may release() have done "
          "just before?",
          "Look once more under the mutex: have I been given a permit? Then return true.")) {
  explore([] {
    lab::Semaphore semaphore(0);
    bool taken = false;
    std::thread waiter([&] { taken = semaphore.try_acquire_for(10ms); });
    std::this_thread::sleep_for(10ms);
    semaphore.release();
    waiter.join();
    CHECK(semaphore.value() == (taken ? 0 : 1));
    if (!taken) CHECK(semaphore.try_acquire());
    CHECK_FALSE(semaphore.try_acquire_for(10ms));
  });
}
