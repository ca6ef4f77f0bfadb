// Mistakes with wait and notify: a waiter nobody wakes (lost-wakeup), or one who goes on although
// what it waited for is not there (check-failed).

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("lost wake-up: the flag is set and notified without the lock") {
  const auto body = [](bool locks) {
    std::mutex mutex;
    std::condition_variable ready_changed;
    std::atomic<bool> ready{false};
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      while (!ready) ready_changed.wait(hold);
    });
    {
      std::unique_lock hold(mutex, std::defer_lock);
      if (locks) hold.lock();
      ready = true;
    }
    ready_changed.notify_one();
    waiter.join();
  };
  finds(Rule::kLostWakeup, {"ready_changed"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("lost wake-up: a signal before the wait, and no state that remembers it") {
  const auto body = [](bool remembers) {
    std::mutex mutex;
    std::condition_variable go;
    bool gone = false;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      if (!remembers || !gone) go.wait(hold);
    });
    {
      std::lock_guard hold(mutex);
      gone = true;
      go.notify_one();
    }
    waiter.join();
  };
  finds(Rule::kLostWakeup, {"go"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("lost wake-up: the check and the wait are two critical sections") {
  finds(Rule::kLostWakeup, {"not_empty"}, [] {
    std::mutex mutex;
    std::condition_variable not_empty;
    std::deque<int> items;
    std::thread consumer([&] {
      bool empty;
      {
        std::lock_guard hold(mutex);
        empty = items.empty();
      }
      std::unique_lock hold(mutex);
      if (empty) not_empty.wait(hold);
    });
    {
      std::lock_guard hold(mutex);
      items.push_back(1);
      not_empty.notify_one();
    }
    consumer.join();
  });
}

TEST_CASE("check failed: `if` for `while` around a wait") {
  const auto body = [](bool loops) {
    std::mutex mutex;
    std::condition_variable not_empty;
    std::deque<int> items;
    const auto consume = [&] {
      std::unique_lock hold(mutex);
      if (loops) {
        while (items.empty()) not_empty.wait(hold);
      } else {
        if (items.empty()) not_empty.wait(hold);
      }
      EXPECT(!items.empty());
      items.pop_front();
    };
    std::thread a(consume);
    std::thread b(consume);
    for (int item = 0; item < 2; ++item) {
      std::lock_guard hold(mutex);
      items.push_back(item);
      not_empty.notify_all();
    }
    a.join();
    b.join();
  };
  finds(Rule::kCheckFailed, {"items.empty()"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("check failed: no loop around a wait that ends for no reason") {
  enum class Wait { kOnce, kOnceTimed, kInLoop };
  const auto body = [](Wait how) {
    std::mutex mutex;
    std::condition_variable ready_changed;
    bool ready = false;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      if (how == Wait::kInLoop) {
        ready_changed.wait(hold, [&] { return ready; });
        ready = false;
        // Once is all; and a time-out is still told from it.
        EXPECT(!ready_changed.wait_for(hold, std::chrono::hours(1), [&] { return ready; }));
        return;
      }
      if (!ready && how == Wait::kOnce) ready_changed.wait(hold);
      if (!ready && how == Wait::kOnceTimed) {
        EXPECT(ready_changed.wait_for(hold, std::chrono::hours(1)) == std::cv_status::no_timeout);
      }
      EXPECT(ready);
    });
    {
      std::lock_guard hold(mutex);
      ready = true;
    }
    ready_changed.notify_one();
    waiter.join();
  };
  Options options;
  options.spurious_wakeups = true;
  options.clock = Clock::kStrict;
  finds(
      Rule::kCheckFailed, {"ready_changed"}, [&] { body(Wait::kOnce); }, options);
  finds(
      Rule::kCheckFailed, {"ready_changed"}, [&] { body(Wait::kOnceTimed); }, options);
  holds([&] { body(Wait::kInLoop); }, options);
  // Two threads cannot show it in any other way.
  options.spurious_wakeups = false;
  holds([&] { body(Wait::kOnce); }, options);
}

TEST_CASE("silent: a wait whose time is over has timed out, whatever else may wake it") {
  Options options;
  options.spurious_wakeups = true;
  options.clock = Clock::kSlowThreads;
  holds(
      [] {
        pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
        std::thread waiter([&] {
          timespec deadline{};
          clock_gettime(CLOCK_REALTIME, &deadline);
          ++deadline.tv_sec;
          pthread_mutex_lock(&mutex);
          const int result = pthread_cond_timedwait(&changed, &mutex, &deadline);
          timespec now{};
          clock_gettime(CLOCK_REALTIME, &now);
          EXPECT(result == (now.tv_sec >= deadline.tv_sec ? ETIMEDOUT : 0));
          pthread_mutex_unlock(&mutex);
        });
        // Takes the clock past the deadline before the waiter goes on, or after.
        std::this_thread::sleep_for(std::chrono::hours(1));
        waiter.join();
      },
      options);
}

TEST_CASE("lost wake-up: one notified where all wait") {
  const auto body = [](bool all) {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
    const auto pass = [&] {
      std::unique_lock hold(mutex);
      while (!open) opened.wait(hold);
    };
    std::thread a(pass);
    std::thread b(pass);
    {
      std::lock_guard hold(mutex);
      open = true;
    }
    if (all) {
      opened.notify_all();
    } else {
      opened.notify_one();
    }
    a.join();
    b.join();
  };
  finds(Rule::kLostWakeup, {"opened"}, [&] { body(false); });
  holds([&] { body(true); });
}

namespace {

// One place; `shared` uses one condition for both sides and wakes one.
class OnePlace {
 public:
  explicit OnePlace(bool shared) : not_full_(shared ? not_empty_ : own_not_full_) {}

  void put(int item) {
    std::unique_lock hold(mutex_);
    while (full_) not_full_.wait(hold);
    item_ = item;
    full_ = true;
    not_empty_.notify_one();
  }
  int take() {
    std::unique_lock hold(mutex_);
    while (!full_) not_empty_.wait(hold);
    full_ = false;
    not_full_.notify_one();
    return item_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_empty_;
  std::condition_variable own_not_full_;
  std::condition_variable& not_full_;
  bool full_ = false;
  int item_ = 0;
};

void one_producer_two_consumers(bool shared) {
  OnePlace place(shared);
  std::thread a([&] { place.take(); });
  std::thread b([&] { place.take(); });
  place.put(1);
  place.put(2);
  a.join();
  b.join();
}

}  // namespace

TEST_CASE("lost wake-up: one condition for both sides of a queue") {
  finds(Rule::kLostWakeup, {"not_empty_"}, [] { one_producer_two_consumers(true); });
  holds([] { one_producer_two_consumers(false); });
}

TEST_CASE("lost wake-up: no notify at all") {
  finds(Rule::kLostWakeup, {"changed"}, [] {
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      while (!ready) changed.wait(hold);
    });
    {
      std::lock_guard hold(mutex);
      ready = true;
    }
    waiter.join();
  });
}

TEST_CASE("lost wake-up: the wrong condition is notified") {
  finds(Rule::kLostWakeup, {"full_changed"}, [] {
    std::mutex mutex;
    std::condition_variable full_changed, empty_changed;
    bool full = false;
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      while (!full) full_changed.wait(hold);
    });
    {
      std::lock_guard hold(mutex);
      full = true;
      empty_changed.notify_all();
    }
    waiter.join();
  });
}

TEST_CASE("lost wake-up: a pool that notifies one worker at its stop") {
  const auto body = [](bool all) {
    std::mutex mutex;
    std::condition_variable work_or_stop;
    std::deque<int> tasks;
    bool stopping = false;
    int done = 0;
    const auto work = [&] {
      std::unique_lock hold(mutex);
      for (;;) {
        while (tasks.empty() && !stopping) work_or_stop.wait(hold);
        if (tasks.empty()) return;
        tasks.pop_front();
        ++done;
      }
    };
    std::thread a(work);
    std::thread b(work);
    {
      std::lock_guard hold(mutex);
      tasks.push_back(1);
      work_or_stop.notify_one();
    }
    {
      std::lock_guard hold(mutex);
      stopping = true;
    }
    if (all) {
      work_or_stop.notify_all();
    } else {
      work_or_stop.notify_one();
    }
    a.join();
    b.join();
    EXPECT(done == 1);
  };
  finds(Rule::kLostWakeup, {"work_or_stop"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("lost wake-up: an atomic changed without a notify") {
  const auto body = [](bool notifies) {
    std::atomic<int> stage{0};
    std::thread waiter([&] { stage.wait(0); });
    stage = 1;
    if (notifies) stage.notify_one();
    waiter.join();
  };
  finds(Rule::kLostWakeup, {"stage"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("lost wake-up: an atomic notified before it is changed") {
  finds(Rule::kLostWakeup, {"stage"}, [] {
    std::atomic<int> stage{0};
    std::thread waiter([&] { stage.wait(0); });
    stage.notify_one();
    stage = 1;
    waiter.join();
  });
}

TEST_CASE("lost wake-up: condition_variable_any") {
  const auto body = [](bool locks) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::atomic<bool> ready{false};
    std::thread waiter([&] {
      std::unique_lock hold(mutex);
      while (!ready) changed.wait(hold);
    });
    if (locks) {
      std::lock_guard hold(mutex);
      ready = true;
    } else {
      ready = true;
    }
    changed.notify_all();
    waiter.join();
  };
  finds(Rule::kLostWakeup, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("lost wake-up: three wait for turns, one is notified") {
  // Numbered turns on one condition: the one who is woken may not be the one whose turn it is.
  const auto body = [](bool all) {
    std::mutex mutex;
    std::condition_variable next;
    int turn = 0;
    const auto take_turn = [&](int mine) {
      std::unique_lock hold(mutex);
      while (turn != mine) next.wait(hold);
      ++turn;
      if (all) {
        next.notify_all();
      } else {
        next.notify_one();
      }
    };
    std::thread a(take_turn, 0);
    std::thread b(take_turn, 1);
    std::thread c(take_turn, 2);
    a.join();
    b.join();
    c.join();
  };
  finds(Rule::kLostWakeup, {"next"}, [&] { body(false); });
  holds([&] { body(true); });
}
