#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <cstddef>
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
//
// --- Think before you write --------------------------------------------
//
//  * What must the lock remember? Which values of it mean "free"?
//  * A std::mutex may guard that memory, for a few instructions at a time.
//    A thread that kept it while it owns the RLock would not even let
//    another one ask who the owner is.
//  * A thread that does not get the lock: where does it wait, who wakes it,
//    and what must be true, still, when it runs again?
//  * The old owner is awake, the waiter is not yet. If both may try, who
//    wins? (README, "bounded waiting")
//  * A waiter that gave up must leave nothing behind that others count on.
class RLock {
 public:
  // What release_save() took away and acquire_restore() brings back. For callers it has no inside.
  class State {
    friend class RLock;
    // Your members: whatever acquire_restore() will need.
  };

  RLock() = default;
  RLock(const RLock&) = delete;
  RLock& operator=(const RLock&) = delete;

  // Takes one more level. Blocks while another thread owns the lock; the owner never blocks.
  void lock() {
    throw std::logic_error("not implemented");
  }

  // Takes one more level if no other thread owns the lock. Returns whether it did; never blocks.
  // It is refused only because another thread *owns* the lock, never because one merely asks.
  bool try_lock() {
    throw std::logic_error("not implemented");
  }

  // As lock(), but gives up after `timeout`. Returns whether the lock was taken. Zero tries once;
  // nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool try_lock_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    // When does "now + timeout" overflow?
    // What starts the clock again that should not?
    throw std::logic_error("not implemented");
  }

  // Gives one level back; with the last one the lock is free, or the next waiter's. Never blocks.
  // Throws std::system_error (operation_not_permitted, EPERM) if the caller is not the owner, and
  // then changes nothing.
  void unlock() {
    throw std::logic_error("not implemented");
  }

  // Whether the caller is the owner. Only the caller itself can change the answer.
  bool owned_by_caller() const { return recursion_count() > 0; }

  // How many levels the caller holds: 0 if it is not the owner, whoever else may be.
  std::ptrdiff_t recursion_count() const {
    throw std::logic_error("not implemented");
  }

  // Gives back every level at once, for a wait of lab 06_condition: while its caller sleeps, others
  // may own the lock. Never blocks. Throws EPERM as unlock() does.
  State release_save() {
    throw std::logic_error("not implemented");
  }

  // Takes the lock as lock() does, as many levels deep as it was before release_save(). The caller
  // must not own it.
  void acquire_restore(State state) {
    (void)state;
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
