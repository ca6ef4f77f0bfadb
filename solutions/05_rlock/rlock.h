#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <cstddef>
// LOCKSTEP BEGIN SOLUTION
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
// LOCKSTEP END SOLUTION
#include <stdexcept>
#include <system_error>

namespace lab {

// RLock is a lock that its owner may lock again: Python's `threading.RLock`.
//
// One thread at a time owns it. The owner may lock it any number of times; each lock() is one
// *level*, and the lock is free again when every level has been given back by unlock(). So a method
// that locks may call another method that locks the same object:
//
//   void Account::add(int amount) { std::scoped_lock hold(lock_); balance_ += amount; }
//   void Account::add_twice(int amount) { std::scoped_lock hold(lock_); add(amount); add(amount); }
//
// It meets the named requirements *Lockable* and (for durations that convert to nanoseconds) the
// timed half of *TimedLockable*, so std::scoped_lock and std::unique_lock work with it.
//
// Memory ordering: if thread X calls unlock() and with it gives the lock up, and thread Y owns the
// lock next, then everything X did before that unlock() happens before everything Y does after its
// lock(). Taking or giving back an inner level orders nothing, and need not.
//
// Lifetime: an RLock may be destroyed while a thread owns it, but not while a thread waits for it.
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// A small mutex guards the state, for a few instructions at a time. No thread keeps it while it
// owns the RLock: what it guards is the *description* of the lock. Such an object is called a
// monitor.
//
//   owner_     levels_   waiters_    meaning
//   nobody     0         empty       free: the next thread that asks has it
//   X          n >= 1    empty       X owns it, n levels deep
//   X          n >= 1    A, B, ...   the same, and A, B, ... sleep, the oldest first
//
// There is no fourth line: *while somebody waits, somebody owns*. unlock() keeps that invariant by
// handing over. When the last level is given back and A waits, then A is made the owner in the same
// critical section, before it even wakes up; at no moment is the lock free for a passer-by. The
// four criteria for a critical section follow from the table:
//
//   mutual exclusion   owner_ names one thread at most.
//   progress           the lock is free only when nobody waits, and a free lock is taken at once.
//   bounded waiting    a waiter only moves forwards; whoever comes later stands behind it.
//   no busy waiting    a waiter sleeps on a condition variable of its own and is woken once.
//
// The simpler design, "set owner_ to nobody, notify one waiter, let it compete", is correct too but
// for the third line: between the notify and the moment when the waiter runs, the old owner can
// lock again, every time. Hand-over costs a switch of thread at each contended unlock(); that is
// the price of fairness, and the benchmark shows it.
//
// Why a condition variable for each waiter: with a single one, notify_one() would wake *some*
// waiter, perhaps not the new owner; that one would sleep again and the owner would never be told.
//
// (C. A. R. Hoare, "Monitors: an operating system structuring concept", 1974, hands over in this
// way; B. Lampson and D. Redell, "Experience with processes and monitors in Mesa", 1980, compete.)
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * What must the lock remember? Which values of it mean "free"?
// LOCKSTEP SKELETON: //  * A std::mutex may guard that memory, for a few instructions at a time.
// LOCKSTEP SKELETON: //    A thread that kept it while it owns the RLock would not even let
// LOCKSTEP SKELETON: //    another one ask who the owner is.
// LOCKSTEP SKELETON: //  * A thread that does not get the lock: where does it wait, who wakes it,
// LOCKSTEP SKELETON: //    and what must be true, still, when it runs again?
// LOCKSTEP SKELETON: //  * The old owner is awake, the waiter is not yet. If both may try, who
// LOCKSTEP SKELETON: //    wins? (README, "bounded waiting")
// LOCKSTEP SKELETON: //  * A waiter that gave up must leave nothing behind that others count on.
class RLock {
 public:
  // What release_save() took away and acquire_restore() brings back. For callers it has no inside.
  class State {
    friend class RLock;
    // LOCKSTEP BEGIN SOLUTION
    explicit State(std::ptrdiff_t levels) : levels_(levels) {}
    std::ptrdiff_t levels_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: // Your members: whatever acquire_restore() will need.
  };

  RLock() = default;
  RLock(const RLock&) = delete;
  RLock& operator=(const RLock&) = delete;

  // Takes one more level. Blocks while another thread owns the lock; the owner never blocks.
  void lock() {
    // LOCKSTEP BEGIN SOLUTION
    acquire(1);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Takes one more level if no other thread owns the lock. Returns whether it did; never blocks.
  // It is refused only because another thread *owns* the lock, never because one merely asks.
  bool try_lock() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return enter(1);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As lock(), but gives up after `timeout`. Returns whether the lock was taken. Zero tries once;
  // nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool try_lock_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    if (timeout < timeout.zero()) throw std::invalid_argument("try_lock_for: negative timeout");
    const Clock::time_point deadline = deadline_after(timeout);
    std::unique_lock hold(mutex_);
    if (enter(1)) return true;
    // equivalent drop-guard: a wait whose end has come looks once more, and gives up
    if (timeout == timeout.zero()) return false;

    Waiter me{std::this_thread::get_id(), 1, {}};
    const auto place = waiters_.insert(waiters_.end(), &me);
    const auto is_mine = [&] { return owner_ == me.thread; };
    // In its last look wait_until() holds mutex_ again: a lock handed over while the time ran out
    // is ours, and is not given back.
    if (me.turn.wait_until(hold, deadline, is_mine)) return true;
    waiters_.erase(place);
    return false;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: // When does "now + timeout" overflow?
    // LOCKSTEP SKELETON: // What starts the clock again that should not?
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Gives one level back; with the last one the lock is free, or the next waiter's. Never blocks.
  // Throws std::system_error (operation_not_permitted, EPERM) if the caller is not the owner, and
  // then changes nothing.
  void unlock() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    require_owner();
    if (--levels_ == 0) hand_over();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Whether the caller is the owner. Only the caller itself can change the answer.
  bool owned_by_caller() const { return recursion_count() > 0; }

  // How many levels the caller holds: 0 if it is not the owner, whoever else may be.
  std::ptrdiff_t recursion_count() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return owner_ == std::this_thread::get_id() ? levels_ : 0;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Gives back every level at once, for a wait of lab 06_condition: while its caller sleeps, others
  // may own the lock. Never blocks. Throws EPERM as unlock() does.
  State release_save() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    require_owner();
    const State all(levels_);
    hand_over();
    return all;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Takes the lock as lock() does, as many levels deep as it was before release_save(). The caller
  // must not own it.
  void acquire_restore(State state) {
    // LOCKSTEP BEGIN SOLUTION
    acquire(state.levels_);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)state;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  using Clock = std::chrono::steady_clock;  // wall clocks are set back by people; this one is not

  // A thread in line. It lives on that thread's own stack, so it is gone as soon as the thread runs
  // on: whoever touches it holds mutex_ and found it in waiters_ under the same hold.
  struct Waiter {
    const std::thread::id thread;
    const std::ptrdiff_t levels;  // how deep it wants to go
    std::condition_variable turn;
  };

  // now() + timeout, or the end of time where that would overflow.
  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    const Clock::time_point now = Clock::now();
    // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  // Takes `levels` more if the lock is free or the caller's. Needs mutex_.
  bool enter(std::ptrdiff_t levels) {
    const std::thread::id caller = std::this_thread::get_id();
    if (owner_ != std::thread::id() && owner_ != caller) return false;
    owner_ = caller;
    levels_ += levels;
    return true;
  }

  void acquire(std::ptrdiff_t levels) {
    std::unique_lock hold(mutex_);
    if (enter(levels)) return;
    Waiter me{std::this_thread::get_id(), levels, {}};
    waiters_.push_back(&me);
    me.turn.wait(hold, [&] { return owner_ == me.thread; });
  }

  // Needs mutex_.
  void require_owner() const {
    if (owner_ == std::this_thread::get_id()) return;
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted),
                            "RLock: the caller is not the owner");
  }

  // The owner leaves: makes the oldest waiter the owner, or nobody. Needs mutex_, also for the
  // notify: the waiter could otherwise see that it is the owner, return, and take its condition
  // variable away while we are about to use it.
  void hand_over() {
    if (waiters_.empty()) {
      owner_ = std::thread::id();
      levels_ = 0;
      return;
    }
    Waiter& next = *waiters_.front();
    // equivalent swap-statements: mutex_ is held, and nobody sees which of the two comes first
    waiters_.pop_front();
    owner_ = next.thread;
    // equivalent swap-statements: the waiter needs mutex_ before it can look
    levels_ = next.levels;
    next.turn.notify_one();
  }

  mutable std::mutex mutex_;  // guards everything below
  std::thread::id owner_;     // the default id is no thread's: nobody
  std::ptrdiff_t levels_ = 0;
  std::list<Waiter*> waiters_;  // oldest first
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
