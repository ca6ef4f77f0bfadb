// Who may be inside, and who owns it.

#include "05_rlock/rlock.h"

#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// What `call` throws, in words.
template <class Call>
std::string thrown_by(Call call) {
  try {
    call();
  } catch (const std::system_error& error) {
    return error.code() == std::errc::operation_not_permitted ? "system_error EPERM"
                                                              : "system_error of another code";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

// The time since `start`. Under the explorer time is virtual and the answer is exact; on real
// threads it says nothing, so every check of it asks exploring() first.
long long microseconds_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count();
}

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// For the case that asks what a wake-up is worth.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

}  // namespace

// --- The lock itself ---------------------------------------------------------------------------

TEST_CASE(
    "the owner may lock again" * points(6) *
    hints("A level is a number: lock() by the owner adds one, unlock() takes one away.",
          "lock() must ask first whether the caller is already the owner, and unlock() whether "
          "this was the last level.",
          "Keep `std::thread::id owner_` and `std::ptrdiff_t levels_`. In lock(): if owner_ is "
          "std::this_thread::get_id(), then ++levels_ and return. In unlock(): --levels_, and "
          "only at 0 set owner_ = std::thread::id().")) {
  explore([] {
    lab::RLock lock;
    CHECK(lock.recursion_count() == 0);
    lock.lock();
    lock.lock();
    lock.lock();
    CHECK(lock.recursion_count() == 3);
    CHECK(lock.owned_by_caller());
    lock.unlock();
    CHECK(lock.recursion_count() == 2);
    lock.unlock();
    CHECK(lock.owned_by_caller());
    lock.unlock();
    CHECK(lock.recursion_count() == 0);
    CHECK_FALSE(lock.owned_by_caller());
  });
}

TEST_CASE(
    "two threads are never inside together" * points(8) *
    hints("Mutual exclusion: at every moment one thread at most is the owner.",
          "A thread that wakes up in lock() must look again before it believes that the lock is "
          "its own: another one may have come in between.",
          "Wait with a predicate: `free_.wait(hold, [&] { return owner_ == std::thread::id(); "
          "});`, and touch owner_ and levels_ only while you hold the inner mutex.")) {
  explore([] {
    lab::RLock lock;
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

TEST_CASE("an inner unlock lets nobody in" * points(5) *
          hints("Two levels need two unlocks.",
                "Look at what unlock() does when the caller still has a level left.",
                "Nothing but --levels_ may happen in unlock() unless levels_ has become 0: keep "
                "owner_, notify nobody.")) {
  explore([] {
    lab::RLock lock;
    CriticalSection section;
    std::thread a([&] {
      lock.lock();
      lock.lock();
      section.enter();
      lock.unlock();
      quiesce();  // whoever can get in now gets in
      section.leave();
      lock.unlock();
    });
    std::thread b([&] {
      lock.lock();
      section.visit();
      lock.unlock();
    });
    a.join();
    b.join();
    CHECK(section.visits() == 2);
  });
}

TEST_CASE(
    "a free lock lets the next one in" * points(7) *
    hints("Progress: when the owner leaves and somebody waits, somebody gets in. All of them do, "
          "one after the other.",
          "Every unlock() that gives back the last level must wake a waiter, and each of two "
          "waiters needs a wake-up of its own.",
          "In unlock(), when levels_ is 0: `free_.notify_one();`. Do not remember \"somebody "
          "waits\" in one bool: the first waiter to wake would clear it for the second.")) {
  explore([] {
    lab::RLock lock;
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
    CHECK(lock.try_lock());
    lock.unlock();
  });
}

TEST_CASE(
    "a waiter sleeps, it does not spin" * points(7) *
    hints("No busy waiting: a thread that cannot go on gives the processor away until somebody "
          "wakes it.",
          "A loop around try_lock(), with yield() or with a short sleep, is busy waiting. It "
          "burns the processor, or it comes late.",
          "Sleep on a std::condition_variable that unlock() notifies; wait() frees the inner "
          "mutex and falls asleep in one step.")) {
  explore(
      [] {
        lab::RLock lock;
        lock.lock();
        std::thread waiter([&] {
          lock.lock();
          lock.unlock();
        });
        quiesce();  // until the waiter sleeps; one that spins is found here
        lock.unlock();
        waiter.join();
      },
      kExactTime);
  // It is woken by the unlock, not by an alarm clock of its own: it is in at that very moment.
  explore(
      [] {
        lab::RLock lock;
        lock.lock();
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          lock.lock();
          if (exploring()) CHECK(microseconds_since(start) == 10'300);
          lock.unlock();
        });
        std::this_thread::sleep_for(10'300us);
        lock.unlock();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "nobody is overtaken for ever" * points(8) *
    hints("Bounded waiting: once a thread sleeps in lock(), others may take the lock only a few "
          "times before it.",
          "The thread that unlocks is awake, the waiter is not: if both may try, the first wins "
          "every time. Who is next must be settled inside unlock().",
          "Keep waiters in a queue. unlock() makes the front one the owner itself (owner_ = "
          "next.thread, levels_ = 1) and then wakes it; or give out ticket numbers, and let "
          "in only the one whose number is served.")) {
  explore(
      [] {
        lab::RLock lock;
        BoundedWaiting waiting(4);
        std::thread greedy([&] {
          for (int round = 0; round < 6; ++round) {
            waiting.wait([&] { lock.lock(); });
            lock.unlock();
          }
        });
        std::thread patient([&] {
          waiting.wait([&] { lock.lock(); });
          lock.unlock();
        });
        greedy.join();
        patient.join();
      },
      {.fairness = 4});
}

TEST_CASE("a wake-up for no reason is no lock" * points(2) *
          hints("A condition variable may wake a thread although nobody has notified it. The "
                "standard allows that, and systems do it.",
                "What does a thread look at when it wakes up in lock() or try_lock_for(), before "
                "it believes that the lock is its own?",
                "me.turn.wait(hold, [&] { return owner_ == me.thread; }), or a while around it.")) {
  for (const bool timed : {false, true}) {
    explore(
        [=] {
          lab::RLock lock;
          CriticalSection section;
          lock.lock();
          std::thread waiter([&] {
            if (timed) {
              CHECK(lock.try_lock_for(1h));
            } else {
              lock.lock();
            }
            section.visit();
            lock.unlock();
          });
          section.visit();
          lock.unlock();
          waiter.join();
        },
        kWakesForNoReason);
  }
}

// --- Who owns it -------------------------------------------------------------------------------

TEST_CASE("each thread sees its own levels" * points(6) *
          hints("recursion_count() answers \"how deep am I\", not \"how deep is somebody\".",
                "Both questions read what other threads write at the same time.",
                "Take the inner mutex, compare owner_ with std::this_thread::get_id(), and return "
                "levels_ only when they are equal, else 0.")) {
  explore([] {
    lab::RLock lock;
    std::thread stranger([&] {
      CHECK(lock.recursion_count() == 0);
      CHECK_FALSE(lock.owned_by_caller());
    });
    lock.lock();
    lock.lock();
    CHECK(lock.recursion_count() == 2);
    stranger.join();
    CHECK(lock.recursion_count() == 2);
    lock.unlock();
    lock.unlock();
  });
}

TEST_CASE("only the owner may unlock" * points(6) *
          hints("An unlock() by anybody else is an error, and an error changes nothing.",
                "Check before you change: first who calls, then the level.",
                "if (owner_ != std::this_thread::get_id()) throw std::system_error("
                "std::make_error_code(std::errc::operation_not_permitted));")) {
  explore([] {
    lab::RLock lock;
    CHECK(thrown_by([&] { lock.unlock(); }) == "system_error EPERM");
    CHECK(thrown_by([&] { (void)lock.release_save(); }) == "system_error EPERM");
    lock.lock();
    std::thread stranger([&] {
      CHECK(thrown_by([&] { lock.unlock(); }) == "system_error EPERM");
      CHECK(thrown_by([&] { (void)lock.release_save(); }) == "system_error EPERM");
      CHECK_FALSE(lock.try_lock());
    });
    stranger.join();
    CHECK(lock.recursion_count() == 1);
    lock.unlock();
    CHECK(thrown_by([&] { lock.unlock(); }) == "system_error EPERM");
  });
}

TEST_CASE("a stranger is refused at any moment" * points(2) *
          hints("The owner may be coming or going while a stranger asks for an unlock().",
                "unlock() and release_save() read the owner. Under what?",
                "First std::scoped_lock hold(mutex_); then look at owner_, and throw.")) {
  explore([] {
    lab::RLock lock;
    std::thread owner([&] {
      lock.lock();
      lock.unlock();
    });
    CHECK(thrown_by([&] { lock.unlock(); }) == "system_error EPERM");
    CHECK(thrown_by([&] { (void)lock.release_save(); }) == "system_error EPERM");
    owner.join();
  });
}

TEST_CASE("try_lock takes what nobody else owns" * points(6) *
          hints("try_lock() is lock() for somebody who will not wait.",
                "There are three answers: it is free, it is mine, it is another thread's.",
                "Share one private function between lock() and try_lock(): it takes one level and "
                "returns true if owner_ is nobody or the caller, and else returns false.")) {
  explore([] {
    lab::RLock lock;
    CHECK(lock.try_lock());
    CHECK(lock.try_lock());
    CHECK(lock.recursion_count() == 2);
    std::thread stranger([&] { CHECK_FALSE(lock.try_lock()); });
    stranger.join();
    lock.unlock();
    lock.unlock();
    std::thread next([&] {
      CHECK(lock.try_lock());
      lock.unlock();
    });
    next.join();
  });
}

TEST_CASE(
    "try_lock is not refused because somebody asks" * points(4) *
    hints("Who only asks who the owner is does not own the lock.",
          "Does your try_lock() try the inner mutex? It is busy for a moment whenever another "
          "thread looks at the state.",
          "Take the inner mutex with std::scoped_lock, not with std::try_to_lock: it is never "
          "held for long, so this does not count as waiting.")) {
  explore([] {
    lab::RLock lock;
    std::thread stranger([&] { (void)lock.recursion_count(); });
    CHECK(lock.try_lock());
    lock.unlock();
    stranger.join();
  });
}

// --- For Condition, in lab 06 ------------------------------------------------------------------

TEST_CASE(
    "release_save gives up every level" * points(5) *
    hints("A thread that is about to sleep must not keep a single level, or nobody else gets in.",
          "release_save() is an unlock() of all levels: everything that the last unlock() does, "
          "it must do too.",
          "Check the owner, remember levels_ in the State, set levels_ to 0 and owner_ to nobody, "
          "wake the next waiter.")) {
  explore([] {
    lab::RLock lock;
    CriticalSection section;
    lock.lock();
    lock.lock();
    lock.lock();
    std::thread other([&] {
      lock.lock();
      section.visit();
      lock.unlock();
    });
    (void)lock.release_save();
    CHECK_FALSE(lock.owned_by_caller());
    other.join();
    CHECK(section.visits() == 1);
  });
}

TEST_CASE("acquire_restore waits its turn and brings every level back" * points(4) *
          hints("It is a lock() that ends several levels deep.",
                "Another thread may own the lock now; and one level is not what the caller had.",
                "Wait exactly as lock() does, then set levels_ to what the State remembers.")) {
  explore([] {
    lab::RLock lock;
    CriticalSection section;
    lock.lock();
    lock.lock();
    std::thread other([&] {
      lock.lock();
      section.visit();
      lock.unlock();
    });
    const auto state = lock.release_save();
    lock.acquire_restore(state);
    section.visit();
    CHECK(lock.recursion_count() == 2);
    lock.unlock();
    CHECK(lock.owned_by_caller());
    lock.unlock();
    CHECK_FALSE(lock.owned_by_caller());
    other.join();
  });
}

TEST_CASE(
    "a lock may be destroyed while it is owned" * points(2) *
    hints("A destroyed lock locks nothing: there is nothing to give back.",
          "A destructor that unlocks meets the owner's check, and it may run in another thread.",
          "No destructor at all.")) {
  explore([] {
    auto lock = std::make_unique<lab::RLock>();
    std::thread owner([&] { lock->lock(); });
    owner.join();
    lock.reset();
  });
}
