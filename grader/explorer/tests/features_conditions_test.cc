// Condition variables: std::condition_variable, _any, timed waits, stop tokens.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <thread>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

TEST_CASE("condition_variable: wait in a loop, notified under the lock") {
  holds([] {
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      while (!ready) changed.wait(hold);
      EXPECT(hold.owns_lock());
    });
    {
      std::lock_guard hold(mutex);
      ready = true;
      changed.notify_one();
    }
    waiter.join();
  });
}

TEST_CASE("condition_variable: wait with a predicate, notified after the lock") {
  holds([] {
    std::mutex mutex;
    std::condition_variable changed;
    int value = 0;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      changed.wait(hold, [&] { return value == 42; });
    });
    {
      std::lock_guard hold(mutex);
      value = 42;
    }
    changed.notify_one();
    waiter.join();
  });
}

TEST_CASE("condition_variable: notify_all wakes all") {
  holds([] {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
    const auto pass = [&] {
      std::unique_lock hold(mutex);
      opened.wait(hold, [&] { return open; });
    };
    std::thread a(pass);
    std::thread b(pass);
    {
      std::lock_guard hold(mutex);
      open = true;
    }
    opened.notify_all();
    a.join();
    b.join();
  });
}

TEST_CASE("condition_variable: which waiter is woken is open") {
  const auto body = [](int expected) {
    std::mutex mutex;
    std::condition_variable granted;
    int tickets = 0;
    int first = 0;
    const auto take = [&](int who) {
      std::unique_lock hold(mutex);
      granted.wait(hold, [&] { return tickets > 0; });
      --tickets;
      if (first == 0) first = who;
    };
    std::thread a(take, 1);
    std::thread b(take, 2);
    quiesce();
    for (int i = 0; i < 2; ++i) {
      std::lock_guard hold(mutex);
      ++tickets;
      granted.notify_one();
    }
    a.join();
    b.join();
    EXPECT(first == expected);
  };
  reaches([&] { body(1); });
  reaches([&] { body(2); });
}

TEST_CASE("condition_variable: a bounded buffer of one place") {
  holds([] {
    std::mutex mutex;
    std::condition_variable not_empty, not_full;
    std::deque<int> items;
    std::thread producer([&] {
      for (int item = 1; item <= 3; ++item) {
        std::unique_lock hold(mutex);
        not_full.wait(hold, [&] { return items.empty(); });
        items.push_back(item);
        not_empty.notify_one();
      }
    });
    for (int expected = 1; expected <= 3; ++expected) {
      std::unique_lock hold(mutex);
      not_empty.wait(hold, [&] { return !items.empty(); });
      EXPECT(items.front() == expected);
      items.pop_front();
      not_full.notify_one();
    }
    producer.join();
  });
}

TEST_CASE("condition_variable: on the heap, freed by the one who was woken last") {
  holds([] {
    struct Gate {
      std::mutex mutex;
      std::condition_variable opened;
      bool open = false;
    };
    auto gate = std::make_unique<Gate>();
    std::thread opener([&] {
      std::lock_guard hold(gate->mutex);
      gate->open = true;
      gate->opened.notify_all();
    });
    {
      std::unique_lock hold(gate->mutex);
      gate->opened.wait(hold, [&] { return gate->open; });
    }
    opener.join();
    gate.reset();
  });
}

TEST_CASE("condition_variable: timed waits, alone, take exactly their time") {
  holds([] {
    using Clock = std::chrono::steady_clock;
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock hold(mutex);
    const auto begin = Clock::now();
    // Nobody notifies: what is tested is that each time-out comes, and exactly when.
    EXPECT(never.wait_for(hold, 50ms) == std::cv_status::timeout);
    EXPECT(Clock::now() - begin == 50ms);
    EXPECT(never.wait_until(hold, begin + 80ms) == std::cv_status::timeout);
    EXPECT(Clock::now() - begin == 80ms);
    EXPECT(!never.wait_for(hold, 20ms, [] { return false; }));
    EXPECT(Clock::now() - begin == 100ms);
    EXPECT(!never.wait_until(hold, std::chrono::system_clock::now() + 1h, [] { return false; }));
    EXPECT(Clock::now() - begin == 1h + 100ms);
    EXPECT(never.wait_until(hold, begin) == std::cv_status::timeout);
    EXPECT(never.wait_for(hold, 0ms) == std::cv_status::timeout);
    EXPECT(Clock::now() - begin == 1h + 100ms);
    EXPECT(hold.owns_lock());
  });
}

namespace {

// A waiter with a deadline and a notifier; what the waiter saw must not be `unwanted`.
void timed_handover(int unwanted) {
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  std::thread notifier([&] {
    std::lock_guard hold(mutex);
    ready = true;
    changed.notify_one();
  });
  std::unique_lock hold(mutex);
  // The notifier does not sleep: only a slow one is later than this.
  const bool seen = changed.wait_for(hold, 50ms, [&] { return ready; });
  EXPECT(seen == ready);
  hold.unlock();
  notifier.join();
  EXPECT(static_cast<int>(seen) != unwanted);
}

}  // namespace

TEST_CASE("condition_variable: a timed wait is notified in time when threads are fast") {
  holds([] { timed_handover(0); }, strict_clock());
}

TEST_CASE("condition_variable: a timed wait may time out when threads are slow") {
  reaches([] { timed_handover(0); }, slow_threads());
  reaches([] { timed_handover(1); });
}

TEST_CASE("condition_variable: who timed out and waits for its mutex is notified too late") {
  holds(
      [] {
        std::mutex mutex;
        std::condition_variable changed;
        bool told = false;
        std::thread notifier([&] {
          // The other sleeps by now, and has let go of the mutex.
          std::this_thread::sleep_for(5ms);
          std::lock_guard hold(mutex);
          // Until after that one's time is up.
          std::this_thread::sleep_for(10ms);
          told = true;
          changed.notify_one();
        });
        std::unique_lock hold(mutex);
        // Ends in the middle of the notifier's section.
        EXPECT(changed.wait_for(hold, 10ms) == std::cv_status::timeout);
        EXPECT(told);
        hold.unlock();
        notifier.join();
      },
      strict_clock());
}

TEST_CASE("condition_variable: a time-out does not say that nothing happened") {
  reaches(
      [] {
        std::mutex mutex;
        std::condition_variable changed;
        bool told = false;
        std::thread notifier([&] {
          std::lock_guard hold(mutex);
          told = true;
          changed.notify_one();
        });
        std::unique_lock hold(mutex);
        // Short enough for the mutex to be taken when it ends.
        if (!told && changed.wait_for(hold, 1ms) == std::cv_status::timeout) EXPECT(!told);
        hold.unlock();
        notifier.join();
      },
      slow_threads());
}

TEST_CASE("condition_variable: wait_for and a late notify, by the strict clock") {
  holds(
      [] {
        std::mutex mutex;
        std::condition_variable changed;
        bool ready = false;
        std::thread notifier([&] {
          // Between the two time-outs below: the first must expire, the second must not.
          std::this_thread::sleep_for(20ms);
          std::lock_guard hold(mutex);
          ready = true;
          changed.notify_one();
        });
        std::unique_lock hold(mutex);
        EXPECT(!changed.wait_for(hold, 10ms, [&] { return ready; }));
        EXPECT(changed.wait_for(hold, 1h, [&] { return ready; }));
        hold.unlock();
        notifier.join();
      },
      strict_clock());
}

TEST_CASE("condition_variable_any: with a mutex, a shared lock and a lock of one's own") {
  struct CountingLock {
    std::mutex mutex;
    int locked = 0;
    void lock() {
      mutex.lock();
      ++locked;
    }
    void unlock() { mutex.unlock(); }
  };
  holds([] {
    CountingLock own;
    std::condition_variable_any changed;
    bool ready = false;
    std::thread notifier([&] {
      std::lock_guard hold(own);
      ready = true;
      changed.notify_all();
    });
    own.lock();
    changed.wait(own, [&] { return ready; });
    EXPECT(own.locked >= 1);
    own.unlock();
    notifier.join();
  });
  holds([] {
    std::shared_mutex mutex;
    std::condition_variable_any changed;
    bool ready = false;
    std::thread reader([&] {
      std::shared_lock hold(mutex);
      changed.wait(hold, [&] { return ready; });
    });
    {
      std::unique_lock hold(mutex);
      ready = true;
    }
    changed.notify_one();
    reader.join();
  });
}

TEST_CASE("condition_variable_any: timed waits") {
  holds([] {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock hold(mutex);
    const auto begin = std::chrono::steady_clock::now();
    // Nobody notifies: what is tested is that the time-outs come, and when.
    EXPECT(never.wait_for(hold, 30ms) == std::cv_status::timeout);
    EXPECT(!never.wait_until(hold, begin + 50ms, [] { return false; }));
    EXPECT(std::chrono::steady_clock::now() - begin == 50ms);
  });
}

TEST_CASE("condition_variable_any: a stop request ends the wait") {
  holds([] {
    std::mutex mutex;
    std::condition_variable_any never;
    std::jthread waiter([&](std::stop_token stop) {
      std::unique_lock hold(mutex);
      EXPECT(!never.wait(hold, stop, [] { return false; }));
      EXPECT(stop.stop_requested());
      EXPECT(hold.owns_lock());
    });
    waiter.request_stop();
  });
}

TEST_CASE("condition_variable_any: a notify comes before, with or after a stop request") {
  holds_sampled([] {
    std::mutex mutex;
    std::condition_variable_any changed;
    bool ready = false;
    std::jthread waiter([&](std::stop_token stop) {
      std::unique_lock hold(mutex);
      if (!changed.wait(hold, stop, [&] { return ready; })) EXPECT(stop.stop_requested());
    });
    std::thread notifier([&] {
      std::lock_guard hold(mutex);
      ready = true;
      changed.notify_all();
    });
    notifier.join();
  });
}

TEST_CASE("condition_variable_any: a timed wait with a stop token") {
  holds([] {
    std::mutex mutex;
    std::condition_variable_any never;
    std::stop_source source;
    std::unique_lock hold(mutex);
    const auto begin = std::chrono::steady_clock::now();
    // Neither a notify nor a stop comes: what is tested is the time-out.
    EXPECT(!never.wait_for(hold, source.get_token(), 10ms, [] { return false; }));
    EXPECT(std::chrono::steady_clock::now() - begin == 10ms);
    EXPECT(!never.wait_until(hold, source.get_token(), begin + 30ms, [] { return false; }));
    EXPECT(std::chrono::steady_clock::now() - begin == 30ms);
    source.request_stop();
    // Stopped already: none of this hour may pass.
    EXPECT(!never.wait_for(hold, source.get_token(), 1h, [] { return false; }));
    EXPECT(std::chrono::steady_clock::now() - begin == 30ms);
  });
}

namespace {

thread_local std::unique_ptr<int> mark;  // destroyed before the notification

}  // namespace

TEST_CASE("notify_all_at_thread_exit") {
  holds([] {
    std::mutex mutex;
    std::condition_variable ended;
    bool over = false;
    std::thread thread([&] {
      mark = std::make_unique<int>(1);
      std::unique_lock hold(mutex);
      over = true;
      std::notify_all_at_thread_exit(ended, std::move(hold));
    });
    {
      std::unique_lock hold(mutex);
      ended.wait(hold, [&] { return over; });
    }
    thread.join();
  });
}
