// C11 threads: <threads.h> as a C program uses it.

#include <threads.h>
#include <time.h>

#include <atomic>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

mtx_t mutex;
cnd_t changed;
int value = 0;
once_flag once = ONCE_FLAG_INIT;
tss_t slot;
std::atomic<int> destroyed{0};

int add_one(void*) {
  mtx_lock(&mutex);
  ++value;
  mtx_unlock(&mutex);
  return 7;
}

int wait_for_two(void*) {
  mtx_lock(&mutex);
  while (value != 2) cnd_wait(&changed, &mutex);
  mtx_unlock(&mutex);
  return 0;
}

int add_and_signal(void*) {
  mtx_lock(&mutex);
  ++value;
  cnd_broadcast(&changed);
  mtx_unlock(&mutex);
  return 0;
}

}  // namespace

TEST_CASE("C11: threads with results and a mutex") {
  holds([] {
    EXPECT(mtx_init(&mutex, mtx_plain) == thrd_success);
    thrd_t a, b;
    EXPECT(thrd_create(&a, add_one, nullptr) == thrd_success);
    EXPECT(thrd_create(&b, add_one, nullptr) == thrd_success);
    EXPECT(!thrd_equal(a, b));
    int result = 0;
    EXPECT(thrd_join(a, &result) == thrd_success);
    EXPECT(result == 7);
    EXPECT(thrd_join(b, nullptr) == thrd_success);
    EXPECT(value == 2);
    mtx_destroy(&mutex);
  });
}

TEST_CASE("C11: thrd_exit, thrd_detach and thrd_current") {
  static std::atomic<int> ran{0};
  holds([] {
    thrd_t thread;
    thrd_create(
        &thread,
        [](void*) {
          EXPECT(thrd_equal(thrd_current(), thrd_current()));
          thrd_yield();
          thrd_exit(3);
          return 0;
        },
        nullptr);
    int result = 0;
    thrd_join(thread, &result);
    EXPECT(result == 3);
    thrd_create(
        &thread,
        [](void*) {
          ++ran;
          return 0;
        },
        nullptr);
    EXPECT(thrd_detach(thread) == thrd_success);
  });
}

TEST_CASE("C11: condition variables") {
  holds([] {
    mtx_init(&mutex, mtx_plain);
    cnd_init(&changed);
    thrd_t waiter, first, second;
    thrd_create(&waiter, wait_for_two, nullptr);
    thrd_create(&first, add_and_signal, nullptr);
    thrd_create(&second, add_and_signal, nullptr);
    thrd_join(waiter, nullptr);
    thrd_join(first, nullptr);
    thrd_join(second, nullptr);
    cnd_destroy(&changed);
    mtx_destroy(&mutex);
  });
}

TEST_CASE("C11: recursive and timed mutexes, timed waits, sleep") {
  holds([] {
    mtx_t recursive;
    EXPECT(mtx_init(&recursive, mtx_timed | mtx_recursive) == thrd_success);
    EXPECT(mtx_lock(&recursive) == thrd_success);
    EXPECT(mtx_lock(&recursive) == thrd_success);
    thrd_t thread;
    thrd_create(
        &thread,
        [](void* argument) {
          mtx_t* const recursive = static_cast<mtx_t*>(argument);
          EXPECT(mtx_trylock(recursive) == thrd_busy);
          timespec deadline;
          timespec_get(&deadline, TIME_UTC);
          deadline.tv_sec += 1;
          // The holder waits for this thread to end: the deadline is what is tested.
          EXPECT(mtx_timedlock(recursive, &deadline) == thrd_timedout);
          return 0;
        },
        &recursive);
    thrd_join(thread, nullptr);
    mtx_unlock(&recursive);
    cnd_t never;
    cnd_init(&never);
    mtx_unlock(&recursive);
    mtx_init(&mutex, mtx_plain);
    mtx_lock(&mutex);
    timespec deadline;
    timespec_get(&deadline, TIME_UTC);
    deadline.tv_sec += 1;
    // Nobody signals: the deadline is what is tested.
    EXPECT(cnd_timedwait(&never, &mutex, &deadline) == thrd_timedout);
    mtx_unlock(&mutex);
    cnd_destroy(&never);
    const timespec hour{3'600, 0};
    // What is tested: it returns 0, and takes no real time.
    EXPECT(thrd_sleep(&hour, nullptr) == 0);
    mtx_destroy(&mutex);
    mtx_destroy(&recursive);
  });
}

TEST_CASE("C11: call_once and thread-specific storage") {
  holds([] {
    tss_create(&slot, [](void*) { ++destroyed; });
    const auto work = [](void*) {
      call_once(&once, [] { ++value; });
      EXPECT(value == 1);
      EXPECT(tss_get(slot) == nullptr);
      tss_set(slot, &value);
      EXPECT(tss_get(slot) == &value);
      return 0;
    };
    thrd_t a, b;
    thrd_create(&a, work, nullptr);
    thrd_create(&b, work, nullptr);
    thrd_join(a, nullptr);
    thrd_join(b, nullptr);
    EXPECT(destroyed == 2);
    tss_delete(slot);
  });
}
