// Virtual time: sleeps cost nothing, clocks agree, and deadlines are exact.

#include <pthread.h>
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

TEST_CASE("sleep_for: an hour is free and exactly an hour") {
  holds([] {
    const auto begin = Steady::now();
    // So long that a test whose time is real would be noticed.
    std::this_thread::sleep_for(1h);
    EXPECT(Steady::now() - begin == 1h);
  });
}

TEST_CASE("sleep_until: both clocks, and a time that has passed") {
  holds([] {
    const auto begin = Steady::now();
    // Real time would be noticed here, too.
    std::this_thread::sleep_until(begin + 1h);
    EXPECT(Steady::now() - begin == 1h);
    std::this_thread::sleep_until(std::chrono::system_clock::now() + 24h);
    EXPECT(Steady::now() - begin == 25h);
    // Over already: no time may pass.
    std::this_thread::sleep_until(begin);
    EXPECT(Steady::now() - begin == 25h);
  });
}

TEST_CASE("sleep: two threads sleep at the same time") {
  holds([] {
    const auto begin = Steady::now();
    // The longer of the two decides: slept one after the other, they would take longer.
    std::thread sleeper([] { std::this_thread::sleep_for(1h); });
    std::this_thread::sleep_for(10ms);
    sleeper.join();
    EXPECT(Steady::now() - begin == 1h);
  });
}

TEST_CASE("sleep: sleepers wake in the order of their deadlines by the strict clock") {
  holds(
      [] {
        std::mutex mutex;
        std::vector<int> order;
        const auto sleep = [&](int seconds) {
          // What differs between the threads, and so decides their order.
          std::this_thread::sleep_for(std::chrono::seconds(seconds));
          std::lock_guard hold(mutex);
          order.push_back(seconds);
        };
        std::thread a(sleep, 3);
        std::thread b(sleep, 1);
        std::thread c(sleep, 2);
        a.join();
        b.join();
        c.join();
        EXPECT((order == std::vector{1, 2, 3}));
      },
      strict_clock());
}

TEST_CASE("sleep: a late sleeper may be overtaken when threads are slow") {
  reaches(
      [] {
        std::mutex mutex;
        std::vector<int> order;
        const auto sleep = [&](int seconds) {
          const auto begin = Steady::now();
          // As above; only that this clock may let the later deadline go first.
          std::this_thread::sleep_for(std::chrono::seconds(seconds));
          if (Steady::now() - begin < std::chrono::seconds(seconds)) order.clear();
          std::lock_guard hold(mutex);
          order.push_back(seconds);
        };
        std::thread a(sleep, 2);
        std::thread b(sleep, 1);
        a.join();
        b.join();
        EXPECT((order == std::vector{1, 2}));
      },
      slow_threads());
}

TEST_CASE("sleep: never wakes early, whatever the clock") {
  holds([] {
    const auto sleep = [](std::chrono::milliseconds time) {
      const auto begin = Steady::now();
      // What is tested: three that overlap, none of which may wake early.
      std::this_thread::sleep_for(time);
      EXPECT(Steady::now() - begin >= time);
    };
    std::thread a(sleep, 10ms);
    std::thread b(sleep, 20ms);
    sleep(15ms);
    a.join();
    b.join();
  });
}

TEST_CASE("clocks: steady, system, POSIX and C move together") {
  holds([] {
    timespec monotonic_begin{}, monotonic_end{}, real_begin{}, real_end{};
    timeval day_begin{}, day_end{};
    clock_gettime(CLOCK_MONOTONIC, &monotonic_begin);
    clock_gettime(CLOCK_REALTIME, &real_begin);
    gettimeofday(&day_begin, nullptr);
    const auto system_begin = std::chrono::system_clock::now();
    const auto high_begin = std::chrono::high_resolution_clock::now();
    // The only thing that moves the clocks: each must show it.
    std::this_thread::sleep_for(100s);
    clock_gettime(CLOCK_MONOTONIC, &monotonic_end);
    clock_gettime(CLOCK_REALTIME, &real_end);
    gettimeofday(&day_end, nullptr);
    EXPECT(monotonic_end.tv_sec - monotonic_begin.tv_sec == 100);
    EXPECT(real_end.tv_sec - real_begin.tv_sec == 100);
    EXPECT(day_end.tv_sec - day_begin.tv_sec == 100);
    EXPECT(std::chrono::system_clock::now() - system_begin == 100s);
    EXPECT(std::chrono::high_resolution_clock::now() - high_begin == 100s);
  });
}

TEST_CASE("clocks: time() moves too, and is the same in every execution") {
  time_t first_seen = 0;  // outside the body, so not restored between executions
  holds([&] {
    const time_t begin = time(nullptr);
    // time() counts seconds: long enough to be seen there.
    std::this_thread::sleep_for(1'000s);
    EXPECT(time(nullptr) - begin == 1'000);
    if (first_seen == 0) first_seen = begin;
    EXPECT(first_seen == begin);
  });
}

TEST_CASE("POSIX sleeps: nanosleep, clock_nanosleep, usleep, sleep") {
  holds([] {
    const auto begin = Steady::now();
    const timespec second{1, 0};
    // Each of these is what is tested; the clock must show all of it, and nothing else.
    EXPECT(nanosleep(&second, nullptr) == 0);
    EXPECT(Steady::now() - begin == 1s);
    EXPECT(clock_nanosleep(CLOCK_MONOTONIC, 0, &second, nullptr) == 0);
    EXPECT(Steady::now() - begin == 2s);
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 3;
    EXPECT(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr) == 0);
    EXPECT(Steady::now() - begin == 5s);
    usleep(500'000);
    EXPECT(Steady::now() - begin == 5s + 500ms);
    EXPECT(sleep(2) == 0);
    EXPECT(Steady::now() - begin == 7s + 500ms);
  });
}

TEST_CASE("clocks: a loop that watches the clock ends") {
  holds(
      [] {
        const auto end = Steady::now() + 20ms;
        while (Steady::now() < end) {
        }
      },
      spinning(), Size::kSampled);
}

TEST_CASE("timed waits of semaphores and futures take exactly their time") {
  holds([] {
    const auto begin = Steady::now();
    std::counting_semaphore<3> semaphore(0);
    // Nobody will ever release: what is tested is that the time-out comes, and when.
    EXPECT(!semaphore.try_acquire_for(10ms));
    EXPECT(!semaphore.try_acquire_until(begin + 30ms));
    EXPECT(Steady::now() - begin == 30ms);
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    // Nobody sets the value before these two deadlines.
    EXPECT(future.wait_for(10ms) == std::future_status::timeout);
    EXPECT(future.wait_until(begin + 60ms) == std::future_status::timeout);
    EXPECT(Steady::now() - begin == 60ms);
    promise.set_value(1);
    // The value is there: none of this hour may pass.
    EXPECT(future.wait_for(1h) == std::future_status::ready);
    EXPECT(Steady::now() - begin == 60ms);
  });
}

TEST_CASE("timed waits: every lock's `until`, by the steady and by the system clock") {
  holds([] {
    std::shared_timed_mutex shared;
    std::recursive_timed_mutex recursive;
    std::unique_lock hold_shared(shared);
    std::unique_lock hold_recursive(recursive);
    std::thread([&] {
      // The creator keeps both locks until it has joined: every deadline has to pass.
      const auto begin = Steady::now();
      EXPECT(!shared.try_lock_until(begin + 10ms));
      EXPECT(!shared.try_lock_shared_until(begin + 20ms));
      EXPECT(!recursive.try_lock_until(begin + 30ms));
      EXPECT(Steady::now() - begin == 30ms);
      const auto now = std::chrono::system_clock::now();
      EXPECT(!shared.try_lock_until(now + 10ms));
      EXPECT(!shared.try_lock_shared_until(now + 20ms));
      EXPECT(!recursive.try_lock_until(now + 30ms));
      EXPECT(Steady::now() - begin == 60ms);
    }).join();
  });
}

TEST_CASE("timed waits: a sleep and a wait that end at once may end in either order") {
  const auto meet = [](bool unwanted) {
    std::mutex outer;
    std::mutex inner;
    std::condition_variable opened;
    bool open = false;
    bool chosen = false;
    std::thread waiter([&] {
      bool in_time = false;
      {
        std::unique_lock hold(inner);
        in_time = opened.wait_for(hold, 10ms, [&] { return open; });
      }
      std::lock_guard hold(outer);
      EXPECT((chosen && !in_time) != unwanted);
    });
    // Together they end in the moment in which the wait does.
    std::this_thread::sleep_for(5ms);
    std::this_thread::sleep_for(5ms);
    {
      std::lock_guard hold(outer);
      chosen = true;
      std::lock_guard both(inner);
      open = true;
      opened.notify_one();
    }
    waiter.join();
  };
  reaches([&] { meet(true); }, strict_clock());
  reaches([&] { meet(false); }, strict_clock());
}

TEST_CASE("timed waits: POSIX, each with the clock that the caller names") {
  const auto seconds_from_now = [](clockid_t clock, int seconds) {
    timespec time{};
    clock_gettime(clock, &time);
    time.tv_sec += seconds;
    return time;
  };
  holds([&] {
    for (const clockid_t clock : {CLOCK_MONOTONIC, CLOCK_REALTIME}) {
      pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
      pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
      pthread_cond_t never = PTHREAD_COND_INITIALIZER;
      pthread_rwlock_t book = PTHREAD_RWLOCK_INITIALIZER;
      sem_t empty;
      sem_init(&empty, 0, 0);
      pthread_mutex_lock(&held);
      pthread_rwlock_wrlock(&book);
      std::thread([&] {
        // The creator keeps both locks until it has joined, nobody signals or posts: every one of
        // these seconds has to pass.
        const auto begin = Steady::now();
        const auto in_a_second = [&] { return seconds_from_now(clock, 1); };
        timespec deadline = in_a_second();
        pthread_mutex_lock(&mutex);
        EXPECT(pthread_cond_clockwait(&never, &mutex, clock, &deadline) == ETIMEDOUT);
        pthread_mutex_unlock(&mutex);
        deadline = in_a_second();
        EXPECT(pthread_mutex_clocklock(&held, clock, &deadline) == ETIMEDOUT);
        deadline = in_a_second();
        EXPECT(pthread_rwlock_clockrdlock(&book, clock, &deadline) == ETIMEDOUT);
        deadline = in_a_second();
        EXPECT(pthread_rwlock_clockwrlock(&book, clock, &deadline) == ETIMEDOUT);
        deadline = in_a_second();
        EXPECT(sem_clockwait(&empty, clock, &deadline) == -1);
        EXPECT(errno == ETIMEDOUT);
        EXPECT(Steady::now() - begin == 5s);
      }).join();
      pthread_rwlock_unlock(&book);
      pthread_mutex_unlock(&held);
      sem_destroy(&empty);
      pthread_rwlock_destroy(&book);
    }
  });
}
