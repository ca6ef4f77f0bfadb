// A condition is a lock, and one can wait at it: what wait() gives up and what it brings back.

#include "06_condition/condition.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// What `call` throws, in words. A skeleton's "not implemented" is a logic_error, too.
template <class Call>
std::string thrown_by(Call call) {
  try {
    call();
  } catch (const std::system_error& error) {
    return error.code() == std::errc::operation_not_permitted ? "system_error EPERM"
                                                              : "system_error of another code";
  } catch (const std::logic_error& error) {
    return std::string_view(error.what()) == "not implemented" ? "not implemented" : "logic_error";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

// Calls everything that needs the lock, without it. One that is not refused leaves something
// behind, so it is the last.
template <class Condition>
void check_refusals(Condition& condition) {
  const auto refused = [](auto call) {
    const std::string thrown = thrown_by(call);
    CHECK(thrown == "logic_error");
    return thrown == "logic_error";
  };
  const auto never = [] {
    CHECK(false);  // looked at the data without the lock
    return true;
  };
  (void)(refused([&] { condition.notify(); }) &&       //
         refused([&] { condition.notify_all(); }) &&   //
         refused([&] { condition.wait(); }) &&         //
         refused([&] { condition.wait_for(1ms); }) &&  //
         refused([&] { condition.wait(never); }) &&    //
         refused([&] { condition.wait_for(1ms, never); }));
}

}  // namespace

TEST_CASE("a condition without a lock makes its own" * points(2) *
          hints("A condition is a lock: lock, try_lock and unlock.",
                "Who gives no lock gets an RLock, which its owner may lock again.",
                "Make an RLock in the default constructor (std::unique_ptr<RLock>), keep a pointer "
                "to it, and call its methods.")) {
  explore([] {
    lab::Condition condition;
    {
      std::scoped_lock outer(condition);
      std::scoped_lock inner(condition);
      CHECK(condition.try_lock());
      condition.unlock();
      std::thread stranger([&] { CHECK_FALSE(condition.try_lock()); });
      stranger.join();
    }
    std::thread next([&] {
      CHECK(condition.try_lock());
      condition.unlock();
    });
    next.join();
  });
}

TEST_CASE("a condition is the lock that it is given" * points(3) *
          hints("The lock is the caller's. Others may know it, and lock it without you.",
                "lock() of the condition and lock() of the lock must be the same thing, for an "
                "RLock and for a Lock.",
                "One pointer for each kind (std::variant<RLock*, Lock*>, two std::functions, or a "
                "template parameter), and every method calls the lock's.")) {
  explore([] {
    lab::RLock rlock;
    lab::Condition condition(rlock);
    condition.lock();
    CHECK(rlock.recursion_count() == 1);
    CHECK(condition.try_lock());
    CHECK(rlock.recursion_count() == 2);
    condition.unlock();
    condition.unlock();
    CHECK(rlock.recursion_count() == 0);
    rlock.lock();
    std::thread stranger([&] { CHECK_FALSE(condition.try_lock()); });
    stranger.join();
    rlock.unlock();
  });
  explore([] {
    lab::Lock lock;
    lab::Condition condition(lock);
    lab::Condition another(lock);
    condition.lock();
    CHECK(lock.locked());
    CHECK_FALSE(condition.try_lock());
    CHECK_FALSE(another.try_lock());
    condition.unlock();
    CHECK_FALSE(lock.locked());
  });
}

TEST_CASE("an unlock too many is the lock's error" * points(2) *
          hints("What unlock() does without the lock is not for the condition to decide.",
                "Is there a check of your own in unlock(), or a flag?",
                "unlock() calls the lock's unlock(), and nothing else.")) {
  explore([] {
    lab::Condition own;
    CHECK(thrown_by([&] { own.unlock(); }) == "system_error EPERM");
    lab::Lock lock;
    lab::Condition of_a_lock(lock);
    CHECK(thrown_by([&] { of_a_lock.unlock(); }) == "system_error EPERM");
    lab::RLock rlock;
    lab::Condition of_an_rlock(rlock);
    rlock.lock();
    std::thread stranger(
        [&] { CHECK(thrown_by([&] { of_an_rlock.unlock(); }) == "system_error EPERM"); });
    stranger.join();
    CHECK(rlock.recursion_count() == 1);
    rlock.unlock();
  });
}

TEST_CASE("wait and notify need the lock" * points(4) *
          hints("The lock guards the queue of waiters. Without it, nobody may touch the queue.",
                "Check before anything else, in all six. What does \"has it\" mean for an RLock, "
                "and what for a Lock, which has no owner?",
                "if (!rlock->owned_by_caller()) throw std::logic_error(\"...\");   for a Lock: "
                "if (!lock->locked()) throw ...")) {
  explore([] {
    lab::RLock rlock;
    lab::Condition condition(rlock);
    check_refusals(condition);
    CHECK(rlock.try_lock());
    rlock.unlock();
  });
  // Not "somebody has it": the caller must.
  explore([] {
    lab::Condition condition;
    std::scoped_lock hold(condition);
    std::thread stranger([&] { check_refusals(condition); });
    stranger.join();
    condition.notify();  // and now with the lock
    CHECK_FALSE(condition.wait_for(1ms));
  });
  explore([] {
    lab::Lock lock;
    lab::Condition condition(lock);
    check_refusals(condition);
    CHECK_FALSE(lock.locked());
    lock.lock();
    condition.notify();
    CHECK_FALSE(condition.wait_for(1ms));
    CHECK(lock.locked());
  });
}

TEST_CASE("who has not the lock touches nothing" * points(2) *
          hints("A notify without the lock is refused. Whom may it have woken by then?",
                "The first line of notify() and of notify_all(): what do they look at before they "
                "know that the caller has the lock?",
                "Check first; only then look at the queue, also for its size.")) {
  // While one falls asleep; and when it surely sleeps.
  for (const bool asleep_first : {false, true}) {
    explore([asleep_first] {
      lab::RLock lock;
      lab::Condition condition(lock);
      bool returned = false;
      std::thread waiter([&] {
        std::scoped_lock hold(lock);
        condition.wait();
        returned = true;
      });
      if (asleep_first) quiesce();
      CHECK(thrown_by([&] { condition.notify(); }) == "logic_error");
      CHECK(thrown_by([&] { condition.notify_all(); }) == "logic_error");
      quiesce();
      {
        std::scoped_lock hold(lock);
        CHECK_FALSE(returned);
        condition.notify();
      }
      waiter.join();
    });
  }
}

TEST_CASE("a waiter returns after notify, and sees what came before it" * points(4) *
          hints("The waiter must be in the queue before anybody else can have the lock.",
                "In which order do you enter the queue, give the lock up and fall asleep? Then "
                "think of a notify() between each two of them.",
                "Lock mine; mine.lock(); waiters_.push_back(&mine); give the outer lock up; "
                "mine.lock(); take the outer lock back.   notify(): waiters_.front()->unlock(); "
                "waiters_.pop_front();")) {
  explore([] {
    lab::Condition condition;
    bool there = false;
    int news = 0;  // plain memory: only the condition orders who writes and who reads it
    std::thread waiter([&] {
      std::scoped_lock hold(condition);
      while (!there) condition.wait();
      CHECK(news == 1);
    });
    {
      std::scoped_lock hold(condition);
      news = 1;
      there = true;
      condition.notify();
    }
    waiter.join();
  });
}

TEST_CASE("a plain Lock will do" * points(3) *
          hints("A Condition of a Lock does the same as one of an RLock.",
                "A Lock has no levels and no owner: how is it given up, and taken back?",
                "lock->unlock(); ... sleep ... lock->lock();")) {
  explore([] {
    lab::Lock lock;
    lab::Condition condition(lock);
    CriticalSection section;
    bool news = false;
    std::thread waiter([&] {
      std::scoped_lock hold(lock);
      while (!news) condition.wait();
      section.visit();
    });
    {
      std::scoped_lock hold(condition);
      news = true;
      condition.notify();
      section.visit();
    }
    waiter.join();
    CHECK(section.visits() == 2);
    CHECK_FALSE(lock.locked());
  });
}

TEST_CASE("a waiter gives up every level" * points(4) *
          hints("A sleeper that keeps one level of an RLock keeps everybody out.",
                "unlock() gives one level back. Which method of RLock gives back all of them?",
                "const auto levels = lock.release_save(); ... lock.acquire_restore(levels);")) {
  explore([] {
    lab::RLock rlock;
    lab::Condition condition(rlock);
    bool news = false;
    std::thread waiter([&] {
      std::scoped_lock outer(rlock);
      std::scoped_lock inner(condition);
      while (!news) condition.wait();
    });
    {
      std::scoped_lock hold(condition);
      news = true;
      condition.notify();
    }
    waiter.join();
  });
}

TEST_CASE("who returns from wait has the lock, as deep as before" * points(4) *
          hints("After wait() all is as it was: the same lock, the same number of levels.",
                "The woken ones come back one after the other, for each takes the lock. And how "
                "often will the caller unlock?",
                "acquire_restore(levels) before wait() returns, on every way out.")) {
  explore([] {
    lab::RLock rlock;
    lab::Condition condition(rlock);
    CriticalSection section;
    bool news = false;
    std::thread waiter([&] {
      rlock.lock();
      rlock.lock();
      while (!news) condition.wait();
      CHECK(rlock.recursion_count() == 2);
      section.visit();
      rlock.unlock();
      rlock.unlock();
      CHECK(rlock.recursion_count() == 0);
    });
    rlock.lock();
    news = true;
    condition.notify();
    section.visit();  // notified, and kept out
    rlock.unlock();
    waiter.join();
    CHECK(section.visits() == 2);
  });
}

TEST_CASE("a waiter sleeps, it does not spin" * points(4) *
          hints("No busy waiting: a thread that cannot go on gives the processor away until "
                "somebody wakes it.",
                "A loop around try_lock(), with yield() or with a short sleep, is busy waiting. It "
                "burns the processor, or it comes late.",
                "Sleep in lock() of your own Lock, which is locked already: `mine.lock()` for the "
                "second time.")) {
  explore(
      [] {
        lab::Condition condition;
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          condition.wait();
        });
        quiesce();  // until the waiter sleeps; one that spins is found here
        {
          std::scoped_lock hold(condition);
          condition.notify();
        }
        waiter.join();
      },
      kExactTime);
  // It is woken by notify(), not by an alarm clock of its own: it is back at that very moment.
  explore(
      [] {
        lab::Condition condition;
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          std::scoped_lock hold(condition);
          condition.wait();
          if (exploring()) CHECK(SteadyClock::now() - start == 10'300us);
        });
        quiesce();
        std::this_thread::sleep_for(10'300us);
        {
          std::scoped_lock hold(condition);
          condition.notify();
        }
        waiter.join();
      },
      kExactTime);
}

TEST_CASE(
    "a predicate is looked at with the lock, before and after each sleep" * points(4) *
    hints("\"Woken\" means that there was news, not that it is still so.",
          "Who looks again after a wake-up, and who looks before the first sleep? An `if` does "
          "only one of the two.",
          "while (!predicate()) wait();")) {
  // What is true already needs no notify.
  explore([] {
    lab::Condition condition;
    int looks = 0;
    std::scoped_lock hold(condition);
    condition.wait([&] { return ++looks == 1; });
    CHECK(looks == 1);
    CHECK(condition.wait_for(1h, [&] { return ++looks == 2; }));
    CHECK(looks == 2);
  });
  // The news comes in two parts, with a notify for each.
  explore([] {
    lab::Condition condition;
    int parts = 0;
    std::thread waiter([&] {
      std::scoped_lock hold(condition);
      condition.wait([&] { return parts == 2; });
      CHECK(parts == 2);
    });
    for (int part = 0; part < 2; ++part) {
      std::scoped_lock hold(condition);
      ++parts;
      condition.notify();
    }
    waiter.join();
  });
}

TEST_CASE(
    "an exception of the predicate leaves the lock with the caller" * points(3) *
    hints("The predicate is somebody else's code, and may throw.",
          "When it throws after a wake-up: does the caller have the lock, as deep as before? Is "
          "anything left in the queue?",
          "Call the predicate outside of your own wait(), with the lock taken back, and do not "
          "catch.")) {
  explore([] {
    lab::RLock rlock;
    lab::Condition condition(rlock);
    std::thread waiter([&] {
      std::scoped_lock outer(rlock);
      std::scoped_lock inner(rlock);
      int looks = 0;
      std::string caught = "nothing";
      try {
        condition.wait([&] {
          if (++looks == 2) throw std::runtime_error("bad news");
          return false;
        });
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      CHECK(caught == "bad news");
      CHECK(looks == 2);
      CHECK(rlock.recursion_count() == 2);
      CHECK_FALSE(condition.wait_for(1ms));  // nothing of the first wait is left
    });
    quiesce();
    {
      std::scoped_lock hold(rlock);
      condition.notify();
    }
    waiter.join();
  });
}
