// Waiting for a limited time: none early, none late, and who gave up takes nothing from others.
// Time is virtual here: it moves only when no thread can run, and then to the earliest deadline.

#include "06_condition/condition.h"
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

template <class Condition>
void notify(Condition& condition) {
  std::scoped_lock hold(condition);
  condition.notify();
}

}  // namespace

TEST_CASE("wait_for gives up on time" * points(3) *
          hints("Not earlier and not later; and the answer says that nobody chose you.",
                "Your Lock can be waited for with a time limit, too. What does it answer?",
                "mine.try_lock_for(timeout) in place of mine.lock(); if that is false, return "
                "false, with the outer lock taken back.")) {
  explore(
      [] {
        lab::Condition condition;
        std::scoped_lock hold(condition);
        const Stopwatch watch;
        CHECK_FALSE(condition.wait_for(25ms));
        CHECK(watch.microseconds() >= 25'000);
        if (exploring()) CHECK(watch.microseconds() == 25'000);
        CHECK_FALSE(condition.wait_for(25ms, [] { return false; }));
        CHECK(watch.microseconds() >= 50'000);
        if (exploring()) CHECK(watch.microseconds() == 50'000);
      },
      kExactTime);
}

TEST_CASE("wait_for hears a notify that comes in time" * points(3) *
          hints("The timeout is the longest wait, not the wait.",
                "Is there a sleep_for in your wait_for? Your Lock does without.",
                "return mine.try_lock_for(timeout), which comes back as soon as notify() opens "
                "`mine`.")) {
  explore(
      [] {
        lab::Condition condition;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          const Stopwatch watch;
          CHECK(condition.wait_for(1h));
          if (exploring()) CHECK(watch.microseconds() == 10'300);
        });
        quiesce();
        std::this_thread::sleep_for(10'300us);
        notify(condition);
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("who is woken in vain has no more time than before" * points(3) *
          hints("The timeout is for the whole call, however often the caller is woken.",
                "With a predicate: how long does the second sleep last?",
                "const auto deadline = now() + timeout; once, at the start. Each sleep gets "
                "deadline - now().")) {
  explore(
      [] {
        lab::Condition condition;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          const Stopwatch watch;
          CHECK_FALSE(condition.wait_for(50ms, [] { return false; }));
          if (exploring()) CHECK(watch.microseconds() == 50'000);
        });
        std::this_thread::sleep_for(30ms);
        notify(condition);
        waiter.join();
      },
      kExactTime);
  // Woken in vain when there is less than no time left.
  explore(
      [] {
        lab::Condition condition;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          CHECK_FALSE(condition.wait_for(10ms, [] { return false; }));
        });
        quiesce();
        {
          std::scoped_lock hold(condition);
          std::this_thread::sleep_for(20ms);
          condition.notify();
        }
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("with a predicate, wait_for answers what the predicate says" * points(2) *
          hints("The question is whether it is so, not whether somebody notified.",
                "The time is up, and the news has come without a notify. And what if you were "
                "notified, and it is not so?",
                "When the sleep is over for lack of time: return predicate();")) {
  explore(
      [] {
        lab::Condition condition;
        bool news = false;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          const bool answer = condition.wait_for(50ms, [&] { return news; });
          if (exploring()) CHECK(answer);
        });
        std::this_thread::sleep_for(30ms);
        {
          std::scoped_lock hold(condition);
          news = true;
        }
        waiter.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Condition condition;
        bool news = false;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          const Stopwatch watch;
          CHECK(condition.wait_for(1h, [&] { return news; }));
          if (exploring()) CHECK(watch.microseconds() == 20'600);
        });
        std::this_thread::sleep_for(10'300us);
        notify(condition);
        std::this_thread::sleep_for(10'300us);
        {
          std::scoped_lock hold(condition);
          news = true;
          condition.notify();
        }
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("zero does not sleep, less is refused" * points(2) *
          hints("Zero is a fine timeout: now or never. Less than zero is a mistake of the caller.",
                "Look at the timeout first of all, also when the predicate is true already.",
                "if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        lab::Condition condition;
        std::scoped_lock hold(condition);
        const Stopwatch watch;
        int looks = 0;
        CHECK_FALSE(condition.wait_for(0ns));
        CHECK(condition.wait_for(0ns, [] { return true; }));
        CHECK_FALSE(condition.wait_for(0ns, [] { return false; }));
        CHECK_THROWS_AS(condition.wait_for(-1ns), std::invalid_argument);
        CHECK_THROWS_AS(condition.wait_for(-1h, [&] { return ++looks > 0; }),
                        std::invalid_argument);
        CHECK(looks == 0);
        CHECK_FALSE(condition.wait_for(0ns));  // what was refused has left nothing behind
        condition.notify();
        if (exploring()) CHECK(watch.microseconds() == 0);
      },
      kExactTime);
}

TEST_CASE(
    "the longest timeout does not overflow" * points(2) *
    hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
          "Lock::try_lock_for can do it. Where do you add something to now()?",
          "deadline = timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();")) {
  explore(
      [] {
        std::this_thread::sleep_for(1ms);  // so that now() is not the beginning of time
        lab::Condition condition;
        bool news = false;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          CHECK(condition.wait_for(nanoseconds::max()));
          CHECK(condition.wait_for(nanoseconds::max(), [&] { return news; }));
        });
        quiesce();
        notify(condition);
        quiesce();
        {
          std::scoped_lock hold(condition);
          news = true;
          condition.notify();
        }
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("who gives up comes back with the lock" * points(3) *
          hints("wait_for() gives the lock up as wait() does, and brings it back as wait() does.",
                "The time is over while somebody else has the lock. What does the caller believe "
                "to have when you return?",
                "Take the outer lock back, every level, before you look at the queue and return "
                "false; wait for it as long as it takes.")) {
  explore(
      [] {
        lab::RLock rlock;
        lab::Condition condition(rlock);
        CriticalSection section;
        std::thread impatient([&] {
          std::scoped_lock outer(rlock);
          std::scoped_lock inner(rlock);
          CHECK_FALSE(condition.wait_for(10ms));
          CHECK(rlock.recursion_count() == 2);
          section.visit();
        });
        quiesce();
        rlock.lock();
        section.enter();
        std::this_thread::sleep_for(20ms);
        section.leave();
        rlock.unlock();
        impatient.join();
        CHECK(section.visits() == 2);
      },
      kExactTime);
}

TEST_CASE("who gave up is no waiter any more" * points(4) *
          hints("A notify is for somebody who waits. Who went home must not be in its way.",
                "Who takes your Lock out of the queue when the time is over?",
                "With the outer lock back: waiters_.remove(&mine); return false;")) {
  explore([] {
    lab::Condition condition;
    std::thread impatient([&] {
      std::scoped_lock hold(condition);
      CHECK_FALSE(condition.wait_for(10ms));
    });
    impatient.join();
    bool news = false;
    std::thread patient([&] {
      std::scoped_lock hold(condition);
      while (!news) condition.wait();
    });
    {
      std::scoped_lock hold(condition);
      news = true;
      condition.notify();
    }
    patient.join();
  });
}

TEST_CASE("who gives up steals no wake-up" * points(4) *
          hints("The time may be over in the very moment in which notify() chooses you.",
                "You have the outer lock back, and your Lock is not in the queue any more. Whose "
                "wake-up has been spent?",
                "If your Lock is still in the queue, erase it and return false. If it is not, "
                "notify() chose you: return true.")) {
  const auto contest = [](auto notify_late) {
    explore([=] {
      lab::Condition condition;
      std::thread impatient([&] {
        std::scoped_lock hold(condition);
        // Who was chosen has a wake-up that nobody else will get, and hands it on.
        if (condition.wait_for(10ms)) condition.notify();
      });
      quiesce();
      std::thread patient([&] {
        std::scoped_lock hold(condition);
        condition.wait();
      });
      quiesce();
      notify_late(condition);
      impatient.join();
      patient.join();
    });
  };
  // In the moment when the time is over.
  contest([](auto& condition) {
    std::this_thread::sleep_for(10ms);
    notify(condition);
  });
  // After it, while the lock keeps the one who gives up from leaving.
  contest([](auto& condition) {
    std::scoped_lock hold(condition);
    std::this_thread::sleep_for(20ms);
    condition.notify();
  });
}
