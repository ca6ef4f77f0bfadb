// The end of the work: join, task_done, shutdown.

#include "10_queue/queue.h"
#include "grader/harness/lab_test.h"

namespace {

// Time moves only when no thread can run. (By default a timed wait may also be over before another
// thread has come so far, as on a busy machine: then a timeout would be a right answer, too.)
constexpr Options kExactTime{.clock = Clock::kStrict};

// For the case that asks what a wake-up is worth.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

}  // namespace

TEST_CASE("join waits for the last task_done" * points(3) *
          hints("An item that was taken is not an item that is finished. Only task_done says so.",
                "join needs a count of its own: put adds one, task_done takes one away, get does "
                "not touch it. And it must look at it again after every wake-up.",
                "join: all_done_.wait(lock, [this] { return unfinished_ == 0; });   task_done: "
                "if (--unfinished_ == 0) all_done_.notify_all();")) {
  explore([] {
    lab::Queue<int> queue;
    int finished = 0;
    queue.put(1);
    queue.put(2);
    std::thread worker([&] {
      for (int turn = 0; turn < 2; ++turn) {
        queue.get();
        interleave();  // the work takes a while
        ++finished;
        queue.task_done();
      }
    });
    queue.join();
    CHECK(finished == 2);
    worker.join();
    queue.join();  // nothing to do: returns at once
  });
  // A wake-up for no reason is no task_done.
  explore(
      [] {
        lab::Queue<int> queue;
        bool finished = false;
        queue.put(1);
        std::thread worker([&] {
          queue.get();
          finished = true;
          queue.task_done();
        });
        queue.join();
        CHECK(finished);
        worker.join();
      },
      kWakesForNoReason);
}

TEST_CASE("task_done once too often is an error" * points(2) *
          hints("Who reports more finished items than there ever were has miscounted, and should "
                "hear of it.",
                "task_done: look at the count before you change it.",
                "if (unfinished_ == 0) throw std::logic_error(\"...\"); --unfinished_;")) {
  explore([] {
    lab::Queue<int> queue;
    CHECK_THROWS_AS(queue.task_done(), std::logic_error);
    for (int turn = 0; turn < 2; ++turn) {  // the error has changed nothing
      queue.put(1);
      queue.put(2);
      queue.get();
      CHECK_NOTHROW(queue.task_done());
      queue.get();
      CHECK_NOTHROW(queue.task_done());
      CHECK_THROWS_AS(queue.task_done(), std::logic_error);
    }
  });
}

TEST_CASE("of two who report the last item, one is refused" * points(2) *
          hints("There is one item, and two threads say that they have finished it.",
                "task_done looks at the count and changes it. Under what must both happen?",
                "std::lock_guard lock(mutex_); is the first line of task_done.")) {
  explore([] {
    lab::Queue<int> queue;
    queue.put(1);
    queue.get();
    bool a_refused = false;
    bool b_refused = false;
    const auto report = [&](bool& refused) {
      try {
        queue.task_done();
      } catch (const std::logic_error&) {
        refused = true;
      }
    };
    std::thread a([&] { report(a_refused); });
    std::thread b([&] { report(b_refused); });
    a.join();
    b.join();
    CHECK(a_refused + b_refused == 1);
    queue.join();
  });
}

TEST_CASE(
    "every thread in join is woken" * points(2) *
    hints("When the count reaches zero, that is news for all who wait for it.",
          "task_done: how many threads can sleep in join, and how many does your notify wake?",
          "all_done_.notify_all();")) {
  explore([] {
    lab::Queue<int> queue;
    queue.put(1);
    std::thread a([&] { queue.join(); });
    std::thread b([&] { queue.join(); });
    queue.get();
    queue.task_done();
    a.join();
    b.join();
    CHECK(queue.empty());
  });
}

TEST_CASE("shutdown wakes all who sleep in get" * points(3) *
          hints("After a shutdown no item will come any more; who waits for one must be told.",
                "What get waits for is now: an item, or the shutdown. And shutdown is news for "
                "every sleeper, not for one.",
                "not_empty_.wait(lock, [this] { return items_.size() > 0 || is_shut_down_; }); if "
                "(items_.size() == 0) throw ShutDown();   shutdown: not_empty_.notify_all();")) {
  explore(
      [] {
        lab::Queue<int> queue;
        std::thread a([&] { CHECK_THROWS_AS(queue.get(), lab::ShutDown); });
        std::thread b(
            [&] { CHECK_THROWS_AS(queue.get_for(std::chrono::hours(1)), lab::ShutDown); });
        queue.shutdown();
        a.join();
        b.join();
      },
      kExactTime);
}

TEST_CASE("shutdown wakes all who sleep in put" * points(3) *
          hints("A producer that sleeps for room must hear of the shutdown too, and its item does "
                "not go in.",
                "put waits for: room, or the shutdown. Whom does shutdown notify?",
                "not_full_.wait(lock, [this] { return has_room() || is_shut_down_; }); if "
                "(is_shut_down_) throw ShutDown();   shutdown: not_full_.notify_all();")) {
  explore(
      [] {
        lab::Queue<int> queue(1);
        queue.put(1);
        std::thread a([&] { CHECK_THROWS_AS(queue.put(2), lab::ShutDown); });
        std::thread b(
            [&] { CHECK_THROWS_AS(queue.put_for(3, std::chrono::hours(1)), lab::ShutDown); });
        queue.shutdown();
        a.join();
        b.join();
        CHECK(queue.size() == 1);
      },
      kExactTime);
}

TEST_CASE("what is left after a shutdown can still be taken" * points(2) *
          hints("A shutdown closes the entrance. The exit stays open until the queue is empty.",
                "In get, ShutDown is thrown for a reason made of two parts.",
                "if (items_.size() == 0 && is_shut_down_) throw ShutDown();   but in put: "
                "if (is_shut_down_) throw ShutDown();")) {
  explore([] {
    lab::Queue<int> queue(3);  // full, and that is not the reason
    for (int item = 1; item <= 3; ++item) queue.put(item);
    queue.shutdown();
    CHECK_THROWS_AS(queue.put(4), lab::ShutDown);
    CHECK_THROWS_AS(queue.try_put(4), lab::ShutDown);
    CHECK_THROWS_AS(queue.put_for(4, std::chrono::hours(1)), lab::ShutDown);
    CHECK(queue.get() == 1);
    CHECK(queue.try_get().value_or(0) == 2);
    CHECK(queue.get_for(std::chrono::hours(1)).value_or(0) == 3);
    CHECK_THROWS_AS(queue.get(), lab::ShutDown);
    CHECK_THROWS_AS(queue.try_get(), lab::ShutDown);
    CHECK_THROWS_AS(queue.get_for(std::chrono::hours(1)), lab::ShutDown);
    for (int item = 1; item <= 3; ++item) queue.task_done();
    queue.join();
  });
}

TEST_CASE("an immediate shutdown throws the items away and ends join" * points(3) *
          hints("Items that nobody will ever get will never be reported by task_done either.",
                "With immediate, the items that are thrown away count as done. Who may be sleeping "
                "until everything is done?",
                "unfinished_ -= count(); items_ = Items(); if (unfinished_ == 0) "
                "all_done_.notify_all();")) {
  explore([] {
    lab::Queue<int> queue;
    queue.put(1);
    queue.put(2);
    std::thread waiter([&] { queue.join(); });
    std::thread another([&] { queue.join(); });
    queue.shutdown(true);
    waiter.join();
    another.join();
    CHECK(queue.empty());
    CHECK_THROWS_AS(queue.get(), lab::ShutDown);
    CHECK_THROWS_AS(queue.task_done(), std::logic_error);
  });
}

TEST_CASE("an immediate shutdown does not forget the item in work" * points(2) *
          hints("An item that a consumer has taken was not thrown away.",
                "By how much does shutdown(true) lower the count of unfinished items: to zero, or "
                "by the number of items that it throws away?",
                "unfinished_ -= static_cast<std::ptrdiff_t>(items_.size());   not: unfinished_ = "
                "0;")) {
  explore([] {
    lab::Queue<int> queue;
    int finished = 0;
    queue.put(1);
    queue.put(2);
    queue.get();
    queue.shutdown(true);
    std::thread worker([&] {
      ++finished;
      CHECK_NOTHROW(queue.task_done());
    });
    queue.join();
    CHECK(finished == 1);
    worker.join();
  });
}
