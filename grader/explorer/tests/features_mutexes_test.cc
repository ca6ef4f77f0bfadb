// The standard's exclusive mutexes and lock guards.

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

TEST_CASE("mutex: lock and unlock") {
  holds([] {
    std::mutex mutex;
    int value = 0;
    two_threads([&] {
      mutex.lock();
      ++value;
      mutex.unlock();
    });
    EXPECT(value == 2);
  });
}

TEST_CASE("lock_guard") {
  holds([] {
    std::mutex mutex;
    int value = 0;
    two_threads([&] {
      std::lock_guard hold(mutex);
      ++value;
    });
    EXPECT(value == 2);
  });
}

TEST_CASE("mutex: global, statically initialised") {
  static std::mutex mutex;
  static int value = 0;
  holds([] {
    two_threads([] {
      std::lock_guard hold(mutex);
      ++value;
    });
    EXPECT(value == 2);
  });
}

TEST_CASE("mutex: try_lock is refused exactly while another holds it") {
  const auto body = [](int entered) {
    std::mutex mutex;
    int value = 0;
    two_threads([&] {
      if (!mutex.try_lock()) return;
      ++value;
      mutex.unlock();
    });
    if (entered == 0) {
      EXPECT(value == 1 || value == 2);
    } else {
      EXPECT(value != entered);
    }
  };
  holds([&] { body(0); });
  reaches([&] { body(1); });
  reaches([&] { body(2); });
}

TEST_CASE("mutex: a loop around try_lock") {
  holds(
      [] {
        std::mutex mutex;
        int value = 0;
        two_threads([&] {
          while (!mutex.try_lock()) {
          }
          ++value;
          mutex.unlock();
        });
        EXPECT(value == 2);
      },
      spinning());
}

TEST_CASE("mutex: another one at the same address") {
  holds([] {
    for (int turn = 0; turn < 3; ++turn) {
      std::mutex mutex;
      int value = 0;
      std::thread a([&] {
        std::lock_guard hold(mutex);
        ++value;
      });
      {
        std::lock_guard hold(mutex);
        ++value;
      }
      a.join();
      EXPECT(value == 2);
    }
  });
}

TEST_CASE("mutex: on the heap, freed when nobody needs it any more") {
  holds([] {
    auto mutex = std::make_unique<std::mutex>();
    int value = 0;
    two_threads([&] {
      std::lock_guard hold(*mutex);
      ++value;
    });
    mutex.reset();
    EXPECT(value == 2);
  });
}

TEST_CASE("unique_lock: deferred, tried, adopted, released and moved") {
  holds([] {
    std::mutex mutex;
    int value = 0;
    two_threads([&] {
      std::unique_lock deferred(mutex, std::defer_lock);
      EXPECT(!deferred.owns_lock());
      deferred.lock();
      ++value;
      std::unique_lock moved = std::move(deferred);
      EXPECT(moved.owns_lock());
      EXPECT(!deferred.owns_lock());
      std::mutex* released = moved.release();
      std::unique_lock adopted(*released, std::adopt_lock);
      ++value;
      adopted.unlock();
      std::unique_lock tried(mutex, std::try_to_lock);
      if (tried) ++value;
    });
    EXPECT(value >= 4);
    EXPECT(value <= 6);
  });
}

TEST_CASE("unique_lock: its own misuse is an exception") {
  holds([] {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    bool refused = false;
    try {
      lock.lock();
    } catch (const std::system_error& error) {
      refused = error.code() == std::errc::resource_deadlock_would_occur;
    }
    EXPECT(refused);
    lock.unlock();
    refused = false;
    try {
      lock.unlock();
    } catch (const std::system_error& error) {
      refused = error.code() == std::errc::operation_not_permitted;
    }
    EXPECT(refused);
  });
}

TEST_CASE("scoped_lock: of two, in opposite orders") {
  // Its back-off (lock one, try the other, let go) is unbounded.
  holds_sampled([] {
    std::mutex left, right;
    int value = 0;
    std::thread a([&] {
      std::scoped_lock hold(left, right);
      ++value;
    });
    std::thread b([&] {
      std::scoped_lock hold(right, left);
      ++value;
    });
    a.join();
    b.join();
    EXPECT(value == 2);
  });
}

TEST_CASE("std::lock and std::try_lock of three") {
  holds_sampled([] {
    std::mutex x, y, z;
    int value = 0;
    std::thread a([&] {
      std::lock(x, y, z);
      ++value;
      x.unlock();
      y.unlock();
      z.unlock();
    });
    std::thread b([&] {
      if (std::try_lock(z, y, x) != -1) return;
      ++value;
      x.unlock();
      y.unlock();
      z.unlock();
    });
    a.join();
    b.join();
    EXPECT(value == 1 || value == 2);
  });
}

TEST_CASE("recursive_mutex") {
  holds([] {
    std::recursive_mutex mutex;
    int value = 0;
    two_threads([&] {
      std::lock_guard outer(mutex);
      std::lock_guard inner(mutex);
      EXPECT(mutex.try_lock());
      ++value;
      mutex.unlock();
    });
    EXPECT(value == 2);
  });
}

TEST_CASE("timed_mutex: times out while the holder sleeps, and not early") {
  holds(
      [] {
        std::timed_mutex mutex;
        std::atomic<bool> held{false};
        std::thread holder([&] {
          std::lock_guard hold(mutex);
          held = true;
          // Longer than the time-out of 10 ms below, which must come first.
          std::this_thread::sleep_for(100ms);
        });
        // By the strict clock the holder is asleep inside the lock when this is over.
        std::this_thread::sleep_for(1ms);
        EXPECT(held);
        const auto begin = std::chrono::steady_clock::now();
        EXPECT(!mutex.try_lock_for(10ms));
        EXPECT(std::chrono::steady_clock::now() - begin == 10ms);
        EXPECT(mutex.try_lock_for(1h));
        EXPECT(std::chrono::steady_clock::now() - begin == 99ms);
        mutex.unlock();
        holder.join();
      },
      strict_clock());
}

TEST_CASE("timed_mutex: both answers happen when threads may be slow") {
  const auto body = [](int unwanted) {
    std::timed_mutex mutex;
    int entered = 0;
    two_threads([&] {
      // The deadline that a slow holder makes the other one miss.
      if (!mutex.try_lock_until(std::chrono::steady_clock::now() + 10ms)) return;
      ++entered;
      mutex.unlock();
    });
    EXPECT(entered != unwanted);
  };
  holds([&] { body(0); });
  reaches([&] { body(2); });
  reaches([&] { body(1); }, slow_threads());
}

TEST_CASE("recursive_timed_mutex") {
  holds([] {
    std::recursive_timed_mutex mutex;
    int value = 0;
    two_threads([&] {
      std::lock_guard outer(mutex);
      // Its own lock: taken at once, so that none of this may pass.
      EXPECT(mutex.try_lock_for(1ms));
      ++value;
      mutex.unlock();
    });
    EXPECT(value == 2);
  });
}

TEST_CASE("lock_guard of a student's own lock") {
  class OwnLock {
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
  holds([] {
    OwnLock lock;
    CriticalSection section;
    two_threads([&] {
      std::lock_guard hold(lock);
      section.visit();
    });
    EXPECT(section.visits() == 2);
    EXPECT(section.most() == 1);
  });
}
