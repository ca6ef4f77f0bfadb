// Waiting by looking again and again, where a thread could sleep until it is told.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

TEST_CASE("busy wait: a loop that looks at a flag") {
  finds(Rule::kBusyWait, {"done"}, [] {
    std::atomic<bool> done{false};
    std::thread waiter([&] {
      while (!done) {
      }
    });
    done = true;
    waiter.join();
  });
}

TEST_CASE("busy wait: yielding is no waiting") {
  finds(Rule::kBusyWait, {"done"}, [] {
    std::atomic<bool> done{false};
    std::thread waiter([&] {
      while (!done) std::this_thread::yield();
    });
    done = true;
    waiter.join();
  });
}

TEST_CASE("silent: asleep in atomic::wait until the flag changes") {
  holds([] {
    std::atomic<bool> done{false};
    std::thread waiter([&] { done.wait(false); });
    done = true;
    done.notify_one();
    waiter.join();
  });
}

TEST_CASE("busy wait: a spin lock") {
  finds(Rule::kBusyWait, {}, [] {
    std::atomic_flag taken;
    int value = 0;
    const auto add = [&] {
      while (taken.test_and_set(std::memory_order_acquire)) {
      }
      ++value;
      taken.clear(std::memory_order_release);
    };
    two_threads(add, add);
  });
}

TEST_CASE("busy wait: try_lock in a loop") {
  finds(Rule::kBusyWait, {}, [] {
    std::mutex mutex;
    const auto enter = [&] {
      while (!mutex.try_lock()) {
      }
      std::this_thread::yield();
      mutex.unlock();
    };
    two_threads(enter, enter);
  });
}

TEST_CASE("busy wait: lock, look, unlock, again") {
  finds(Rule::kBusyWait,
        {"until another thread changes `done`, and takes `mutex` for every look; a waiter should"},
        [] {
          std::mutex mutex;
          bool done = false;
          std::thread waiter([&] {
            for (;;) {
              std::lock_guard hold(mutex);
              if (done) return;
            }
          });
          {
            std::lock_guard hold(mutex);
            done = true;
          }
          waiter.join();
        });
}

TEST_CASE("busy wait: lock, look into a queue, unlock, yield") {
  struct Queue {
    bool empty() {
      std::lock_guard hold(mutex_);
      return items_.empty();
    }
    void put(int item) {
      std::lock_guard hold(mutex_);
      items_.push_back(item);
    }
    std::mutex mutex_;
    std::vector<int> items_;
  };
  finds(Rule::kBusyWait, {"Queue::items_`, and takes `Queue::mutex_` for every look"}, [] {
    Queue queue;
    std::thread taker([&] {
      while (queue.empty()) std::this_thread::yield();
    });
    queue.put(1);
    taker.join();
  });
}

TEST_CASE("silent: asleep in a lock, in a condition, in a join") {
  holds([] {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      changed.wait(hold, [&] { return done; });
    });
    {
      std::lock_guard hold(mutex);
      done = true;
    }
    changed.notify_one();
    waiter.join();
  });
}

TEST_CASE("silent: a lock-free loop fails only because another one succeeded") {
  holds([] {
    std::atomic<int> number{1};
    const auto twice = [&] {
      int seen = number.load();
      while (!number.compare_exchange_strong(seen, seen * 2)) {
      }
    };
    two_threads(twice, twice);
    EXPECT(number == 4);
  });
}

namespace {

// Looks every 10 ms for a flag that is set after `time`.
void look_now_and_then(std::chrono::milliseconds time) {
  std::atomic<bool> done{false};
  std::thread waiter([&] {
    // The pause between two looks.
    while (!done) std::this_thread::sleep_for(10ms);
  });
  // Decides how many looks are in vain.
  std::this_thread::sleep_for(time);
  done = true;
  waiter.join();
}

}  // namespace

// A short loop may well look at one value several times, and up to 15 looks in vain get the benefit
// of the doubt. The clock is the strict one, because the other lets a sleeper go on at most 3 times
// although others could run: there, looks in vain come only from others that sleep, too.
TEST_CASE("busy wait: sixteen looks in vain, asleep between") {
  finds(
      Rule::kBusyWait, {"done"}, [] { look_now_and_then(155ms); }, strict_clock());
  finds(Rule::kBusyWait, {"done"}, [] { look_now_and_then(1s); });
}

TEST_CASE("silent: a look now and then, asleep between") {
  holds([] { look_now_and_then(35ms); }, strict_clock());
  holds([] { look_now_and_then(145ms); }, strict_clock());
  // Under both clocks.
  holds([] { look_now_and_then(0ms); }, {}, Size::kSampled);
}
