// Raw POSIX threads.

#include <pthread.h>
#include <time.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

// Two threads that run `work` on `argument`, joined.
void two_threads(void* (*work)(void*), void* argument) {
  pthread_t a, b;
  EXPECT(pthread_create(&a, nullptr, work, argument) == 0);
  EXPECT(pthread_create(&b, nullptr, work, argument) == 0);
  EXPECT(pthread_join(a, nullptr) == 0);
  EXPECT(pthread_join(b, nullptr) == 0);
}

timespec seconds_from_now(clockid_t clock, int seconds) {
  timespec time{};
  clock_gettime(clock, &time);
  time.tv_sec += seconds;
  return time;
}

}  // namespace

TEST_CASE("pthread: create, self, equal, join with a result") {
  holds([] {
    struct Shared {
      pthread_t self{};
      int written = 0;
    } shared;
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void* argument) -> void* {
          auto* const shared = static_cast<Shared*>(argument);
          shared->self = pthread_self();
          shared->written = 1;
          return &shared->written;
        },
        &shared);
    void* result = nullptr;
    EXPECT(pthread_join(thread, &result) == 0);
    EXPECT(result == &shared.written);
    EXPECT(shared.written == 1);
    EXPECT(pthread_equal(shared.self, thread));
    EXPECT(!pthread_equal(shared.self, pthread_self()));
  });
}

TEST_CASE("pthread: pthread_exit from a called function, destructors run") {
  holds([] {
    struct Leaver {
      static void leave() { pthread_exit(reinterpret_cast<void*>(5)); }
    };
    static int destroyed = 0;
    struct Local {
      ~Local() { ++destroyed; }
    };
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void*) -> void* {
          Local local;
          Leaver::leave();
          return nullptr;
        },
        nullptr);
    void* result = nullptr;
    pthread_join(thread, &result);
    EXPECT(result == reinterpret_cast<void*>(5));
    EXPECT(destroyed == 1);
  });
}

TEST_CASE("pthread: attributes, detached and with a stack size") {
  static std::atomic<int> ran{0};
  holds([] {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    pthread_t thread;
    const auto work = [](void*) -> void* {
      ++ran;
      return nullptr;
    };
    EXPECT(pthread_create(&thread, &attributes, work, nullptr) == 0);
    pthread_attr_destroy(&attributes);
    pthread_t other;
    EXPECT(pthread_create(&other, nullptr, work, nullptr) == 0);
    EXPECT(pthread_detach(other) == 0);
    EXPECT(ran <= 2);
  });
}

TEST_CASE("pthread: mutexes of every type") {
  holds([] {
    static pthread_mutex_t fast = PTHREAD_MUTEX_INITIALIZER;
    static int value = 0;
    two_threads(
        [](void*) -> void* {
          pthread_mutex_lock(&fast);
          ++value;
          pthread_mutex_unlock(&fast);
          return nullptr;
        },
        nullptr);
    EXPECT(value == 2);

    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_t recursive;
    pthread_mutex_init(&recursive, &attributes);
    EXPECT(pthread_mutex_lock(&recursive) == 0);
    EXPECT(pthread_mutex_lock(&recursive) == 0);
    EXPECT(pthread_mutex_unlock(&recursive) == 0);
    EXPECT(pthread_mutex_unlock(&recursive) == 0);
    EXPECT(pthread_mutex_destroy(&recursive) == 0);

    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_t checked;
    pthread_mutex_init(&checked, &attributes);
    EXPECT(pthread_mutex_unlock(&checked) == EPERM);
    EXPECT(pthread_mutex_lock(&checked) == 0);
    EXPECT(pthread_mutex_lock(&checked) == EDEADLK);
    EXPECT(pthread_mutex_trylock(&checked) == EBUSY);
    EXPECT(pthread_mutex_unlock(&checked) == 0);
    EXPECT(pthread_mutex_destroy(&checked) == 0);
    pthread_mutexattr_destroy(&attributes);
  });
}

TEST_CASE("pthread: timed lock") {
  holds([] {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void* mutex) -> void* {
          const timespec deadline = seconds_from_now(CLOCK_REALTIME, 1);
          // The holder waits for this thread to end: the deadline is what is tested.
          EXPECT(pthread_mutex_timedlock(static_cast<pthread_mutex_t*>(mutex), &deadline) ==
                 ETIMEDOUT);
          return nullptr;
        },
        &mutex);
    pthread_join(thread, nullptr);
    pthread_mutex_unlock(&mutex);
    pthread_mutex_destroy(&mutex);
  });
}

TEST_CASE("pthread: condition variable, timed by either clock") {
  holds([] {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
    static bool ready = false;
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void*) -> void* {
          pthread_mutex_lock(&mutex);
          ready = true;
          pthread_cond_signal(&changed);
          pthread_mutex_unlock(&mutex);
          return nullptr;
        },
        nullptr);
    pthread_mutex_lock(&mutex);
    while (!ready) EXPECT(pthread_cond_wait(&changed, &mutex) == 0);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, nullptr);

    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_t never;
    pthread_cond_init(&never, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_lock(&mutex);
    const timespec deadline = seconds_from_now(CLOCK_MONOTONIC, 2);
    // Nobody signals: the deadline is what is tested.
    EXPECT(pthread_cond_timedwait(&never, &mutex, &deadline) == ETIMEDOUT);
    EXPECT(seconds_from_now(CLOCK_MONOTONIC, 0).tv_sec == deadline.tv_sec);
    pthread_mutex_unlock(&mutex);
    EXPECT(pthread_cond_destroy(&never) == 0);
  });
}

TEST_CASE("pthread: rwlock") {
  struct Shared {
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    int value = 0;
  };
  holds([] {
    Shared shared;
    pthread_t writer;
    pthread_create(
        &writer, nullptr,
        [](void* argument) -> void* {
          auto* const shared = static_cast<Shared*>(argument);
          pthread_rwlock_wrlock(&shared->lock);
          shared->value = 1;
          shared->value = 2;
          pthread_rwlock_unlock(&shared->lock);
          return nullptr;
        },
        &shared);
    two_threads(
        [](void* argument) -> void* {
          auto* const shared = static_cast<Shared*>(argument);
          pthread_rwlock_rdlock(&shared->lock);
          EXPECT(shared->value != 1);
          pthread_rwlock_unlock(&shared->lock);
          return nullptr;
        },
        &shared);
    pthread_join(writer, nullptr);
    EXPECT(pthread_rwlock_tryrdlock(&shared.lock) == 0);
    EXPECT(pthread_rwlock_trywrlock(&shared.lock) == EBUSY);
    const timespec deadline = seconds_from_now(CLOCK_REALTIME, 1);
    EXPECT(pthread_rwlock_timedrdlock(&shared.lock, &deadline) == 0);
    EXPECT(pthread_rwlock_unlock(&shared.lock) == 0);
    EXPECT(pthread_rwlock_unlock(&shared.lock) == 0);
    EXPECT(pthread_rwlock_destroy(&shared.lock) == 0);
  });
}

TEST_CASE("pthread: barrier, one of them is the serial thread") {
  holds([] {
    static pthread_barrier_t barrier;
    static std::atomic<int> serial{0};
    static int written = 0;
    pthread_barrier_init(&barrier, nullptr, 2);
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void*) -> void* {
          written = 1;
          if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) ++serial;
          return nullptr;
        },
        nullptr);
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) ++serial;
    EXPECT(written == 1);
    pthread_join(thread, nullptr);
    EXPECT(serial == 1);
    EXPECT(pthread_barrier_destroy(&barrier) == 0);
  });
}

TEST_CASE("pthread: spin lock") {
  struct Shared {
    pthread_spinlock_t lock;
    int value = 0;
  };
  holds([] {
    Shared shared;
    pthread_spin_init(&shared.lock, PTHREAD_PROCESS_PRIVATE);
    two_threads(
        [](void* argument) -> void* {
          auto* const shared = static_cast<Shared*>(argument);
          pthread_spin_lock(&shared->lock);
          ++shared->value;
          pthread_spin_unlock(&shared->lock);
          return nullptr;
        },
        &shared);
    EXPECT(shared.value == 2);
    EXPECT(pthread_spin_trylock(&shared.lock) == 0);
    EXPECT(pthread_spin_trylock(&shared.lock) == EBUSY);
    pthread_spin_unlock(&shared.lock);
    pthread_spin_destroy(&shared.lock);
  });
}

TEST_CASE("pthread: once") {
  static int calls = 0;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  holds([] {
    two_threads(
        [](void*) -> void* {
          pthread_once(&once, [] { ++calls; });
          EXPECT(calls == 1);
          return nullptr;
        },
        nullptr);
  });
}

TEST_CASE("pthread: keys, their values and their destructors") {
  static std::atomic<int> destroyed{0};
  static pthread_key_t key;
  holds([] {
    pthread_key_create(&key, [](void* value) {
      EXPECT(pthread_getspecific(key) == nullptr);
      destroyed += *static_cast<int*>(value);
      delete static_cast<int*>(value);
    });
    two_threads(
        [](void*) -> void* {
          EXPECT(pthread_getspecific(key) == nullptr);
          pthread_setspecific(key, new int(10));
          EXPECT(*static_cast<int*>(pthread_getspecific(key)) == 10);
          return nullptr;
        },
        nullptr);
    EXPECT(destroyed == 20);
    EXPECT(pthread_getspecific(key) == nullptr);
    EXPECT(pthread_key_delete(key) == 0);
  });
}

TEST_CASE("pthread: cleanup handlers run at pthread_exit and at pop") {
  static int cleaned = 0;
  holds([] {
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void*) -> void* {
          pthread_cleanup_push([](void*) { cleaned += 1; }, nullptr);
          pthread_cleanup_push([](void*) { cleaned += 10; }, nullptr);
          pthread_cleanup_pop(1);
          pthread_exit(nullptr);
          pthread_cleanup_pop(0);
          return nullptr;
        },
        nullptr);
    pthread_join(thread, nullptr);
    EXPECT(cleaned == 11);
  });
}
