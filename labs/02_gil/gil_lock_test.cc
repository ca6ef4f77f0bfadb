// The Gil as a lock: who has it, who waits, and the two guards.
#include "02_gil/gil.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// Adds that a condition variable may wake a thread for no reason, which the standard allows.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

// A Gil that nobody ever asks for: for cases without time.
constexpr std::chrono::nanoseconds kNever = std::chrono::nanoseconds::max();

// What `call` throws, in words.
std::string thrown_by(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::operation_not_permitted) return "EPERM";
    if (error.code() == std::errc::resource_deadlock_would_occur) return "EDEADLK";
    return "system_error of another code";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a gil is free, then held, then free" * points(3) *
          hints("The Gil remembers who has it, if anybody has.",
                "acquire() and release() change what locked() says.",
                "std::thread::id owner_; guarded by a std::mutex. A default one means nobody.")) {
  explore([] {
    lab::Gil gil;
    CHECK_FALSE(gil.locked());
    gil.acquire();
    CHECK(gil.locked());
    gil.release();
    CHECK_FALSE(gil.locked());
    gil.acquire();
    gil.check();  // nobody asked
    CHECK(gil.locked());
    CHECK_FALSE(gil.drop_requested());
    gil.release();
  });
}

TEST_CASE("the guard has it as long as it lives" * points(2) *
          hints("What a constructor takes, the destructor gives back, on every way out.",
                "GilGuard is std::scoped_lock for a Gil.",
                "gil_.acquire() in the constructor, gil_.release() in the destructor.")) {
  explore([] {
    lab::Gil gil;
    try {
      const lab::GilGuard guard(gil);
      CHECK(gil.locked());
      throw std::runtime_error("on the way out");
    } catch (const std::runtime_error&) {
      CHECK_FALSE(gil.locked());
    }
  });
}

TEST_CASE("who allows threads gives it up, and takes it back" * points(3) *
          hints("The opposite of a guard: free inside, held before and after.",
                "The destructor acquires, also when an exception passes.",
                "gil_.release() in the constructor, gil_.acquire() in the destructor.")) {
  explore([] {
    lab::Gil gil(kNever);
    int news = 0;
    const lab::GilGuard guard(gil);
    {
      const lab::AllowThreads allow(gil);
      std::thread other([&] {
        const lab::GilGuard mine(gil);
        news = 1;
      });
      other.join();
    }
    CHECK(gil.locked());
    CHECK(news == 1);
    try {
      const lab::AllowThreads allow(gil);
      throw std::runtime_error("on the way out");
    } catch (const std::runtime_error&) {
      CHECK(gil.locked());
    }
  });
}

TEST_CASE("nobody takes it twice, or gives back what he has not" * points(4) *
          hints("The Gil has an owner. To wait for oneself is to wait for ever.",
                "Compare the caller with the owner before anything else, under the mutex; an error "
                "changes nothing.",
                "acquire(): if (owner_ == std::this_thread::get_id()) throw std::system_error("
                "std::make_error_code(std::errc::resource_deadlock_would_occur));   release(): "
                "if it is another one, operation_not_permitted.")) {
  explore([] {
    lab::Gil gil(kNever);
    CHECK(thrown_by([&] { gil.release(); }) == "EPERM");
    gil.acquire();
    CHECK(thrown_by([&] { gil.acquire(); }) == "EDEADLK");
    std::string thrown;
    std::thread stranger([&] { thrown = thrown_by([&] { gil.release(); }); });
    stranger.join();
    CHECK(thrown == "EPERM");
    CHECK(gil.locked());
    gil.release();
    CHECK(thrown_by([&] { gil.release(); }) == "EPERM");
    CHECK_FALSE(gil.locked());
  });
  // The owner may be coming or going while a stranger tries to give it back.
  explore([] {
    lab::Gil gil(kNever);
    std::thread owner([&] { const lab::GilGuard guard(gil); });
    CHECK(thrown_by([&] { gil.release(); }) == "EPERM");
    owner.join();
    CHECK_FALSE(gil.locked());
  });
}

TEST_CASE("an interval is more than nothing" * points(2) *
          hints("Who would ask after zero seconds would never let anybody compute.",
                "Check in one place, for the constructor and for set_switch_interval().",
                "if (interval <= interval.zero()) throw std::invalid_argument(\"...\");")) {
  explore([] {
    CHECK_THROWS_AS(lab::Gil(0ns), std::invalid_argument);
    CHECK_THROWS_AS(lab::Gil(-1ns), std::invalid_argument);
    lab::Gil gil(kNever);
    CHECK_THROWS_AS(gil.set_switch_interval(0ns), std::invalid_argument);
    CHECK_THROWS_AS(gil.set_switch_interval(-5ms), std::invalid_argument);
    gil.set_switch_interval(1ns);
    gil.set_switch_interval(kNever);
  });
}

TEST_CASE("two threads never have it together" * points(6) *
          hints("Mutual exclusion: between acquire() and release() there is one thread.",
                "\"If it is free, take it\" must be one step; and a thread that wakes up must know "
                "that the lock is its own, or look again.",
                "Look and take under one mutex; sleep on a condition variable with a predicate.")) {
  explore([] {
    lab::Gil gil(kNever);
    CriticalSection section;
    const auto visit_twice = [&] {
      for (int round = 0; round < 2; ++round) {
        const lab::GilGuard guard(gil);
        section.visit();
      }
    };
    std::thread a(visit_twice);
    std::thread b(visit_twice);
    a.join();
    b.join();
    CHECK(section.visits() == 4);
    CHECK_FALSE(gil.locked());
  });
}

TEST_CASE(
    "a free gil lets the next one in" * points(5) *
    hints("Progress: when one gives it back and somebody waits, somebody gets it. All of them "
          "do, one after the other.",
          "Each release() must wake a waiter, and each of two waiters needs a wake-up of its "
          "own.",
          "release(): hand the lock to the first of the line, and notify that one.")) {
  explore([] {
    lab::Gil gil(kNever);
    CriticalSection section;
    const auto visit = [&] {
      const lab::GilGuard guard(gil);
      section.visit();
    };
    gil.acquire();
    std::thread a(visit);
    std::thread b(visit);
    gil.release();
    a.join();
    b.join();
    CHECK(section.visits() == 2);
    CHECK_FALSE(gil.locked());
  });
}

TEST_CASE("who waits sleeps, and does not spin" * points(4) *
          hints("A waiter sleeps until the lock is free, or until it is time to ask.",
                "release() must wake it. If it only looks when its interval is over, it is late.",
                "turn.wait_for(hold, interval, [&] { return has_it; }), and release() notifies "
                "turn.")) {
  explore(
      [] {
        lab::Gil gil(kNever);
        gil.acquire();
        std::thread waiter([&] { const lab::GilGuard guard(gil); });
        quiesce();
        gil.release();
        waiter.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Gil gil;
        gil.acquire();
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          const lab::GilGuard guard(gil);
          if (exploring()) CHECK(SteadyClock::now() - start == 12'300us);
        });
        std::this_thread::sleep_for(12'300us);
        gil.release();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "a wake-up for no reason is no gil" * points(2) *
    hints("A condition variable may wake a thread although nobody has notified it. The standard "
          "allows that, and systems do it.",
          "What does a thread look at when it wakes up in acquire(), before it believes that the "
          "Gil is its own? With an interval, and with one that is never over?",
          "turn.wait(hold, [&] { return has_it; }), and the same for wait_for; or a while around "
          "each of them.")) {
  for (const auto interval : {kNever, std::chrono::nanoseconds(1h)}) {
    explore(
        [=] {
          lab::Gil gil(interval);
          CriticalSection section;
          gil.acquire();
          std::thread waiter([&] {
            gil.acquire();
            section.visit();
            gil.release();
          });
          section.visit();
          gil.release();
          waiter.join();
        },
        kWakesForNoReason);
  }
}

TEST_CASE("anybody may ask whether it is held" * points(2) *
          hints("A read beside a write is a data race.",
                "locked() and drop_requested() read what other threads write.",
                "Lock the mutex in locked(), too; drop_requested() reads a std::atomic<bool>.")) {
  explore([] {
    lab::Gil gil(kNever);
    std::thread other([&] { const lab::GilGuard guard(gil); });
    int seen = 0;
    if (gil.locked()) ++seen;
    if (gil.drop_requested()) ++seen;
    other.join();
    CHECK(seen <= 1);
  });
}
