// Deadlocks: cycles of locks and of joins, locks nobody gives back, things that never come.

#include <pthread.h>

#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

void lock_both(std::mutex& first, std::mutex& second) {
  std::lock_guard hold_first(first);
  std::lock_guard hold_second(second);
}

}  // namespace

TEST_CASE("deadlock: two locks in opposite orders") {
  finds(Rule::kDeadlock, {"left_fork", "right_fork"}, [] {
    std::mutex left_fork, right_fork;
    std::thread a([&] { lock_both(left_fork, right_fork); });
    std::thread b([&] { lock_both(right_fork, left_fork); });
    a.join();
    b.join();
  });
}

TEST_CASE("silent: two locks in one order") {
  holds([] {
    std::mutex left_fork, right_fork;
    std::thread a([&] { lock_both(left_fork, right_fork); });
    std::thread b([&] { lock_both(left_fork, right_fork); });
    a.join();
    b.join();
  });
}

TEST_CASE("silent: opposite orders behind a gate") {
  holds([] {
    std::mutex gate, left_fork, right_fork;
    std::thread a([&] {
      std::lock_guard hold(gate);
      lock_both(left_fork, right_fork);
    });
    std::thread b([&] {
      std::lock_guard hold(gate);
      lock_both(right_fork, left_fork);
    });
    a.join();
    b.join();
  });
}

TEST_CASE("silent: opposite orders, one after the other") {
  holds([] {
    std::mutex left_fork, right_fork;
    std::thread a([&] { lock_both(left_fork, right_fork); });
    a.join();
    std::thread b([&] { lock_both(right_fork, left_fork); });
    b.join();
  });
}

TEST_CASE("deadlock: three philosophers") {
  const auto dine = [](bool last_is_left_handed) {
    std::mutex forks[3];
    std::vector<std::thread> philosophers;
    for (int i = 0; i < 3; ++i) {
      const int next = (i + 1) % 3;
      const bool swapped = last_is_left_handed && i == 2;
      philosophers.emplace_back([&forks, first = swapped ? next : i, second = swapped ? i : next] {
        lock_both(forks[first], forks[second]);
      });
    }
    for (std::thread& philosopher : philosophers) philosopher.join();
  };
  finds(Rule::kDeadlock, {"forks"}, [&] { dine(false); });
  holds([&] { dine(true); });
}

TEST_CASE("deadlock: with itself, by a lock that does not know its owner") {
  const auto body = [](bool lets_go) {
    std::binary_semaphore door(1);
    std::thread visitor([&] {
      door.acquire();
      if (lets_go) door.release();
      door.acquire();
      door.release();
    });
    visitor.join();
  };
  finds(Rule::kDeadlock, {"door"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("deadlock: with itself, a reader that wants to write and still reads") {
  const auto body = [](bool stops_reading) {
    std::shared_mutex book;
    std::shared_lock reading(book);
    if (stops_reading) reading.unlock();
    std::unique_lock writing(book);
  };
  finds(Rule::kDeadlock, {"book"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("deadlock: a lock that is never given back") {
  const auto body = [](bool gives_back) {
    std::mutex door;
    std::thread forgetful([&] {
      door.lock();
      if (gives_back) door.unlock();
    });
    std::thread waiting([&] { std::lock_guard hold(door); });
    forgetful.join();
    waiting.join();
  };
  finds(Rule::kDeadlock, {"door"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("deadlock: a return that skips the unlock") {
  const auto body = [](bool unlocks) {
    std::mutex door;
    int visits = 0;
    const auto visit = [&] {
      door.lock();
      if (++visits == 1) {
        if (unlocks) door.unlock();
        return;
      }
      door.unlock();
    };
    std::thread a(visit);
    std::thread b(visit);
    a.join();
    b.join();
  };
  finds(Rule::kDeadlock, {"door"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("deadlock: joining while holding what the other needs") {
  const auto body = [](bool lets_go) {
    std::mutex door;
    std::unique_lock hold(door);
    std::thread inside([&] { std::lock_guard hold(door); });
    if (lets_go) hold.unlock();
    inside.join();
  };
  finds(Rule::kDeadlock, {"door"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("deadlock: a thread joins the one that joins it") {
  finds(Rule::kDeadlock, [] {
    std::thread child([parent = pthread_self()] { pthread_join(parent, nullptr); });
    child.join();
  });
}

TEST_CASE("deadlock: a cycle of three joins") {
  finds(Rule::kDeadlock, [] {
    std::thread child([grandparent = pthread_self()] {
      std::thread grandchild([=] { pthread_join(grandparent, nullptr); });
      grandchild.join();
    });
    child.join();
  });
}

TEST_CASE("silent: a chain of joins") {
  holds([] {
    std::thread first([] {});
    std::thread second([&] { first.join(); });
    second.join();
  });
}

TEST_CASE("deadlock: two readers that both want to write") {
  finds(Rule::kDeadlock, {"book"}, [] {
    std::shared_mutex book;
    const auto upgrade = [&] {
      std::shared_lock reading(book);
      std::unique_lock writing(book);
    };
    std::thread a(upgrade);
    std::thread b(upgrade);
    a.join();
    b.join();
  });
}

TEST_CASE("deadlock: reading one book and wanting to write in the other") {
  const auto body = [](bool reads_on) {
    std::shared_mutex left_book, right_book;
    const auto copy = [&](std::shared_mutex& from, std::shared_mutex& to) {
      std::shared_lock reading(from);
      if (!reads_on) reading.unlock();
      std::unique_lock writing(to);
    };
    std::thread a([&] { copy(left_book, right_book); });
    std::thread b([&] { copy(right_book, left_book); });
    a.join();
    b.join();
  };
  finds(Rule::kDeadlock, {"left_book", "right_book"}, [&] { body(true); });
  holds([&] { body(false); });
}

TEST_CASE("deadlock: a semaphore taken twice and released once") {
  const auto body = [](int released) {
    std::counting_semaphore<5> places(0);
    std::thread taker([&] {
      places.acquire();
      places.acquire();
    });
    places.release(released);
    taker.join();
  };
  finds(Rule::kDeadlock, {"places"}, [&] { body(1); });
  holds([&] { body(2); });
}

TEST_CASE("deadlock: two semaphores in opposite orders") {
  const auto body = [](bool opposite) {
    std::binary_semaphore left(1), right(1);
    std::thread a([&] {
      left.acquire();
      right.acquire();
      right.release();
      left.release();
    });
    std::thread b([&] {
      std::binary_semaphore& first = opposite ? right : left;
      std::binary_semaphore& second = opposite ? left : right;
      first.acquire();
      second.acquire();
      second.release();
      first.release();
    });
    a.join();
    b.join();
  };
  finds(Rule::kDeadlock, {"left", "right"}, [&] { body(true); });
  holds([&] { body(false); });
}

TEST_CASE("lost wake-up: a latch that is never counted down") {
  const auto body = [](int counts) {
    std::latch started(2);
    std::thread a([&] {
      for (int i = 0; i < counts; ++i) started.count_down();
    });
    started.wait();
    a.join();
  };
  finds(Rule::kLostWakeup, [&] { body(1); });
  holds([&] { body(2); });
}

TEST_CASE("deadlock: a POSIX barrier for three with two") {
  const auto body = [](unsigned count) {
    pthread_barrier_t meeting;
    pthread_barrier_init(&meeting, nullptr, count);
    std::thread a([&] { pthread_barrier_wait(&meeting); });
    pthread_barrier_wait(&meeting);
    a.join();
    pthread_barrier_destroy(&meeting);
  };
  finds(Rule::kDeadlock, {"meeting"}, [&] { body(3); });
  holds([&] { body(2); });
}

TEST_CASE("deadlock: static locals that wait for each other") {
  finds(Rule::kDeadlock, [] {
    struct Statics {
      static int first(bool with_second) {
        static const int value = with_second ? second(false) + 1 : 1;
        return value;
      }
      static int second(bool with_first) {
        static const int value = with_first ? first(false) + 1 : 1;
        return value;
      }
    };
    std::thread a([] { Statics::first(true); });
    std::thread b([] { Statics::second(true); });
    a.join();
    b.join();
  });
}

TEST_CASE("deadlock: in one schedule of many, three threads and three locks") {
  finds(Rule::kDeadlock, [] {
    std::mutex x, y, z;
    std::thread a([&] {
      lock_both(x, y);
      lock_both(x, z);
    });
    std::thread b([&] { lock_both(y, z); });
    std::thread c([&] { lock_both(z, x); });
    a.join();
    b.join();
    c.join();
  });
}

// --- relock ----------------------------------------------------------------------------------

TEST_CASE("relock: a mutex locked twice by its owner") {
  finds(Rule::kRelock, {"door"}, [] {
    std::mutex door;
    std::lock_guard outer(door);
    door.lock();
  });
}

TEST_CASE("relock: through a function that locks again") {
  class Account {
   public:
    void deposit(int amount) {
      std::lock_guard hold(guard_);
      balance_ += amount;
    }
    void double_it() {
      std::lock_guard hold(guard_);
      deposit(balance_);
    }

   private:
    std::mutex guard_;
    int balance_ = 1;
  };
  finds(Rule::kRelock, {"guard_"}, [] {
    Account account;
    std::thread a([&] { account.double_it(); });
    a.join();
  });
}

TEST_CASE("relock: a writer of a shared_mutex that writes again") {
  finds(Rule::kRelock, [] {
    std::shared_mutex book;
    std::unique_lock outer(book);
    book.lock();
  });
}

TEST_CASE("silent: a recursive mutex locked twice, a mutex locked again after its unlock") {
  holds([] {
    std::recursive_mutex recursive;
    std::lock_guard outer(recursive);
    std::lock_guard inner(recursive);
    std::mutex door;
    door.lock();
    door.unlock();
    door.lock();
    door.unlock();
  });
}
