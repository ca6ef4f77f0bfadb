// Waiting for an event for a limited time. Time is virtual here: it moves only when no thread can
// run, and then to the earliest deadline, so what takes 25 ms takes exactly 25 ms.

#include "08_event/event.h"
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

TEST_CASE("wait_for gives up on time" * points(4) *
          hints("Not earlier and not later; and the answer says that nothing has happened.",
                "A timed wait returns in two ways. What does yours return when the time was up?",
                "return changed_.wait_until(hold, deadline, [&] { return set_ || sets_ != before; "
                "});")) {
  explore(
      [] {
        lab::Event event;
        const Stopwatch watch;
        CHECK_FALSE(event.wait_for(25ms));
        CHECK(watch.microseconds() >= 25'000);
        if (exploring()) CHECK(watch.microseconds() == 25'000);
        event.set();
        event.clear();
        CHECK_FALSE(event.wait_for(25ms));
        CHECK(watch.microseconds() >= 50'000);
        if (exploring()) CHECK(watch.microseconds() == 50'000);
      },
      kExactTime);
}

TEST_CASE("wait_for sees a set that comes in time" * points(4) *
          hints("The timeout is the longest wait, not the wait.",
                "Is there a sleep_for in your wait_for? A condition variable does without.",
                "Wait with wait_until on the condition variable that set() notifies.")) {
  explore(
      [] {
        lab::Event event;
        std::thread waiter([&] {
          const Stopwatch watch;
          CHECK(event.wait_for(1h));
          if (exploring()) CHECK(watch.microseconds() == 10'300);
          CHECK(event.wait_for(1h));  // set already: costs no time
          if (exploring()) CHECK(watch.microseconds() == 10'300);
        });
        std::this_thread::sleep_for(10'300us);
        event.set();
        waiter.join();
      },
      kExactTime);
  // As with wait(): told is told, though clear() follows at once.
  explore(
      [] {
        lab::Event event;
        std::thread waiter([&] { CHECK(event.wait_for(1h)); });
        quiesce();
        event.set();
        event.clear();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("a timeout of zero tries once, a negative one is refused" * points(3) *
          hints("Zero is a fine timeout: now or never. Less than zero is a mistake of the caller.",
                "Look at the timeout first of all, also when the event is set.",
                "if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        lab::Event event;
        const Stopwatch watch;
        CHECK_FALSE(event.wait_for(0ns));
        CHECK_THROWS_AS(event.wait_for(-1ns), std::invalid_argument);
        event.set();
        CHECK(event.wait_for(0ns));
        CHECK_THROWS_AS(event.wait_for(-1h), std::invalid_argument);
        CHECK(event.is_set());
        if (exploring()) CHECK(watch.microseconds() == 0);
      },
      kExactTime);
}

TEST_CASE(
    "the longest timeout does not overflow" * points(3) *
    hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
          "What is now() + timeout when now() is not zero? Look at the sign.",
          "deadline = timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();")) {
  explore(
      [] {
        std::this_thread::sleep_for(1ms);  // so that now() is not the beginning of time
        lab::Event event;
        std::thread waiter([&] { CHECK(event.wait_for(nanoseconds::max())); });
        quiesce();
        event.set();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "who gave up leaves nothing behind" * points(4) *
    hints("A thread whose time is up is no waiter any more.",
          "Do you keep a list or a count of the threads that sleep? Who takes the one out "
          "that gave up?",
          "With one std::condition_variable for all there is nothing to leave. With a list or "
          "a count: take yourself out before return false.")) {
  explore([] {
    lab::Event event;
    std::thread impatient([&] { CHECK_FALSE(event.wait_for(10ms)); });
    impatient.join();
    event.set();
    event.clear();
    CHECK_FALSE(event.wait_for(0ns));
    std::thread patient([&] { event.wait(); });
    event.set();
    patient.join();
  });
}

TEST_CASE(
    "set may come in the moment when the time is up" * points(3) *
    hints("Both answers are right then, and neither may do harm.",
          "When the time is up the waiter takes the mutex again. What may set() have done to the "
          "waiter's entry just before?",
          "Look once more under the mutex: was I told? Then return true; take yourself out of the "
          "list only if you are still in it.")) {
  explore([] {
    lab::Event event;
    int news = 0;
    std::thread waiter([&] {
      if (event.wait_for(10ms)) CHECK(news == 1);
    });
    std::this_thread::sleep_for(10ms);
    news = 1;
    event.set();
    waiter.join();
    CHECK(event.wait_for(0ns));
    event.clear();
    CHECK_FALSE(event.wait_for(0ns));
  });
}
