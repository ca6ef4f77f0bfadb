// Semaphore without timeouts: the number of permits, and those who wait for one.

#include "07_semaphore/semaphore.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// For the case that asks what a wake-up is worth.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

}  // namespace

TEST_CASE("value counts the free permits" * points(3) *
          hints("A semaphore is a number: acquire() takes one away, release() adds.",
                "How many permits has a semaphore when nobody says how many? And may it have none?",
                "explicit Semaphore(std::ptrdiff_t permits = 1); a negative number is "
                "std::invalid_argument, zero is fine.")) {
  explore([] {
    lab::Semaphore one;
    CHECK(one.value() == 1);
    one.acquire();
    CHECK(one.value() == 0);
    one.release();
    one.release();
    CHECK(one.value() == 2);
    one.release(3);
    CHECK(one.value() == 5);
    lab::Semaphore none(0);
    CHECK(none.value() == 0);
    CHECK_THROWS_AS(lab::Semaphore(-1), std::invalid_argument);
  });
}

TEST_CASE("fewer than one permit cannot be released" * points(2) *
          hints("Nothing, or less than nothing, is a mistake of the caller.",
                "Check before you change.",
                "if (permits < 1) throw std::invalid_argument(\"...\");")) {
  explore([] {
    lab::Semaphore semaphore(2);
    CHECK_THROWS_AS(semaphore.release(0), std::invalid_argument);
    CHECK_THROWS_AS(semaphore.release(-1), std::invalid_argument);
    CHECK(semaphore.value() == 2);
  });
}

TEST_CASE("one permit is a lock" * points(5) *
          hints("With one permit, one thread at most is between acquire() and release().",
                "A thread that wakes up in acquire() must look again: another one may have taken "
                "the permit in between.",
                "Wait with a predicate, and touch the number only while you hold the mutex.")) {
  explore([] {
    lab::Semaphore semaphore;
    CriticalSection section;
    const auto visit_twice = [&] {
      for (int round = 0; round < 2; ++round) {
        semaphore.acquire();
        section.visit();
        semaphore.release();
      }
    };
    std::thread a(visit_twice);
    std::thread b(visit_twice);
    a.join();
    b.join();
    CHECK(section.visits() == 4);
    CHECK(semaphore.value() == 1);
  });
}

TEST_CASE("never more inside than there are permits" * points(5) *
          hints("Two permits let two threads in, and no third.",
                "Is every acquire() that returns paid for by exactly one permit?",
                "Look at the number and count it down under one hold of the mutex.")) {
  explore([] {
    lab::Semaphore semaphore(2);
    CriticalSection section(2);
    const auto visit = [&] {
      semaphore.acquire();
      section.visit();
      semaphore.release();
    };
    std::thread a(visit);
    std::thread b(visit);
    std::thread c(visit);
    a.join();
    b.join();
    c.join();
    CHECK(section.visits() == 3);
    CHECK(semaphore.value() == 2);
  });
}

TEST_CASE("acquire waits for a release, and sees what came before it" * points(5) *
          hints("Nobody owns a permit: one thread waits for what another one gives.",
                "Look and fall asleep must be one step for release(). Does it hold the mutex that "
                "the waiter looks under, and does it wake it?",
                "release(): lock, add, notify.   acquire(): std::unique_lock hold(mutex_); wait "
                "while there is no permit.")) {
  explore([] {
    lab::Semaphore done(0);
    int result = 0;  // plain memory: only the semaphore orders who writes and who reads it
    std::thread worker([&] {
      result = 1;
      done.release();
    });
    done.acquire();
    CHECK(result == 1);
    worker.join();
    CHECK(done.value() == 0);
  });
}

TEST_CASE("release wakes as many as it gives permits for" * points(5) *
          hints("release(2) is two releases: two sleepers can go on.",
                "How many threads does your release(k) wake? And when it is called twice before "
                "the first sleeper has run?",
                "notify_one() once for each permit, or notify_all() and let them look.")) {
  explore([] {
    lab::Semaphore semaphore(0);
    std::thread a([&] { semaphore.acquire(); });
    std::thread b([&] { semaphore.acquire(); });
    semaphore.release(2);
    a.join();
    b.join();
    CHECK(semaphore.value() == 0);
  });
  explore([] {
    lab::Semaphore semaphore(0);
    std::thread a([&] { semaphore.acquire(); });
    std::thread b([&] { semaphore.acquire(); });
    semaphore.release();
    semaphore.release();
    a.join();
    b.join();
    CHECK(semaphore.value() == 0);
  });
}

TEST_CASE("a waiter sleeps, it does not spin" * points(4) *
          hints("No busy waiting: a thread that cannot go on gives the processor away until "
                "somebody wakes it.",
                "A loop around try_acquire(), with yield() or with a short sleep, is busy waiting.",
                "Sleep on a std::condition_variable that release() notifies.")) {
  explore(
      [] {
        lab::Semaphore semaphore(0);
        std::thread waiter([&] { semaphore.acquire(); });
        quiesce();  // until the waiter sleeps; one that spins is found here
        semaphore.release();
        waiter.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Semaphore semaphore(0);
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          semaphore.acquire();
          const auto passed = SteadyClock::now() - start;
          if (exploring()) CHECK(passed == 10'300us);
        });
        std::this_thread::sleep_for(10'300us);
        semaphore.release();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("a wake-up for no reason is no permit" * points(2) *
          hints("A condition variable may wake a thread although nobody has notified it. The "
                "standard allows that, and systems do it.",
                "What does a thread look at when it wakes up in acquire() or try_acquire_for(), "
                "before it believes that it has a permit?",
                "me.woken.wait(hold, [&] { return me.has_permit; }), or a while around it.")) {
  for (const bool timed : {false, true}) {
    explore(
        [=] {
          lab::Semaphore semaphore(0);
          bool given = false;
          std::thread waiter([&] {
            if (timed) {
              CHECK(semaphore.try_acquire_for(1h));
            } else {
              semaphore.acquire();
            }
            CHECK(given);
          });
          given = true;
          semaphore.release();
          waiter.join();
        },
        kWakesForNoReason);
  }
}

TEST_CASE("nobody is overtaken for ever" * points(6) *
          hints("Bounded waiting: once a thread sleeps in acquire(), others may take a permit only "
                "a few times before it.",
                "The thread that releases is awake, the waiter is not: if both may try, the first "
                "wins every time. Who is next must be settled inside release().",
                "Keep the waiters in a list. release() gives the permit to the front one by name, "
                "and only what no waiter wants becomes free.")) {
  explore(
      [] {
        lab::Semaphore semaphore;
        BoundedWaiting waiting(4);
        std::thread greedy([&] {
          for (int round = 0; round < 6; ++round) {
            waiting.wait([&] { semaphore.acquire(); });
            semaphore.release();
          }
        });
        std::thread patient([&] {
          waiting.wait([&] { semaphore.acquire(); });
          semaphore.release();
        });
        greedy.join();
        patient.join();
      },
      {.fairness = 4});
  // Somebody new comes before each release: who came last must not be served first every time.
  explore([] {
    lab::Semaphore semaphore(0);
    BoundedWaiting waiting(4);
    const auto acquire = [&] { waiting.wait([&] { semaphore.acquire(); }); };
    std::thread patient(acquire);
    quiesce();
    std::vector<std::thread> newcomers;
    for (int i = 0; i < 5; ++i) {
      newcomers.emplace_back(acquire);
      quiesce();
      semaphore.release();
      quiesce();
    }
    semaphore.release();
    patient.join();
    for (std::thread& newcomer : newcomers) newcomer.join();
  });
}
