// atomic::wait and notify, semaphores, latches and barriers.

#include <semaphore.h>

#include <array>
#include <atomic>
#include <barrier>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <latch>
#include <memory>
#include <semaphore>
#include <thread>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

namespace {

// `T` decides between the futex of its own (4 bytes) and the library's proxy (all others).
template <typename T>
void wait_for_one() {
  std::atomic<T> value{T{0}};
  int data = 0;
  std::thread waiter([&] {
    value.wait(T{0});
    EXPECT(data == 1);
  });
  data = 1;
  value.store(T{1});
  value.notify_one();
  waiter.join();
}

}  // namespace

TEST_CASE("atomic wait: 4 bytes") { holds(wait_for_one<int>); }
TEST_CASE("atomic wait: 1 byte") { holds(wait_for_one<char>); }
TEST_CASE("atomic wait: 8 bytes") { holds(wait_for_one<std::int64_t>); }
TEST_CASE("atomic wait: bool") { holds(wait_for_one<bool>); }

TEST_CASE("atomic wait: notify_all wakes all") {
  holds([] {
    std::atomic<int> gate{0};
    const auto pass = [&] { gate.wait(0); };
    std::thread a(pass);
    std::thread b(pass);
    gate = 1;
    gate.notify_all();
    a.join();
    b.join();
  });
}

TEST_CASE("atomic wait: comes back only when the value differs") {
  holds([] {
    std::atomic<int> value{0};
    std::thread waiter([&] {
      value.wait(0);
      EXPECT(value == 2);
    });
    value.notify_all();
    value = 2;
    value.notify_all();
    waiter.join();
  });
}

TEST_CASE("atomic_flag: wait and notify") {
  holds([] {
    std::atomic_flag done;
    std::thread waiter([&] {
      done.wait(false);
      EXPECT(done.test());
    });
    done.test_and_set();
    done.notify_one();
    waiter.join();
  });
}

TEST_CASE("binary_semaphore: as a lock") {
  holds([] {
    std::binary_semaphore semaphore(1);
    int value = 0;
    const auto add = [&] {
      semaphore.acquire();
      ++value;
      semaphore.release();
    };
    std::thread a(add);
    std::thread b(add);
    a.join();
    b.join();
    EXPECT(value == 2);
  });
}

TEST_CASE("counting_semaphore: admits as many as it counts") {
  const auto body = [](int limit) {
    std::counting_semaphore<2> places(2);
    std::atomic<int> inside{0};
    const auto visit = [&] {
      places.acquire();
      EXPECT(++inside <= limit);
      --inside;
      places.release();
    };
    std::thread a(visit);
    std::thread b(visit);
    std::thread c(visit);
    a.join();
    b.join();
    c.join();
  };
  holds([&] { body(2); });
  reaches([&] { body(1); });
}

TEST_CASE("counting_semaphore: release of several, and tries") {
  holds([] {
    std::counting_semaphore<5> semaphore(0);
    std::thread a([&] { semaphore.acquire(); });
    std::thread b([&] { semaphore.acquire(); });
    semaphore.release(2);
    a.join();
    b.join();
    EXPECT(!semaphore.try_acquire());
    semaphore.release();
    // The first finds a permit, the second never will and has to time out.
    EXPECT(semaphore.try_acquire_for(1s));
    EXPECT(!semaphore.try_acquire_for(1s));
  });
}

TEST_CASE("POSIX semaphores: wait, post, try, timed, value") {
  holds([] {
    sem_t semaphore;
    EXPECT(sem_init(&semaphore, 0, 0) == 0);
    int data = 0;
    std::thread poster([&] {
      data = 1;
      sem_post(&semaphore);
    });
    EXPECT(sem_wait(&semaphore) == 0);
    EXPECT(data == 1);
    poster.join();
    EXPECT(sem_trywait(&semaphore) == -1);
    EXPECT(errno == EAGAIN);
    timespec deadline{};
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 2;
    // Nobody posts: the two seconds are what is tested.
    EXPECT(sem_timedwait(&semaphore, &deadline) == -1);
    EXPECT(errno == ETIMEDOUT);
    sem_post(&semaphore);
    int value = 0;
    EXPECT(sem_getvalue(&semaphore, &value) == 0);
    EXPECT(value == 1);
    EXPECT(sem_destroy(&semaphore) == 0);
  });
}

TEST_CASE("latch") {
  holds([] {
    std::latch ready(2);
    int data = 0;
    std::thread a([&] {
      data = 1;
      ready.count_down();
    });
    std::thread b([&] {
      ready.arrive_and_wait();
      EXPECT(data == 1);
    });
    ready.wait();
    EXPECT(ready.try_wait());
    a.join();
    b.join();
  });
}

TEST_CASE("barrier: phases, each with one completion step") {
  // libstdc++'s tree of tickets makes tens of thousands of interleavings that all look alike.
  holds_sampled([] {
    int phases = 0;
    std::barrier barrier(2, [&]() noexcept { ++phases; });
    const auto work = [&] {
      barrier.arrive_and_wait();
      EXPECT(phases >= 1);
      barrier.arrive_and_wait();
    };
    std::thread a(work);
    std::thread b(work);
    a.join();
    b.join();
    EXPECT(phases == 2);
  });
}

TEST_CASE("barrier: arrive and wait apart, and arrive_and_drop") {
  holds_sampled([] {
    std::array<int, 2> written{};
    std::barrier barrier(2);
    std::thread leaver([&] {
      written[0] = 1;
      barrier.arrive_and_drop();
    });
    written[1] = 1;
    auto token = barrier.arrive();
    barrier.wait(std::move(token));
    EXPECT(written[0] == 1);
    barrier.arrive_and_wait();
    leaver.join();
  });
}
