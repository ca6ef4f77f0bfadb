// What locks promise beyond no races: that nobody waits for ever, and that no more are inside than
// there is room for.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

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
