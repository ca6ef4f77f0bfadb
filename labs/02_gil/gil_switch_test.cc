// Asking for the Gil, and giving way: drop_requested, check, and who gets it next.
#include "02_gil/gil.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// Adds that a condition variable may wake a thread for no reason, which the standard allows.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

}  // namespace

TEST_CASE("a waiter asks after one interval, and not before" * points(4) *
          hints("Who waits lets the other one compute for an interval, and then asks.",
                "What does a waiter do when its wait ends because the time is over?",
                "while (!turn.wait_for(hold, interval_, [&] { return has_it; })) asked_ = true;")) {
  explore(
      [] {
        lab::Gil gil;  // 5 ms
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(4'900us);
        if (exploring()) CHECK_FALSE(gil.drop_requested());
        std::this_thread::sleep_for(200us);
        if (exploring()) CHECK(gil.drop_requested());
        gil.release();
        waiter.join();
        CHECK_FALSE(gil.drop_requested());
      },
      kExactTime);
}

TEST_CASE(
    "the interval can be changed" * points(2) *
    hints("The interval belongs to the Gil, and each waiter looks at it when it begins to wait.",
          "Is the number 5 still somewhere in your acquire()?",
          "const auto interval = interval_;   under the mutex, in acquire().")) {
  explore(
      [] {
        lab::Gil gil;
        gil.set_switch_interval(20ms);
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(19'900us);
        if (exploring()) CHECK_FALSE(gil.drop_requested());
        std::this_thread::sleep_for(200us);
        if (exploring()) CHECK(gil.drop_requested());
        gil.release();
        waiter.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Gil gil(std::chrono::nanoseconds::max());
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(20ms);
        CHECK_FALSE(gil.drop_requested());
        gil.release();
        waiter.join();
      },
      kExactTime);
  // It is changed in the moment in which somebody begins to wait.
  explore(
      [] {
        lab::Gil gil(std::chrono::nanoseconds::max());
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        gil.set_switch_interval(1h);
        gil.release();
        waiter.join();
        CHECK_FALSE(gil.locked());
      },
      kExactTime);
}

TEST_CASE(
    "a wake-up for no reason is no alarm clock" * points(2) *
    hints("A waiter may wake up although its interval is not over, and nobody notified it.",
          "Does it ask because it is awake, or because the time is over?",
          "wait_for() with a predicate sleeps on until its deadline, and returns false only "
          "then: if (!turn.wait_for(hold, interval, [&] { return has_it; })) asked_ = true;")) {
  explore(
      [] {
        lab::Gil gil;  // 5 ms
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(4'900us);
        if (exploring()) CHECK_FALSE(gil.drop_requested());
        gil.release();
        waiter.join();
      },
      kWakesForNoReason);
}

TEST_CASE("a switch puts the next request off" * points(4) *
          hints("Who has just got the lock has an interval of its own to compute.",
                "A waiter's time is over, but the lock has changed hands meanwhile. May it ask?",
                "Count the hand-overs. Note the count when the wait begins, and ask only if it is "
                "the same when the time is over.")) {
  explore(
      [] {
        lab::Gil gil;
        gil.acquire();
        std::thread second([&] {
          const lab::GilGuard guard(gil);
          std::this_thread::sleep_for(30ms);
        });
        quiesce();
        std::thread third([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(3ms);
        gil.release();                     // to the second, at 3 ms
        std::this_thread::sleep_for(4ms);  // the third has waited for 7 ms, but not for the second
        if (exploring()) CHECK_FALSE(gil.drop_requested());
        std::this_thread::sleep_for(4ms);  // at 11 ms
        if (exploring()) CHECK(gil.drop_requested());
        second.join();
        third.join();
        CHECK_FALSE(gil.drop_requested());
      },
      kExactTime);
}

TEST_CASE("nobody gives way before he is asked" * points(3) *
          hints("A switch costs time. It happens when somebody asks, and not at each instruction.",
                "What does check() do when others wait, but have not asked?",
                "check(): if (!asked_) return;")) {
  explore(
      [] {
        lab::Gil gil(std::chrono::nanoseconds::max());
        std::atomic<int> inside = 0;
        gil.acquire();
        std::thread waiter([&] {
          const lab::GilGuard guard(gil);
          ++inside;
        });
        quiesce();
        gil.check();
        CHECK(inside == 0);
        gil.release();
        waiter.join();
        CHECK(inside == 1);
      },
      kExactTime);
}

TEST_CASE(
    "who is asked lets another one in first" * points(5) *
    hints("To let go and to take again at once is no giving way: the one who asked sleeps, and "
          "the other one is awake.",
          "check() lets go. What keeps it from taking the lock again before the waiter is "
          "awake?",
          "Hand the lock to the first of the line, in release() and in check(); then stand at "
          "the end of the line.")) {
  explore(
      [] {
        lab::Gil gil;
        int visits = 0;  // guarded by the Gil
        gil.acquire();
        std::thread waiter([&] {
          const lab::GilGuard guard(gil);
          ++visits;
        });
        std::this_thread::sleep_for(5'100us);
        gil.check();
        if (exploring()) CHECK(visits == 1);
        if (exploring()) CHECK_FALSE(gil.drop_requested());
        CHECK(gil.locked());
        gil.release();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "check is only for who has it" * points(2) *
    hints("One can only give away what one has.",
          "check() by a thread that does not have the lock, and somebody has asked: who would "
          "lose it?",
          "In check(), after it has seen a request: the same owner test as in release().")) {
  explore(
      [] {
        lab::Gil gil;
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(5'100us);
        if (exploring()) {
          std::thread stranger([&] { CHECK_THROWS_AS(gil.check(), std::system_error); });
          stranger.join();
        }
        CHECK(gil.locked());
        gil.release();
        waiter.join();
      },
      kExactTime);
  // The owner gives it back meanwhile, and perhaps nobody asks any more.
  explore(
      [] {
        lab::Gil gil;
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        std::this_thread::sleep_for(5'100us);
        std::thread stranger([&] {
          try {
            gil.check();
          } catch (const std::system_error& error) {
            CHECK(error.code() == std::errc::operation_not_permitted);
          }
        });
        gil.release();
        stranger.join();
        waiter.join();
        CHECK_FALSE(gil.locked());
      },
      kExactTime);
}

TEST_CASE(
    "nobody is overtaken for ever" * points(5) *
    hints("Bounded waiting: once a thread sleeps in acquire(), the others get the lock only a "
          "few times before it.",
          "Two threads pass the lock to each other. What tells you that a third one has been "
          "waiting for longer?",
          "A line: who comes stands at its end, and release() hands the lock to its first.")) {
  explore(
      [] {
        lab::Gil gil(std::chrono::nanoseconds::max());
        BoundedWaiting waiting(2);
        const auto work = [&](int rounds) {
          for (int round = 0; round < rounds; ++round) {
            waiting.wait([&] { gil.acquire(); });
            gil.release();
          }
        };
        std::thread greedy([&] { work(4); });
        std::thread patient([&] { work(1); });
        greedy.join();
        patient.join();
      },
      {.fairness = 4});
}
