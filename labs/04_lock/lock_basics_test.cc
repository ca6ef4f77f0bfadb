// The lock itself: what it is, who may unlock, and the criteria for a critical section.
#include "04_lock/lock.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// What `lock.unlock()` throws, in words.
std::string thrown_by_unlock(lab::Lock& lock) {
  try {
    lock.unlock();
  } catch (const std::system_error& error) {
    return error.code() == std::errc::operation_not_permitted ? "system_error EPERM"
                                                              : "system_error of another code";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

}  // namespace

TEST_CASE("a lock is free, then taken, then free" * points(3) *
          hints("A lock remembers one thing: whether it is locked.",
                "Every way to take it must change what locked() says, and unlock() changes it "
                "back.",
                "`bool locked_ = false;` guarded by a std::mutex: lock() makes it true, unlock() "
                "makes it false again.")) {
  explore([] {
    lab::Lock lock;
    CHECK_FALSE(lock.locked());
    lock.lock();
    CHECK(lock.locked());
    lock.unlock();
    CHECK_FALSE(lock.locked());
    {
      std::scoped_lock hold(lock);
      CHECK(lock.locked());
    }
    CHECK_FALSE(lock.locked());
    std::unique_lock hold(lock, 10ms);
    CHECK(hold.owns_lock());
    CHECK(lock.locked());
  });
}

TEST_CASE("try_lock takes what is free" * points(3) *
          hints("try_lock() is lock() for somebody who will not wait.",
                "A Lock has no owner: who locked it is refused like anybody else.",
                "Under the inner mutex: if (locked_) return false; locked_ = true; return true;")) {
  explore([] {
    lab::Lock lock;
    CHECK(lock.try_lock());
    CHECK(lock.locked());
    CHECK_FALSE(lock.try_lock());
    std::thread stranger([&] { CHECK_FALSE(lock.try_lock()); });
    stranger.join();
    lock.unlock();
    std::thread next([&] { CHECK(lock.try_lock()); });
    next.join();
    CHECK(lock.locked());
  });
}

TEST_CASE("a free lock cannot be unlocked" * points(3) *
          hints("An unlock() too many is an error, and an error changes nothing.",
                "Check before you change; and what becomes of the inner mutex when you throw?",
                "std::scoped_lock hold(mutex_); if (!locked_) throw std::system_error("
                "std::make_error_code(std::errc::operation_not_permitted));")) {
  explore([] {
    lab::Lock lock;
    CHECK(thrown_by_unlock(lock) == "system_error EPERM");
    CHECK_FALSE(lock.locked());
    CHECK(lock.try_lock());
    CHECK_FALSE(lock.try_lock());  // one lock_, not two
    lock.unlock();
    CHECK(thrown_by_unlock(lock) == "system_error EPERM");
  });
}

TEST_CASE("two threads are never inside together" * points(5) *
          hints("Mutual exclusion: between lock() and unlock() there is one thread at most.",
                "\"If it is open, close it\" must be one step; and a thread that wakes up in "
                "lock() must look again, for another one may have come in between.",
                "std::unique_lock hold(mutex_); opened_.wait(hold, [&] { return !locked_; }); "
                "locked_ = true;")) {
  explore([] {
    lab::Lock lock;
    CriticalSection section;
    const auto visit_twice = [&] {
      for (int round = 0; round < 2; ++round) {
        std::scoped_lock hold(lock);
        section.visit();
      }
    };
    std::thread a(visit_twice);
    std::thread b(visit_twice);
    a.join();
    b.join();
    CHECK(section.visits() == 4);
  });
}

TEST_CASE("a free lock lets the next one in" * points(4) *
          hints("Progress: when one leaves and somebody waits, somebody gets in. All of them do, "
                "one after the other.",
                "Every unlock() must wake a waiter, and each of two waiters needs a wake-up of its "
                "own.",
                "In unlock(), after `locked_ = false;`: `opened_.notify_one();`, always. Do not "
                "remember \"somebody waits\" in one bool: the first waiter to wake would clear it "
                "for the second.")) {
  explore([] {
    lab::Lock lock;
    CriticalSection section;
    const auto visit = [&] {
      lock.lock();
      section.visit();
      lock.unlock();
    };
    lock.lock();
    std::thread a(visit);
    std::thread b(visit);
    lock.unlock();
    a.join();
    b.join();
    CHECK(section.visits() == 2);
    CHECK_FALSE(lock.locked());
  });
}

TEST_CASE("a waiter sleeps, it does not spin" * points(4) *
          hints("No busy waiting: a thread that cannot go on gives the processor away until "
                "somebody wakes it.",
                "A loop around try_lock(), with yield() or with a short sleep, is busy waiting. It "
                "burns the processor, or it comes late.",
                "Sleep on a std::condition_variable that unlock() notifies; wait() frees the inner "
                "mutex and falls asleep in one step.")) {
  explore(
      [] {
        lab::Lock lock;
        lock.lock();
        std::thread waiter([&] { lock.lock(); });
        quiesce();  // until the waiter sleeps; one that spins is found here
        lock.unlock();
        waiter.join();
        CHECK(lock.locked());
      },
      kExactTime);
  // It is woken by the unlock, not by an alarm clock of its own: it is in at that very moment.
  explore(
      [] {
        lab::Lock lock;
        lock.lock();
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          lock.lock();
          if (exploring()) CHECK(SteadyClock::now() - start == 10'300us);
        });
        std::this_thread::sleep_for(10'300us);
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("another thread may unlock" * points(3) *
          hints("Nobody owns a Lock. So one thread may wait for news at a lock that another one "
                "opens.",
                "Is there a std::mutex that stays locked as long as the Lock is? Only the thread "
                "that locked a std::mutex may unlock it.",
                "Keep a bool, and hold the inner mutex only while you look at it and change it.")) {
  explore([] {
    lab::Lock lock;
    int news = 0;  // plain memory: if unlock() and lock() do not order it, it is a data race
    lock.lock();
    std::thread messenger([&] {
      news = 42;
      lock.unlock();
    });
    lock.lock();  // for the second time: until the messenger opens it
    CHECK(news == 42);
    lock.unlock();
    messenger.join();
  });
}

TEST_CASE("try_lock is not refused because somebody asks" * points(2) *
          hints("Who only asks whether it is locked has not locked it.",
                "Does your try_lock() try the inner mutex? It is busy for a moment whenever "
                "another thread looks at the state.",
                "Take the inner mutex with std::scoped_lock, not with std::try_to_lock: it is "
                "never held for long, so this does not count as waiting.")) {
  explore([] {
    lab::Lock lock;
    std::thread stranger([&] { (void)lock.locked(); });
    CHECK(lock.try_lock());
    lock.unlock();
    stranger.join();
  });
}

TEST_CASE("of two who try, one gets it" * points(2) *
          hints("Two threads ask in the same moment. Both see a free lock: what then?",
                "try_lock() looks and takes. Under what must both happen?",
                "First std::scoped_lock hold(mutex_); then look, then take.")) {
  explore([] {
    lab::Lock lock;
    bool a_has_it = false;
    bool b_has_it = false;
    std::thread a([&] { a_has_it = lock.try_lock(); });
    std::thread b([&] { b_has_it = lock.try_lock(); });
    a.join();
    b.join();
    CHECK(a_has_it + b_has_it == 1);
    CHECK(lock.locked());
  });
}

TEST_CASE("of two who unlock, one is refused" * points(2) *
          hints("It is locked once. Two unlock() are one too many, and one of them is told so.",
                "unlock() looks and opens. Under what must both happen?",
                "First std::scoped_lock hold(mutex_); then look, then throw or open.")) {
  explore([] {
    lab::Lock lock;
    lock.lock();
    bool a_refused = false;
    bool b_refused = false;
    const auto unlock = [&](bool& refused) {
      try {
        lock.unlock();
      } catch (const std::system_error&) {
        refused = true;
      }
    };
    std::thread a([&] { unlock(a_refused); });
    std::thread b([&] { unlock(b_refused); });
    a.join();
    b.join();
    CHECK(a_refused + b_refused == 1);
    CHECK_FALSE(lock.locked());
  });
}

TEST_CASE("locked may be asked while others lock" * points(2) *
          hints("A read beside a write is a data race, even if any old answer would do.",
                "locked() reads what lock() and unlock() write. Who guards it there?",
                "Lock the inner mutex in locked() too; it must be `mutable`, because locked() is "
                "const.")) {
  explore([] {
    lab::Lock lock;
    std::thread other([&] {
      lock.lock();
      lock.unlock();
    });
    int seen = 0;
    if (lock.locked()) ++seen;
    other.join();
    CHECK(seen <= 1);
    CHECK_FALSE(lock.locked());
  });
}

TEST_CASE("a lock may be destroyed while it is locked" * points(2) *
          hints("A destroyed lock locks nothing: there is nothing to give back.",
                "Does your destructor check, or unlock, or destroy a std::mutex that is held?",
                "No destructor at all.")) {
  explore([] {
    auto lock = std::make_unique<lab::Lock>();
    std::thread other([&] { lock->lock(); });
    other.join();
    lock.reset();
  });
}
