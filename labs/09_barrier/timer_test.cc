// Timer: a function that is called later, or not at all. Time is virtual here: what takes 25 ms
// takes exactly 25 ms.

#include "09_barrier/barrier.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Options kExactTime{.clock = Clock::kStrict};

// For the case that asks what a wake-up is worth.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

class Stopwatch {
 public:
  long long microseconds() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// What a call throws, in words.
template <class Call>
std::string thrown_by(Call call) {
  try {
    call();
  } catch (const std::invalid_argument&) {
    return "invalid_argument";
  } catch (const std::runtime_error&) {
    return "runtime_error";
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a timer calls its function once, on time, in a thread of its own" * points(3) *
          hints("start() begins the interval and comes back at once; the function comes later.",
                "Who sleeps: the caller of start(), or a thread that start() makes?",
                "thread_ = std::thread([this, deadline] { ... wait until deadline ... "
                "function_(); });")) {
  explore(
      [] {
        const Stopwatch watch;
        int calls = 0;
        long long called_at = 0;
        std::thread::id called_by;
        lab::Timer timer(10'300us, [&] {
          ++calls;
          called_at = watch.microseconds();
          called_by = std::this_thread::get_id();
        });
        std::this_thread::sleep_for(5ms);  // the interval begins with start(), not before
        timer.start();
        if (exploring()) CHECK(watch.microseconds() == 5'000);
        timer.join();
        CHECK(calls == 1);
        CHECK(called_at >= 15'300);
        if (exploring()) CHECK(called_at == 15'300);
        const bool own_thread = called_by != std::this_thread::get_id();
        CHECK(own_thread);
        std::this_thread::sleep_for(20ms);
        CHECK(calls == 1);
      },
      kExactTime);
  explore(
      [] {
        bool called = false;
        lab::Timer timer(0ns, [&] { called = true; });
        timer.start();
        timer.join();
        CHECK(called);
      },
      kExactTime);
  // A wake-up for no reason is neither the end of the interval nor that of the call.
  explore(
      [] {
        const Stopwatch watch;
        long long called_at = 0;
        lab::Timer timer(10ms, [&] { called_at = watch.microseconds(); });
        timer.start();
        timer.join();
        CHECK(called_at >= 10'000);
      },
      kWakesForNoReason);
}

TEST_CASE("cancelled in time, it never calls" * points(3) *
          hints("cancel() returned true: that is a promise, and everybody may rely on it at once.",
                "The thread sleeps until the time is over. How does it learn that it need not? And "
                "how long does join() take?",
                "Wait on a condition variable instead of sleeping; cancel(): cancelled_ = true; "
                "notify_all();")) {
  explore(
      [] {
        int calls = 0;
        const Stopwatch watch;
        // On real threads a sleep of 10 ms may take longer than 50.
        lab::Timer timer(exploring() ? nanoseconds(50ms) : nanoseconds(1h), [&] { ++calls; });
        timer.start();
        std::this_thread::sleep_for(10ms);
        CHECK(timer.cancel());
        timer.join();
        if (exploring()) CHECK(watch.microseconds() == 10'000);
        CHECK(timer.cancel());  // as before
        std::this_thread::sleep_for(60ms);
        CHECK(calls == 0);
      },
      kExactTime);
  // Nothing lost between the look and the sleep.
  explore(
      [] {
        const Stopwatch watch;
        lab::Timer timer(1h, [] {});
        timer.start();
        CHECK(timer.cancel());
        timer.join();
        if (exploring()) CHECK(watch.microseconds() == 0);
      },
      kExactTime);
}

TEST_CASE(
    "cancel and the end of the time are never both first" * points(3) *
    hints("Called or cancelled, exactly one of the two; and cancel() says which.",
          "Between \"was it cancelled? no\" and the call there is a gap. What does a cancel() in "
          "that gap answer?",
          "Look and decide in one step under the mutex: if (cancelled_) return; called_ = true; "
          "and then, without the mutex, function_();")) {
  explore([] {
    int calls = 0;
    bool cancelled = false;
    {
      lab::Timer timer(10ms, [&] { ++calls; });
      timer.start();
      std::this_thread::sleep_for(10ms);
      cancelled = timer.cancel();
      timer.join();
      CHECK(calls == (cancelled ? 0 : 1));
    }
    CHECK(calls == (cancelled ? 0 : 1));
  });
}

TEST_CASE("cancel comes too late when the function has begun" * points(2) *
          hints("What has begun cannot be prevented any more.",
                "The function itself calls cancel(). Which lock do you hold while you call it?",
                "called_ = true; hold.unlock(); function_(); hold.lock();   cancel(): if (called_) "
                "return false;")) {
  explore([] {
    lab::Timer* self = nullptr;
    bool cancelled = true;
    lab::Timer timer(1ms, [&] { cancelled = self->cancel(); });
    self = &timer;
    timer.start();
    timer.join();
    CHECK_FALSE(cancelled);
    CHECK_FALSE(timer.cancel());
  });
}

TEST_CASE("cancel does not wait for the function, join does" * points(2) *
          hints("cancel() only says how it stands.",
                "join() returns when the function has returned: what does it wait for, if several "
                "threads call it, or one calls it twice?",
                "over_ = true; notify_all();   at the end of the timer's thread;   join(): wait "
                "until cancelled_ || over_.")) {
  explore(
      [] {
        const Stopwatch watch;
        int calls = 0;
        lab::Timer timer(10ms, [&] {
          std::this_thread::sleep_for(20ms);
          ++calls;
        });
        timer.start();
        std::thread other([&] {
          timer.join();
          CHECK(calls == 1);
        });
        std::this_thread::sleep_for(15ms);
        if (exploring()) {
          CHECK_FALSE(timer.cancel());
          CHECK(watch.microseconds() == 15'000);
        }
        timer.join();
        if (exploring()) CHECK(watch.microseconds() == 30'000);
        CHECK(calls == 1);
        timer.join();
        other.join();
      },
      kExactTime);
}

TEST_CASE("who joins sleeps" * points(2) *
          hints("No busy waiting, neither in join() nor in the timer's thread.",
                "Is there a loop that looks whether the time is over, or the function has ended?",
                "wait_until in the timer's thread, wait in join().")) {
  explore(
      [] {
        lab::Timer timer(1h, [] {});
        timer.start();
        std::thread other([&] { timer.join(); });
        quiesce();  // until all sleep; one that spins is found here
        CHECK(timer.cancel());
        other.join();
      },
      kExactTime);
}

TEST_CASE(
    "cancelled before it starts, it never calls" * points(2) *
    hints("cancel() may be quicker than start().",
          "What does start() look at before it makes a thread?",
          "start(): if it was cancelled there is nothing to do, and join() returns at once.")) {
  explore(
      [] {
        const Stopwatch watch;
        int calls = 0;
        lab::Timer timer(10ms, [&] { ++calls; });
        CHECK(timer.cancel());
        timer.start();
        timer.join();
        if (exploring()) CHECK(watch.microseconds() == 0);
        CHECK(timer.cancel());
        std::this_thread::sleep_for(20ms);
        CHECK(calls == 0);
      },
      kExactTime);
}

TEST_CASE("what cannot be is refused" * points(2) *
          hints("A timer counts once, forwards, and towards something.",
                "Constructor: what could be wrong? start(): was it called before? join(): who "
                "calls, and for what would it wait?",
                "std::invalid_argument for interval < 0 and for !function; std::runtime_error for "
                "the second start(), for join() before start(), and for join() in the function.")) {
  explore([] {
    CHECK_THROWS_AS(lab::Timer(-1ns, [] {}), std::invalid_argument);
    CHECK_THROWS_AS(lab::Timer(1ms, {}), std::invalid_argument);
    lab::Timer* self = nullptr;
    std::string joined_by_itself;
    int calls = 0;
    lab::Timer timer(1ms, [&] {
      joined_by_itself = thrown_by([&] { self->join(); });
      ++calls;
    });
    self = &timer;
    CHECK(thrown_by([&] { timer.join(); }) == "runtime_error");
    CHECK(thrown_by([&] { timer.start(); }) == "nothing");
    CHECK(thrown_by([&] { timer.start(); }) == "runtime_error");
    timer.join();
    CHECK(joined_by_itself == "runtime_error");
    CHECK(thrown_by([&] { timer.start(); }) == "runtime_error");
    CHECK(calls == 1);
  });
}

TEST_CASE("start and join may come from anywhere" * points(2) *
          hints("A timer is started once, whoever does it; who joins may come before that.",
                "start() and join() look whether it was started. Under what?",
                "std::scoped_lock hold(mutex_); is the first line of both.")) {
  explore([] {
    lab::Timer timer(1ms, [] {});
    std::string there;
    std::thread other([&] { there = thrown_by([&] { timer.start(); }); });
    const std::string here = thrown_by([&] { timer.start(); });
    other.join();
    CHECK((here == "nothing") + (there == "nothing") == 1);
    CHECK((here == "runtime_error") + (there == "runtime_error") == 1);
    timer.join();
  });
  explore([] {
    lab::Timer timer(1ms, [] {});
    std::thread other([&] { timer.start(); });
    const std::string early = thrown_by([&] { timer.join(); });
    CHECK((early == "nothing" || early == "runtime_error"));
    other.join();
    timer.join();
  });
}

TEST_CASE("a timer that ends leaves nothing behind" * points(2) *
          hints("At the end of its scope the timer goes. Where is its thread then?",
                "Two things are for the destructor to do: what has not begun shall not begin, and "
                "what has begun uses this object.",
                "~Timer() { cancel(); if (thread_.joinable()) thread_.join(); }")) {
  explore(
      [] {
        const Stopwatch watch;
        int calls = 0;
        {
          lab::Timer never_started(1ms, [&] { ++calls; });
        }
        {
          lab::Timer timer(1h, [&] { ++calls; });
          timer.start();
        }
        if (exploring()) CHECK(watch.microseconds() == 0);
        CHECK(calls == 0);
        {
          lab::Timer timer(10ms, [&] {
            std::this_thread::sleep_for(10ms);
            ++calls;
          });
          timer.start();
          std::this_thread::sleep_for(15ms);
        }
        if (exploring()) {
          CHECK(watch.microseconds() == 20'000);
          CHECK(calls == 1);
        }
      },
      kExactTime);
}

TEST_CASE(
    "the longest interval does not overflow" * points(1) *
    hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
          "What is now() + interval when now() is not zero? Look at the sign.",
          "deadline = interval < TimePoint::max() - now ? now + interval : TimePoint::max();")) {
  explore(
      [] {
        std::this_thread::sleep_for(1ms);  // so that now() is not the beginning of time
        int calls = 0;
        lab::Timer timer(nanoseconds::max(), [&] { ++calls; });
        timer.start();
        quiesce();
        CHECK(timer.cancel());
        timer.join();
        CHECK(calls == 0);
      },
      kExactTime);
}
