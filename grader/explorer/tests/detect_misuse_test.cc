// Locks, conditions and threads used against their contract.

#include <pthread.h>
#include <semaphore.h>

#include <chrono>
#include <condition_variable>
#include <latch>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

TEST_CASE("unlock by a non-owner: another thread holds it") {
  finds(Rule::kUnlockNotOwner, {"door"}, [] {
    std::mutex door;
    door.lock();
    std::thread intruder([&] { door.unlock(); });
    intruder.join();
  });
}

TEST_CASE("unlock by a non-owner: nobody holds it") {
  finds(Rule::kUnlockNotOwner, {"door"}, [] {
    std::mutex door;
    door.unlock();
  });
}

TEST_CASE("unlock by a non-owner: unlocked twice") {
  finds(Rule::kUnlockNotOwner, {"door"}, [] {
    std::mutex door;
    std::thread visitor([&] {
      door.lock();
      door.unlock();
      door.unlock();
    });
    visitor.join();
  });
}

TEST_CASE("unlock by a non-owner: a shared_mutex of another reader's writer") {
  finds(Rule::kUnlockNotOwner, {"book"}, [] {
    std::shared_mutex book;
    std::thread reader([&] { book.unlock_shared(); });
    reader.join();
  });
}

TEST_CASE("unlock by a non-owner: only when the owner is late") {
  const auto body = [](bool checks) {
    std::mutex door;
    std::thread visitor([&] {
      if (door.try_lock()) {
        door.unlock();
      } else if (!checks) {
        door.unlock();
      }
    });
    door.lock();
    door.unlock();
    visitor.join();
  };
  finds(Rule::kUnlockNotOwner, {"door"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("unlock by a non-owner: a wait without the lock") {
  finds(Rule::kUnlockNotOwner, {"door"}, [] {
    std::mutex door;
    std::condition_variable never;
    std::unique_lock hold(door);
    door.unlock();
    // So that an explorer that misses the mistake ends, and does not report a lost wake-up.
    never.wait_for(hold, 1ms);
  });
}

TEST_CASE("silent: unlocked by its owner, a semaphore released by another") {
  holds([] {
    std::mutex door;
    sem_t bell;
    sem_init(&bell, 0, 0);
    std::thread ringer([&] {
      std::lock_guard hold(door);
      sem_post(&bell);
    });
    sem_wait(&bell);
    ringer.join();
    door.lock();
    door.unlock();
    sem_destroy(&bell);
  });
}

// --- destroyed while in use ----------------------------------------------------------------------

TEST_CASE("destroyed in use: a mutex freed while another thread holds it") {
  const auto body = [](bool waits) {
    auto door = std::make_unique<std::mutex>();
    std::latch inside(1);
    std::thread holder([&, door = door.get()] {
      door->lock();
      if (waits) door->unlock();
      inside.count_down();
      if (!waits) quiesce();
    });
    inside.wait();
    door.reset();
    holder.join();
  };
  finds(Rule::kDestroyedInUse, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("destroyed in use: a mutex freed while a thread waits for it") {
  finds(Rule::kDestroyedInUse, [] {
    auto door = std::make_unique<std::mutex>();
    door->lock();
    std::thread waiter([door = door.get()] {
      door->lock();
      door->unlock();
    });
    quiesce();
    door.reset();
    waiter.join();
  });
}

TEST_CASE("destroyed in use: a condition freed while somebody sleeps in it") {
  const auto body = [](bool joins_first) {
    std::mutex mutex;
    auto never = std::make_unique<std::condition_variable>();
    std::thread sleeper([&, never = never.get()] {
      std::unique_lock hold(mutex);
      // Nobody notifies: the time-out ends the correct twin. quiesce() below does not wait for it.
      never->wait_for(hold, 1s);
    });
    quiesce();
    if (joins_first) sleeper.join();
    never.reset();
    if (!joins_first) sleeper.join();
  };
  finds(Rule::kDestroyedInUse, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("destroyed in use: pthread_mutex_destroy of a locked mutex") {
  finds(Rule::kDestroyedInUse, {"door"}, [] {
    pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&door);
    pthread_mutex_destroy(&door);
  });
}

TEST_CASE("destroyed in use: sem_destroy while a thread waits") {
  finds(Rule::kDestroyedInUse, {"bell"}, [] {
    static sem_t bell;
    sem_init(&bell, 0, 0);
    std::thread waiter([] { sem_wait(&bell); });
    quiesce();
    sem_destroy(&bell);
    waiter.join();
  });
}

TEST_CASE("destroyed in use: pthread_rwlock_destroy while a reader is inside") {
  finds(Rule::kDestroyedInUse, {"book"}, [] {
    pthread_rwlock_t book = PTHREAD_RWLOCK_INITIALIZER;
    pthread_rwlock_rdlock(&book);
    pthread_rwlock_destroy(&book);
  });
}

TEST_CASE("destroyed in use: a queue destroyed while a consumer waits in it") {
  class Queue {
   public:
    void take() {
      std::unique_lock hold(mutex_);
      while (!stopped_) changed_.wait(hold);
    }
    void stop() {
      std::lock_guard hold(mutex_);
      stopped_ = true;
      changed_.notify_all();
    }

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
  };
  finds(Rule::kDestroyedInUse, [] {
    auto queue = std::make_unique<Queue>();
    std::thread consumer([queue = queue.get()] { queue->take(); });
    quiesce();
    queue.reset();
    consumer.join();
  });
  holds([] {
    auto queue = std::make_unique<Queue>();
    std::thread consumer([queue = queue.get()] { queue->take(); });
    queue->stop();
    consumer.join();
    queue.reset();
  });
}

TEST_CASE("silent: destroyed when nobody uses them any more") {
  holds([] {
    pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
    pthread_rwlock_t book = PTHREAD_RWLOCK_INITIALIZER;
    pthread_barrier_t meeting;
    sem_t bell;
    sem_init(&bell, 0, 0);
    pthread_barrier_init(&meeting, nullptr, 2);
    bool done = false;
    std::thread other([&] {
      pthread_barrier_wait(&meeting);
      pthread_rwlock_rdlock(&book);
      pthread_rwlock_unlock(&book);
      sem_wait(&bell);
      pthread_mutex_lock(&door);
      done = true;
      pthread_cond_signal(&changed);
      pthread_mutex_unlock(&door);
    });
    pthread_barrier_wait(&meeting);
    sem_post(&bell);
    pthread_mutex_lock(&door);
    while (!done) pthread_cond_wait(&changed, &door);
    pthread_mutex_unlock(&door);
    other.join();
    EXPECT(pthread_mutex_destroy(&door) == 0);
    EXPECT(pthread_cond_destroy(&changed) == 0);
    EXPECT(pthread_rwlock_destroy(&book) == 0);
    EXPECT(pthread_barrier_destroy(&meeting) == 0);
    EXPECT(sem_destroy(&bell) == 0);
  });
}

TEST_CASE("destroyed in use: a thread that two join at once") {
  const auto body = [](bool both) {
    pthread_t worker;
    pthread_create(
        &worker, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
    std::thread other([=] {
      if (both) pthread_join(worker, nullptr);
    });
    pthread_join(worker, nullptr);
    other.join();
  };
  finds(Rule::kDestroyedInUse, [&] { body(true); });
  holds([&] { body(false); });
}

// --- joinable threads ----------------------------------------------------------------------------

TEST_CASE("thread not joined: a joinable std::thread is destroyed") {
  finds(Rule::kThreadNotJoined, [] { std::thread forgotten([] {}); });
}

TEST_CASE("thread not joined: assigned over") {
  finds(Rule::kThreadNotJoined, [] {
    std::thread thread([] {});
    thread = std::thread([] {});
    thread.join();
  });
}

TEST_CASE("thread not joined: a vector of threads is cleared") {
  finds(Rule::kThreadNotJoined, [] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([] {});
    threads.front().join();
    threads.clear();
  });
}

TEST_CASE("thread not joined: only when an exception skips the join") {
  const auto body = [](bool guarded) {
    const auto work = [&] {
      std::mutex door;
      std::thread holder([&] {
        std::lock_guard hold(door);
        std::this_thread::yield();
      });
      const bool busy = !door.try_lock();
      if (!busy) door.unlock();
      if (guarded) holder.join();
      if (busy) throw 1;
      if (!guarded) holder.join();
    };
    try {
      work();
    } catch (int) {
    }
  };
  finds(Rule::kThreadNotJoined, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("silent: joined, detached, moved away, a jthread") {
  holds([] {
    std::thread joined([] {});
    joined.join();
    std::thread detached([] {});
    detached.detach();
    std::thread moved([] {});
    std::thread target = std::move(moved);
    target.join();
    std::jthread joins_itself([] {});
  });
}
