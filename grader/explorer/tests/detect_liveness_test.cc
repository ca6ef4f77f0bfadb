// Threads that run and get nowhere: livelock, busy waiting, starvation.

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

namespace {

// Low bounds, so that a livelock is seen soon.
Options few_steps() {
  Options options = spinning();
  options.steps = 2'000;
  return options;
}

}  // namespace

TEST_CASE("livelock: a flag that nobody will set") {
  const auto body = [](bool sets) {
    std::atomic<bool> done{false};
    std::thread waiter([&] {
      while (!done.load()) std::this_thread::yield();
    });
    if (sets) done = true;
    waiter.join();
  };
  finds(
      Rule::kLivelock, {"done"}, [&] { body(false); }, few_steps());
  holds([&] { body(true); }, few_steps());
}

TEST_CASE("livelock: one that waits for an answer which only the other could give") {
  finds(
      Rule::kLivelock,
      [] {
        std::atomic<int> number{0};
        const auto insist = [&](int mine, int wanted) {
          do {
            number = mine;
          } while (number != wanted);
        };
        two_threads([&] { insist(1, 2); }, [&] { insist(2, 1); });
      },
      few_steps());
}

TEST_CASE("silent: the same question, and each answers the other") {
  holds([] {
    std::atomic<int> asked{0}, answered{0};
    two_threads(
        [&] {
          asked = 1;
          asked.notify_one();
          answered.wait(0);
          EXPECT(answered == 2);
        },
        [&] {
          asked.wait(0);
          answered = 2;
          answered.notify_one();
        });
  });
}

// Every round takes two preemptions, each at its own moment, and every round that is missed ends
// the livelock: 300 steps are 73 preemptions. PCT and the bounded search have two. The uniform walk
// found 40 steps of it in 7 executions, 60 in 23,282, 80 in none of 400,000; DPOR, and `auto` with
// it, goes down that path by the book: 16, 26 and 36 executions, 146 for 300 steps.
TEST_CASE("livelock: two polite threads let each other go first") {
  Options options = few_steps();
  options.steps = 300;
  finds(Rule::kLivelock, {},
        [] {
          const auto enter = [](std::atomic<bool>& mine, const std::atomic<bool>& other) {
            for (;;) {
              mine = true;
              if (!other) break;
              mine = false;
              std::this_thread::yield();
            }
            mine = false;
          };
          std::atomic<bool> first_wants{false}, second_wants{false};
          two_threads([&] { enter(first_wants, second_wants); },
                      [&] { enter(second_wants, first_wants); });
        },
        options, {Strategy::kDpor, Strategy::kAuto});
}

namespace {

// Whoever finds the second lock taken gives back the first and begins again.
void take_both(std::mutex& first, std::mutex& second) {
  for (;;) {
    first.lock();
    if (second.try_lock()) break;
    first.unlock();
  }
  second.unlock();
  first.unlock();
}

}  // namespace

// As polite as the two above, and for the same reason only for those that preempt without a bound.
TEST_CASE("livelock: two locks in opposite orders, tried and given back") {
  Options options = few_steps();
  options.steps = 300;
  finds(Rule::kLivelock, {},
        [] {
          std::mutex x, y;
          two_threads([&] { take_both(x, y); }, [&] { take_both(y, x); });
        },
        options, {Strategy::kDpor, Strategy::kAuto});
}

TEST_CASE("silent: two locks in one order, tried and given back") {
  holds(
      [] {
        std::mutex x, y;
        two_threads([&] { take_both(x, y); });
      },
      few_steps());
}

TEST_CASE("silent: Dekker's algorithm, where politeness depends on whose turn it is") {
  holds(
      [] {
        std::atomic<bool> wants[2]{};
        std::atomic<int> turn{0};
        int value = 0;
        const auto enter = [&](int me) {
          wants[me] = true;
          while (wants[1 - me]) {
            if (turn == me) continue;
            wants[me] = false;
            while (turn != me) {
            }
            wants[me] = true;
          }
          ++value;
          turn = 1 - me;
          wants[me] = false;
        };
        two_threads([&] { enter(0); }, [&] { enter(1); });
        EXPECT(value == 2);
      },
      spinning(), Size::kSampled);
}

TEST_CASE("busy wait: a loop that looks at a flag") {
  finds(
      Rule::kBusyWait, {"done"},
      [] {
        std::atomic<bool> done{false};
        std::thread waiter([&] {
          while (!done) {
          }
        });
        done = true;
        waiter.join();
      },
      {}, kAllButRandom);
}

TEST_CASE("busy wait: yielding is no waiting") {
  finds(
      Rule::kBusyWait, {"done"},
      [] {
        std::atomic<bool> done{false};
        std::thread waiter([&] {
          while (!done) std::this_thread::yield();
        });
        done = true;
        waiter.join();
      },
      {}, kAllButRandom);
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
  finds(
      Rule::kBusyWait, {},
      [] {
        std::atomic_flag taken;
        int value = 0;
        const auto add = [&] {
          while (taken.test_and_set(std::memory_order_acquire)) {
          }
          ++value;
          taken.clear(std::memory_order_release);
        };
        two_threads(add, add);
      },
      {}, kAllButRandom);
}

TEST_CASE("busy wait: try_lock in a loop") {
  finds(
      Rule::kBusyWait, {},
      [] {
        std::mutex mutex;
        const auto enter = [&] {
          while (!mutex.try_lock()) {
          }
          std::this_thread::yield();
          mutex.unlock();
        };
        two_threads(enter, enter);
      },
      {}, kAllButRandom);
}

TEST_CASE("busy wait: lock, look, unlock, again") {
  finds(
      Rule::kBusyWait,
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
      },
      {}, kAllButRandom);
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
  finds(
      Rule::kBusyWait, {"Queue::items_`, and takes `Queue::mutex_` for every look"},
      [] {
        Queue queue;
        std::thread taker([&] {
          while (queue.empty()) std::this_thread::yield();
        });
        queue.put(1);
        taker.join();
      },
      {}, kAllButRandom);
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

// --- starvation --------------------------------------------------------------------------------

namespace {

// Whoever comes first takes it: a thread that has just let go may take it again before the one who
// was woken gets there.
class BargingLock {
 public:
  void lock() {
    std::unique_lock hold(mutex_);
    while (taken_) free_.wait(hold);
    taken_ = true;
  }
  void unlock() {
    std::lock_guard hold(mutex_);
    taken_ = false;
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

// First come, first served.
class TicketLock {
 public:
  void lock() {
    std::unique_lock hold(mutex_);
    const int mine = next_++;
    while (serving_ != mine) turn_.wait(hold);
  }
  void unlock() {
    std::lock_guard hold(mutex_);
    ++serving_;
    turn_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  int next_ = 0;
  int serving_ = 0;
};

template <typename Lock>
void one_waits_while_another_comes_again() {
  Lock lock;
  BoundedWaiting waiting(1);
  lock.lock();
  std::thread patient([&] {
    waiting.wait([&] { lock.lock(); });
    lock.unlock();
  });
  quiesce();
  lock.unlock();
  for (int turn = 0; turn < 3; ++turn) {
    waiting.wait([&] { lock.lock(); });
    lock.unlock();
  }
  patient.join();
}

}  // namespace

TEST_CASE("starvation: a lock that lets others barge, and one that serves in turn") {
  Options fair;
  fair.fairness = 50;
  finds(Rule::kStarvation, one_waits_while_another_comes_again<BargingLock>, fair);
  holds(one_waits_while_another_comes_again<TicketLock>, fair, Size::kSampled);
}

TEST_CASE("not inside lock: two inside at once") {
  finds(Rule::kNotInsideLock, [] {
    CriticalSection section(2);
    std::atomic<int> turns{0};
    const auto visit = [&] {
      ++turns;
      section.visit();
    };
    std::thread c(visit);
    two_threads(visit, visit);
    c.join();
  });
}

TEST_CASE("not inside lock: no lock at all") {
  finds(Rule::kNotInsideLock, {"Two threads are inside the critical section at once", "enters"},
        [] {
          CriticalSection section;
          const auto visit = [&] { section.visit(); };
          two_threads(visit, visit);
        });
}

TEST_CASE("data race: a lock that keeps others out and orders nothing") {
  finds(
      Rule::kDataRace, {},
      [] {
        CriticalSection section;
        std::atomic<bool> taken{false};
        const auto visit = [&] {
          while (taken.exchange(true, std::memory_order_relaxed)) {
          }
          section.visit();
          taken.store(false, std::memory_order_relaxed);
        };
        two_threads(visit, visit);
      },
      spinning());
}

TEST_CASE("data race: of the lock's own data, which lets two in") {
  finds(Rule::kDataRace, {"taken"}, [] {
    CriticalSection section;
    bool taken = false;
    const auto visit = [&] {
      if (taken) return;
      taken = true;
      section.visit();
      taken = false;
    };
    two_threads(visit, visit);
  });
}

TEST_CASE("silent: as many inside as there is room for") {
  holds([] {
    CriticalSection section(2);
    const auto visit = [&] { section.visit(); };
    two_threads(visit, visit);
    EXPECT(section.visits() == 2);
  });
  holds([] {
    CriticalSection section;
    std::mutex mutex;
    const auto visit = [&] {
      std::lock_guard hold(mutex);
      section.visit();
    };
    two_threads(visit, visit);
    EXPECT(section.most() == 1);
    EXPECT(section.inside() == 0);
  });
}
