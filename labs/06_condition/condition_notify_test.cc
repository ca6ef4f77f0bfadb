// Whom a notify wakes: the oldest, as many as it says, and nobody who comes later.

#include "06_condition/condition.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

// For cases in which a timeout must not expire before its time.
constexpr Options kExactTime{.clock = Clock::kStrict};

template <class Condition>
void notify(Condition& condition, std::ptrdiff_t n = 1) {
  std::scoped_lock hold(condition);
  condition.notify(n);
}

// Threads that wait in the order of their numbers, and write down the order in which they return.
template <class Condition>
class Waiters {
 public:
  Waiters(Condition& condition, int count) : condition_(condition) {
    for (int number = 1; number <= count; ++number) {
      threads_.emplace_back([this, number] {
        std::scoped_lock hold(condition_);
        condition_.wait();
        returned_ = returned_ * 10 + number;
      });
      quiesce();  // this one sleeps, and then the next one comes
    }
  }

  // 12: the first and then the second. Asked when all threads sleep.
  int returned() const {
    quiesce();
    return returned_;
  }

  void join() {
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  Condition& condition_;
  std::atomic<int> returned_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("a notify that nobody waits for is gone" * points(2) *
          hints("A condition remembers no news. The data under the lock does that.",
                "Do you count wake-ups, or keep a flag? Who takes what nobody has waited for?",
                "notify() with an empty queue does nothing.")) {
  explore([] {
    lab::Condition condition;
    std::scoped_lock hold(condition);
    condition.notify();
    condition.notify(3);
    condition.notify_all();
    CHECK_FALSE(condition.wait_for(10ms));
  });
  explore(
      [] {
        lab::Condition condition;
        notify(condition);
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          CHECK_FALSE(condition.wait_for(10ms));
        });
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("notify wakes the oldest waiter, and nobody else" * points(4) *
          hints("A queue: who came first goes first, and each notify is for one.",
                "Which end of the queue do you enter, and at which end does notify() take? Does "
                "anybody return whom no notify has chosen?",
                "push_back in wait(), front and pop_front in notify(), and a Lock for each "
                "waiter.")) {
  explore([] {
    lab::Condition condition;
    Waiters waiters(condition, 2);
    CHECK(waiters.returned() == 0);
    notify(condition);
    CHECK(waiters.returned() == 1);
    notify(condition);
    waiters.join();
    CHECK(waiters.returned() == 12);
  });
}

TEST_CASE("notify(n) wakes n, or as many as there are" * points(4) *
          hints("n is the number of threads to be woken, no more.",
                "Count n down, and look at the queue as well: it may be shorter.",
                "for (; n > 0 && !waiters_.empty(); --n) { ... }")) {
  explore([] {
    lab::Condition condition;
    Waiters waiters(condition, 3);
    notify(condition, 0);
    notify(condition, -1);
    CHECK(waiters.returned() == 0);
    notify(condition, 2);
    const int two = waiters.returned();
    CHECK((two == 12 || two == 21));  // both are woken; which has the lock first is left open
    notify(condition, 5);
    CHECK(waiters.returned() == two * 10 + 3);
    for (int number = 1; number <= 3; ++number) notify(condition);  // for whoever was forgotten
    waiters.join();
  });
}

TEST_CASE("notify_all wakes everybody who waits" * points(4) *
          hints("All who are in the queue now, none who comes later.",
                "How often do you open a Lock in notify_all()? Does the queue become empty?",
                "notify(waiters_.size()), or the same loop without a count.")) {
  explore([] {
    lab::Condition condition;
    bool news = false;
    const auto wait = [&] {
      std::scoped_lock hold(condition);
      while (!news) condition.wait();
    };
    std::thread a(wait);
    std::thread b(wait);
    {
      std::scoped_lock hold(condition);
      news = true;
      condition.notify_all();
    }
    a.join();
    b.join();
  });
  // The queue is empty then: the next notify is for the next waiter.
  explore([] {
    lab::Condition condition;
    Waiters waiters(condition, 1);
    {
      std::scoped_lock hold(condition);
      condition.notify_all();
    }
    waiters.join();
    Waiters later(condition, 1);
    notify(condition);
    later.join();
  });
}

TEST_CASE(
    "a wake-up is for who slept, not for who comes later" * points(4) *
    hints("Who was chosen has not run yet. What belongs to it must not lie about.",
          "Do all waiters sleep on one Lock, or pick up one count? Then who notifies, and waits "
          "itself, picks up the wake-up it has just given.",
          "A Lock for each wait(), on the waiter's stack; notify() opens the one that it takes "
          "out of the queue.")) {
  explore([] {
    lab::Condition condition;
    std::thread sleeper([&] {
      std::scoped_lock hold(condition);
      condition.wait();
    });
    quiesce();
    {
      std::scoped_lock hold(condition);
      condition.notify();
      CHECK_FALSE(condition.wait_for(10ms));
      condition.notify();  // so that a sleeper who was robbed does not sleep for ever
    }
    sleeper.join();
  });
}

TEST_CASE("two conditions of one lock do not hear each other" * points(3) *
          hints("One lock may guard data about which there are two kinds of news.",
                "To which object does the queue of waiters belong?",
                "The queue is a member of Condition. Nothing of a waiter is static, global, or "
                "kept with the lock.")) {
  explore([] {
    lab::RLock lock;
    lab::Condition full(lock);
    lab::Condition empty(lock);
    int items = 0;
    std::thread consumer([&] {
      std::scoped_lock hold(lock);
      full.wait();
      CHECK(items == 1);
    });
    quiesce();
    notify(empty);
    {
      std::scoped_lock hold(lock);
      items = 1;
      full.notify();
    }
    consumer.join();
  });
}
