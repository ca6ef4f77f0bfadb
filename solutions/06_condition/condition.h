#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
// LOCKSTEP BEGIN SOLUTION
#include <algorithm>
#include <list>
#include <memory>
#include <mutex>
#include <variant>
// LOCKSTEP END SOLUTION

#include "04_lock/lock.h"
#include "05_rlock/rlock.h"

namespace lab {

// Condition is a place to sleep until somebody brings news: Python's `threading.Condition`.
//
// It belongs to a lock, one that it is given or an RLock of its own, and that lock guards the data
// that the news is about. Whoever waits or notifies holds it:
//
//   std::unique_lock hold(condition);                     std::scoped_lock hold(condition);
//   condition.wait([&] { return !letters.empty(); });     letters.push_back(letter);
//   read(letters.front());                                condition.notify();
//
// wait() gives the lock up, sleeps, and takes the lock back before it returns. To those who hold
// the lock, giving up and falling asleep are one step: there is no moment between the two in which
// a notify() goes by unheard.
//
// A Condition is *Lockable*, so std::scoped_lock and std::unique_lock work with it. Several
// Conditions may belong to one lock.
//
// Memory ordering: that of the lock. What a notifier did before it gave the lock up happens before
// what the waiter does after its wait, for the waiter has taken the lock since.
//
// Lifetime: the lock it was given outlives the Condition. A Condition may be destroyed when no
// thread is inside one of its methods.
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// There are two layers of locks. The *outer* one is the Condition's lock. The *inner* ones are as
// many as there are waiters: each wait() makes a Lock, locks it, and then locks it once more. At
// the second time it sleeps until somebody opens the Lock; anybody may, and this is what 04_lock
// was for.
//
//      wait()                                       notify()
//   1  makes a Lock and locks it                    (has the outer lock)
//   2  puts it at the end of the queue              takes the first Lock out of the queue
//   3  gives the outer lock up, every level         opens it
//   4  locks its Lock again: sleeps
//   5  takes the outer lock back, every level       (gives the outer lock up some time later)
//
// The queue has no mutex of its own: it is touched only by threads that hold the outer lock. So
// notify() comes either before 2, when this thread is no waiter yet, or after 3. From there follows
// the rest:
//
//   no lost wake-up       between 3 and 4 the waiter is awake, and already in the queue. A notify()
//                         that comes now opens a Lock on which nobody sleeps yet; then step 4 does
//                         not sleep. A wake-up is the *state* of a Lock, not a shout, and keeps.
//   no spurious wake-up   only notify() opens a waiter's Lock, and each Lock is opened once.
//   the oldest first      the queue.
//   nobody else's         a wake-up lies in the Lock of the waiter that was chosen. Who comes later
//                         has another Lock.
//   no stolen wake-up     see below.
//
//   thread that sleeps       until                     woken by
//   in step 4                its Lock is open          the notify() that chose it
//   in step 4, wait_for()    or the time is over       the clock
//   in step 5                the outer lock is free    who gives the outer lock up
//
// Somebody whose time is over takes the outer lock back, and only then looks whether its Lock is
// still in the queue. If so, it takes it out: a Lock for which nobody stands any more would be
// opened by some later notify(), and that wake-up would reach nobody. If not, a notify() was
// quicker and has spent a wake-up on this thread; it says "woken", whatever the clock says.
//
// Why it is safe that the Lock lies on the waiter's stack: notify() is the last to touch it,
// holding the outer lock, and the waiter cannot leave step 5 while somebody else holds that.
//
// A woken thread still has to take the outer lock, and others may have it first and take away what
// the news was about. "Woken" means "there was news", not "it is still so": look again. wait() with
// a predicate is that loop.
//
// (Queues of a private lock for each waiter: A. Birrell, "Implementing Condition Variables with
// Semaphores", 2003. That a waiter looks again: B. Lampson and D. Redell, "Experience with
// processes and monitors in Mesa", 1980.)
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * How can a thread sleep on a Lock that it has made itself? Who may open
// LOCKSTEP SKELETON: //    a Lock?
// LOCKSTEP SKELETON: //  * Somebody may notify between the moment when you give the outer lock up
// LOCKSTEP SKELETON: //    and the moment when you sleep. What must he find?
// LOCKSTEP SKELETON: //  * What guards the queue of waiters? Do you need one more mutex?
// LOCKSTEP SKELETON: //  * The owner of an RLock may be three levels deep when it waits.
// LOCKSTEP SKELETON: //  * The time is over, and before the waiter has the outer lock again,
// LOCKSTEP SKELETON: //    notify() chooses it. Was it woken, or not? Who else would be?
class Condition {
 public:
  // A condition with an RLock of its own.
  // LOCKSTEP BEGIN SOLUTION
  Condition() : own_(std::make_unique<RLock>()), lock_(own_.get()) {}
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: Condition() = default;

  // A condition of that lock. Several may share one.
  // LOCKSTEP BEGIN SOLUTION
  explicit Condition(RLock& lock) : lock_(&lock) {}
  explicit Condition(Lock& lock) : lock_(&lock) {}
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit Condition(RLock& lock) { (void)lock; }
  // LOCKSTEP SKELETON: explicit Condition(Lock& lock) { (void)lock; }

  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  // Takes the lock as the lock itself does. Blocks while it is taken.
  void lock() {
    // LOCKSTEP BEGIN SOLUTION
    std::visit([](auto* outer) { outer->lock(); }, lock_);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Takes the lock if that is possible now. Returns whether it did; never blocks.
  bool try_lock() {
    // LOCKSTEP BEGIN SOLUTION
    return std::visit([](auto* outer) { return outer->try_lock(); }, lock_);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Gives the lock back, one level of it. Throws what the lock throws. Never blocks.
  void unlock() {
    // LOCKSTEP BEGIN SOLUTION
    std::visit([](auto* outer) { outer->unlock(); }, lock_);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Gives the lock up, sleeps until a notify() chooses the caller, and takes the lock back as deep
  // as it was. Throws std::logic_error, and does nothing, if the caller does not have the lock (a
  // Lock has no owner: if nobody has locked it).
  void wait() {
    // LOCKSTEP BEGIN SOLUTION
    sleep([](Lock& mine) {
      mine.lock();
      // equivalent flip-constant: who was chosen is not in the list, and sleep() looks there, too
      return true;
    });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As wait(), but gives up after `timeout`; it takes the lock back then, too, and may have to wait
  // for it. Returns whether a notify() chose the caller. Zero does not sleep; nanoseconds::max()
  // waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool wait_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    return sleep([&](Lock& mine) { return mine.try_lock_for(timeout); });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Waits until `predicate()` is true: looks first, and again after each notify() that chooses the
  // caller. It calls the predicate with the lock held. What that throws goes to the caller, who has
  // the lock then as before. Throws std::logic_error as wait() does, without a look.
  template <class Predicate>
  void wait(Predicate predicate) {
    // LOCKSTEP BEGIN SOLUTION
    require_lock();
    while (!predicate()) wait();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)predicate;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // The same for at most `timeout` in all. Returns what `predicate()` said last. Zero looks once.
  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    // LOCKSTEP BEGIN SOLUTION
    // equivalent swap-statements: if both are wrong, which of them is said is left open
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    require_lock();
    // One deadline for the whole call: who is woken in vain does not begin to wait anew.
    const Clock::time_point deadline = deadline_after(timeout);
    while (!predicate()) {
      const std::chrono::nanoseconds left = deadline - Clock::now();
      // equivalent shift-bound: a wait_for(0) does not sleep, and looks once more
      if (left <= left.zero()) return false;
      if (!wait_for(left)) return predicate();
    }
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout, (void)predicate;
    // LOCKSTEP SKELETON: // When does "now + timeout" overflow?
    // LOCKSTEP SKELETON: // What starts the clock again that should not?
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Wakes the `n` threads that have waited longest, or all if they are fewer; none if n < 1. They
  // go on when they can have the lock. Never blocks. Throws std::logic_error as wait() does.
  void notify(std::ptrdiff_t n = 1) {
    // LOCKSTEP BEGIN SOLUTION
    require_lock();
    for (; n > 0 && !waiters_.empty(); --n) {
      waiters_.front()->unlock();
      waiters_.pop_front();
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)n;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Wakes every thread that waits now. Never blocks. Throws std::logic_error as wait() does.
  void notify_all() {
    // LOCKSTEP BEGIN SOLUTION
    require_lock();
    notify(static_cast<std::ptrdiff_t>(waiters_.size()));
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  using Clock = std::chrono::steady_clock;  // wall clocks are set back by people; this one is not

  // now() + timeout, or the end of time where that would overflow.
  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    const Clock::time_point now = Clock::now();
    // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  // All that is different between the two kinds of outer lock: what "to have it" means, and what
  // must be given up and taken back.
  static bool held(const RLock& outer) { return outer.owned_by_caller(); }
  static bool held(const Lock& outer) { return outer.locked(); }

  template <class Call>
  static bool without(RLock& outer, Call call) {
    const RLock::State levels = outer.release_save();
    const bool result = call();
    outer.acquire_restore(levels);
    // equivalent early-return#2: who was chosen is not in the list, and sleep() looks there, too
    return result;
  }

  template <class Call>
  static bool without(Lock& outer, Call call) {
    outer.unlock();
    const bool result = call();
    outer.lock();
    // equivalent early-return#2: who was chosen is not in the list, and sleep() looks there, too
    return result;
  }

  void require_lock() const {
    if (std::visit([](const auto* outer) { return held(*outer); }, lock_)) return;
    throw std::logic_error("Condition: the lock is not held");
  }

  // Steps 1 to 5. `lock_again` locks the waiter's Lock for the second time, and returns false if it
  // gave up. Returns whether notify() chose the caller.
  template <class LockAgain>
  bool sleep(LockAgain lock_again) {
    require_lock();
    Lock mine;
    // equivalent swap-statements: the lock is held, and nobody sees which of the two comes first
    mine.lock();
    waiters_.push_back(&mine);
    const auto call = [&] { return lock_again(mine); };
    if (std::visit([&](auto* outer) { return without(*outer, call); }, lock_)) return true;
    const auto place = std::ranges::find(waiters_, &mine);
    if (place == waiters_.end()) return true;  // chosen in the last moment
    waiters_.erase(place);
    return false;
  }

  const std::unique_ptr<RLock> own_;  // nothing if the caller gave a lock
  const std::variant<RLock*, Lock*> lock_;
  std::list<Lock*> waiters_;  // oldest first; guarded by the lock
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

// Dialogue is a poem for two voices, each read by a thread of its own.
//
// Speaker 0 has the lines 0, 2, 4, ..., speaker 1 the lines 1, 3, 5, ... They are said in their
// order, one at a time, whichever of the two comes first.
//
//   lab::Dialogue dialogue({"Who is there?", "Nobody.", "Come in, Nobody."});
//   std::thread a([&] { dialogue.speak(0, say); });
//   std::thread b([&] { dialogue.speak(1, say); });
//
// Memory ordering: what say() does for one line happens before what it does for the next.
// LOCKSTEP BEGIN SOLUTION
//
// What has to be remembered is whose turn it is: a wake-up alone says nothing to a speaker who was
// not there to hear it. `next_` is that memory, and the Condition is for those who must wait until
// it changes:
//
//   next_ == line          it is this speaker's turn, until this speaker ends it. So say() needs no
//                          lock around it: nobody else will speak.
//   next_ < line           the other one speaks, or has not come yet: sleep.
//   next_ == lines.size()  the dialogue is over, by its last line or by an exception.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * Speaker 1 comes when line 0 has been said already, and its notify has
// LOCKSTEP SKELETON: //    gone by. How does it learn that it may speak?
// LOCKSTEP SKELETON: //  * say() throws. Who waits now for a line that will never be said?
class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  // Says the lines of `speaker` by calling `say(line)` in this thread, each when its turn has come,
  // and returns after the last one. Blocks while it is the other's turn. To be called once for each
  // speaker. What say() throws goes to the caller, and ends the dialogue: no further line is said,
  // and the other speaker returns. Throws std::invalid_argument if `speaker` is not 0 or 1.
  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    // LOCKSTEP BEGIN SOLUTION
    if (speaker != 0 && speaker != 1) throw std::invalid_argument("speak: no such speaker");
    for (auto line = static_cast<std::size_t>(speaker); line < lines_.size(); line += 2) {
      if (!is_turn(line)) return;
      try {
        say(lines_[line]);
      } catch (...) {
        go_on_with(lines_.size());
        throw;
      }
      go_on_with(line + 1);
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)speaker, (void)say;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  // Waits for the turn of `line`. Returns false if the dialogue ended before.
  bool is_turn(std::size_t line) {
    std::scoped_lock hold(changed_);
    changed_.wait([&] { return next_ >= line; });
    return next_ == line;
  }

  void go_on_with(std::size_t line) {
    std::scoped_lock hold(changed_);
    // equivalent swap-statements: who is woken needs the lock before it looks
    next_ = line;
    changed_.notify();  // one is enough: there are two speakers, and this is one of them
  }

  const std::vector<std::string> lines_;
  Condition changed_;     // next_ is another line now
  std::size_t next_ = 0;  // the line whose turn it is; guarded by changed_
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: const std::vector<std::string> lines_;
  // LOCKSTEP SKELETON: // Your members.
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
