// Locks with two sides: many readers or one writer.

#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

TEST_CASE("shared_mutex: a writer is alone") {
  holds([] {
    std::shared_mutex mutex;
    int value = 0;
    std::thread writer([&] {
      std::unique_lock hold(mutex);
      value = 1;
      value = 2;
    });
    const auto read = [&] {
      std::shared_lock hold(mutex);
      EXPECT(value == 0 || value == 2);
    };
    std::thread first(read);
    std::thread second(read);
    writer.join();
    first.join();
    second.join();
  });
}

TEST_CASE("shared_mutex: readers are inside together") {
  reaches([] {
    std::shared_mutex mutex;
    std::atomic<int> inside{0};
    const auto read = [&] {
      std::shared_lock hold(mutex);
      EXPECT(++inside < 2);
      --inside;
    };
    two_threads(read);
  });
}

TEST_CASE("shared_mutex: tries") {
  holds([] {
    std::shared_mutex mutex;
    std::thread reader([&] {
      std::shared_lock hold(mutex);
      EXPECT(mutex.try_lock_shared());
      mutex.unlock_shared();
    });
    if (mutex.try_lock()) mutex.unlock();
    reader.join();
    EXPECT(mutex.try_lock());
    std::thread late([&] {
      EXPECT(!mutex.try_lock_shared());
      EXPECT(!mutex.try_lock());
    });
    late.join();
    mutex.unlock();
  });
}

TEST_CASE("shared_timed_mutex: timed out on both sides") {
  holds(
      [] {
        std::shared_timed_mutex mutex;
        mutex.lock();
        std::thread reader([&] {
          // Over before the second of the writer below is.
          EXPECT(!mutex.try_lock_shared_for(5ms));
          std::shared_lock hold(mutex, 1h);
          EXPECT(hold.owns_lock());
        });
        std::thread writer([&] { EXPECT(!mutex.try_lock_for(5ms)); });
        // Longer than both time-outs of 5 ms, shorter than the hour: one of them expires, one not.
        std::this_thread::sleep_for(1s);
        mutex.unlock();
        reader.join();
        writer.join();
      },
      strict_clock());
}
