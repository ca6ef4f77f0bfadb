#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

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
//
// --- Think before you write --------------------------------------------
//
//  * How can a thread sleep on a Lock that it has made itself? Who may open
//    a Lock?
//  * Somebody may notify between the moment when you give the outer lock up
//    and the moment when you sleep. What must he find?
//  * What guards the queue of waiters? Do you need one more mutex?
//  * The owner of an RLock may be three levels deep when it waits.
//  * The time is over, and before the waiter has the outer lock again,
//    notify() chooses it. Was it woken, or not? Who else would be?
class Condition {
 public:
  // A condition with an RLock of its own.
  Condition() = default;

  // A condition of that lock. Several may share one.
  explicit Condition(RLock& lock) { (void)lock; }
  explicit Condition(Lock& lock) { (void)lock; }

  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  // Takes the lock as the lock itself does. Blocks while it is taken.
  void lock() {
    throw std::logic_error("not implemented");
  }

  // Takes the lock if that is possible now. Returns whether it did; never blocks.
  bool try_lock() {
    throw std::logic_error("not implemented");
  }

  // Gives the lock back, one level of it. Throws what the lock throws. Never blocks.
  void unlock() {
    throw std::logic_error("not implemented");
  }

  // Gives the lock up, sleeps until a notify() chooses the caller, and takes the lock back as deep
  // as it was. Throws std::logic_error, and does nothing, if the caller does not have the lock (a
  // Lock has no owner: if nobody has locked it).
  void wait() {
    throw std::logic_error("not implemented");
  }

  // As wait(), but gives up after `timeout`; it takes the lock back then, too, and may have to wait
  // for it. Returns whether a notify() chose the caller. Zero does not sleep; nanoseconds::max()
  // waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool wait_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    throw std::logic_error("not implemented");
  }

  // Waits until `predicate()` is true: looks first, and again after each notify() that chooses the
  // caller. It calls the predicate with the lock held. What that throws goes to the caller, who has
  // the lock then as before. Throws std::logic_error as wait() does, without a look.
  template <class Predicate>
  void wait(Predicate predicate) {
    (void)predicate;
    throw std::logic_error("not implemented");
  }

  // The same for at most `timeout` in all. Returns what `predicate()` said last. Zero looks once.
  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    (void)timeout, (void)predicate;
    // When does "now + timeout" overflow?
    // What starts the clock again that should not?
    throw std::logic_error("not implemented");
  }

  // Wakes the `n` threads that have waited longest, or all if they are fewer; none if n < 1. They
  // go on when they can have the lock. Never blocks. Throws std::logic_error as wait() does.
  void notify(std::ptrdiff_t n = 1) {
    (void)n;
    throw std::logic_error("not implemented");
  }

  // Wakes every thread that waits now. Never blocks. Throws std::logic_error as wait() does.
  void notify_all() {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
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
//
//  * Speaker 1 comes when line 0 has been said already, and its notify has
//    gone by. How does it learn that it may speak?
//  * say() throws. Who waits now for a line that will never be said?
class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  // Says the lines of `speaker` by calling `say(line)` in this thread, each when its turn has come,
  // and returns after the last one. Blocks while it is the other's turn. To be called once for each
  // speaker. What say() throws goes to the caller, and ends the dialogue: no further line is said,
  // and the other speaker returns. Throws std::invalid_argument if `speaker` is not 0 or 1.
  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    (void)speaker, (void)say;
    throw std::logic_error("not implemented");
  }

 private:
  const std::vector<std::string> lines_;
  // Your members.
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
