// Waiting for a limited time. Time is virtual here: it moves only when no thread can run, and then
// to the earliest deadline, so what takes 50 ms takes exactly 50 ms.

#include "10_queue/queue.h"
#include "grader/harness/lab_test.h"

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

constexpr Options kExactTime{.clock = Clock::kStrict};

class Stopwatch {
 public:
  // True when `expected` has passed since the start. (On real threads: at least that.)
  bool shows(nanoseconds expected) const {
    const nanoseconds passed = std::chrono::steady_clock::now() - start_;
    return passed >= expected && (!exploring() || passed < expected + 1us);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE(
    "get_for gives up at its deadline" * points(3) *
    hints("A condition variable can wait until a moment in time, too.",
          "get_for: compute the deadline once, at the start. When the time is up and there is "
          "still no item, return std::nullopt.",
          "if (!not_empty_.wait_until(lock, deadline, [this] { return items_.size() > 0; })) "
          "return std::nullopt;")) {
  explore(
      [] {
        lab::Queue<int> queue;
        const Stopwatch watch;
        CHECK_FALSE(queue.get_for(25ms).has_value());
        CHECK(watch.shows(25ms));
        queue.put(1);
        CHECK(queue.get_for(25ms).value_or(0) == 1);
        CHECK(watch.shows(25ms));  // an item that is there costs no time
      },
      kExactTime);
}

TEST_CASE("put_for gives up at its deadline" * points(3) *
          hints("When the time is up and there is no room, the item does not go in.",
                "wait_until with a condition returns whether the condition holds. Do you look at "
                "what it returns?",
                "if (!not_full_.wait_until(lock, deadline, [this] { return has_room(); })) return "
                "false;")) {
  explore(
      [] {
        lab::Queue<int> queue(1);
        const Stopwatch watch;
        CHECK(queue.put_for(1, 25ms));
        CHECK(watch.shows(0ms));  // room that is there costs no time
        CHECK_FALSE(queue.put_for(2, 25ms));
        CHECK(watch.shows(25ms));
        CHECK(queue.size() == 1);
        CHECK(queue.get() == 1);
        const int item = 3;  // is copied
        CHECK(queue.put_for(item, 25ms));
        CHECK_FALSE(queue.put_for(item, 25ms));
        CHECK(watch.shows(50ms));
        CHECK(queue.get() == 3);
      },
      kExactTime);
}

TEST_CASE("what comes in time is seen at once" * points(2) *
          hints("A sleeper is woken by whoever brings what it waits for. It does not sleep to the "
                "end of its time, and does not get up now and then to look.",
                "Is there a sleep_for in your get or get_for? A condition variable does without.",
                "get_for: not_empty_.wait_until(...), and put notifies not_empty_; put_for: "
                "not_full_.wait_until(...), and get notifies not_full_.")) {
  explore(
      [] {
        lab::Queue<int> queue(1);
        const Stopwatch watch;
        std::thread consumer([&] {
          CHECK(queue.get() == 1);
          CHECK(watch.shows(10500us));
          CHECK(queue.get_for(1h).value_or(0) == 2);
          CHECK(watch.shows(21000us));
        });
        std::this_thread::sleep_for(10500us);
        queue.put(1);
        std::this_thread::sleep_for(10500us);
        queue.put(2);
        consumer.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Queue<int> queue(1);
        queue.put(1);
        const Stopwatch watch;
        std::thread producer([&] {
          CHECK(queue.put_for(2, 1h));
          CHECK(watch.shows(10500us));
        });
        std::this_thread::sleep_for(10500us);
        CHECK(queue.get() == 1);
        producer.join();
      },
      kExactTime);
}

TEST_CASE("being woken does not prolong the wait" * points(3) *
          hints("The timeout is for the whole call, however often the thread is woken in vain.",
                "Inside a loop, wait_for starts the full time again at every turn. wait_until does "
                "not.",
                "Before the loop: deadline = std::chrono::steady_clock::now() + timeout;   in it: "
                "not_empty_.wait_until(lock, deadline)")) {
  explore(
      [] {
        lab::Queue<int> queue;
        const Stopwatch watch;
        std::thread consumer([&] {
          if (queue.get_for(100ms).has_value()) {
            CHECK(watch.shows(60ms));
          } else {
            CHECK(watch.shows(100ms));
          }
        });
        std::this_thread::sleep_for(60ms);
        queue.put(1);     // wakes the consumer ...
        queue.try_get();  // ... which may find nothing
        consumer.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Queue<int> queue(1);
        queue.put(1);
        const Stopwatch watch;
        std::thread producer([&] {
          if (queue.put_for(2, 100ms)) {
            CHECK(watch.shows(60ms));
          } else {
            CHECK(watch.shows(100ms));
          }
        });
        std::this_thread::sleep_for(60ms);
        queue.try_get();   // wakes the producer ...
        queue.try_put(3);  // ... which may find no room
        producer.join();
      },
      kExactTime);
}

TEST_CASE(
    "who gave up is not woken in place of another" * points(2) *
    hints("A thread whose time is up is gone. What it leaves behind must not catch the wake-up "
          "that another one needs.",
          "Do you keep a list or a count of the threads that sleep? Then a thread that gives "
          "up must leave it, too.",
          "With one std::condition_variable for all consumers there is nothing to leave: "
          "wait_until does it. With a list: waiters_.erase(me) before return std::nullopt;")) {
  explore([] {
    lab::Queue<int> queue;
    std::thread gives_up([&] { CHECK_FALSE(queue.get_for(10ms).has_value()); });
    std::thread stays([&] { CHECK(queue.get() == 1); });
    gives_up.join();
    queue.put(1);
    stays.join();
  });
  explore([] {
    lab::Queue<int> queue(1);
    queue.put(1);
    std::thread gives_up([&] { CHECK_FALSE(queue.put_for(2, 10ms)); });
    std::thread stays([&] { queue.put(3); });
    gives_up.join();
    CHECK(queue.get() == 1);
    stays.join();
    CHECK(queue.get() == 3);
  });
}

TEST_CASE(
    "a timeout of zero tries once, a negative one is refused" * points(2) *
    hints("Zero is a fine timeout: now or never. Less than zero is a mistake of the caller.",
          "The first line of put_for and get_for: look at the timeout, before anything is "
          "locked or changed.",
          "if (timeout < std::chrono::nanoseconds(0)) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        lab::Queue<int> queue(1);
        const Stopwatch watch;
        CHECK_FALSE(queue.get_for(0ms).has_value());
        CHECK(queue.put_for(1, 0ms));
        CHECK_FALSE(queue.put_for(2, 0ms));
        CHECK_THROWS_AS(queue.get_for(-1ns), std::invalid_argument);
        CHECK(queue.size() == 1);
        CHECK(queue.get_for(0ms).value_or(0) == 1);
        CHECK_THROWS_AS(queue.put_for(3, -1ns), std::invalid_argument);
        CHECK(queue.empty());
        CHECK(watch.shows(0ms));
        // The shortest time that is not zero.
        CHECK_FALSE(queue.get_for(1ns).has_value());
        CHECK(watch.shows(1ns));
        queue.put(1);
        CHECK_FALSE(queue.put_for(2, 1ns));
        CHECK(watch.shows(2ns));
      },
      kExactTime);
}

TEST_CASE("the longest timeout there is does not overflow" * points(2) *
          hints("now + nanoseconds::max() is a moment that does not fit into a time_point.",
                "Where you compute the deadline: what is the longest timeout that still fits?",
                "timeout < TimePoint::max() - now ? now + timeout : TimePoint::max()")) {
  explore(
      [] {
        lab::Queue<int> queue;
        std::thread consumer([&] { CHECK(queue.get_for(nanoseconds::max()).value_or(0) == 1); });
        quiesce();
        CHECK(asleep() == 1);
        queue.put(1);
        consumer.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Queue<int> queue(1);
        CHECK(queue.put_for(1, nanoseconds::max()));
        std::thread producer([&] { CHECK(queue.put_for(2, nanoseconds::max())); });
        quiesce();
        CHECK(asleep() == 1);
        CHECK(queue.try_get().value_or(0) == 1);
        producer.join();
        CHECK(queue.size() == 1);
      },
      kExactTime);
}
