#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <chrono>
#include <functional>
#include <stdexcept>
// LOCKSTEP BEGIN SOLUTION
#include <condition_variable>
#include <cstdint>
#include <mutex>
// LOCKSTEP END SOLUTION

namespace lab {

// Event is a switch that threads can wait for: Python's `threading.Event`.
//
// It is off at first. wait() blocks until somebody turns it on with set(); from then on it blocks
// nobody, until clear() turns it off again. So one thread tells any number of others that something
// is so: the service is up, the data is there, please stop.
//
//   lab::Event ready;
//   std::thread worker([&] { ready.wait(); use(data); });
//   data = load();
//   ready.set();
//
// set() tells everybody who waits at that moment, for good: they return, even if clear() follows
// before one of them has run. Those who come later find the switch as it is then.
//
// Memory ordering: if thread X calls set(), and thread Y learns of it, because its wait() or
// wait_for() returned for it or because is_set() answered true, then everything X did before that
// set() happens before everything Y does after. clear() orders nothing.
//
// Lifetime: an Event may be destroyed when no thread is inside one of its methods.
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// A mutex guards two members; a condition variable is for those who sleep.
//
//   set_     the switch.
//   rounds_  how often it was turned on. It only grows.
//
// A waiter may go when the switch is on *or* when it has been on since the waiter came. The first
// alone is the mistake that everybody makes:
//
//   waiter                          setter
//   set_ is false: sleeps
//                                   set():   set_ = true, notify_all
//                                   clear(): set_ = false
//   wakes up, looks: set_ is false
//   sleeps                          ... and was told, and has missed it
//
// A notification is a tap on the shoulder and carries no news; what is so when the waiter at last
// holds the mutex may not be what was so when it was tapped. Whatever must not be missed has to
// stay true until the waiter has looked. `rounds_ != before` does: nothing makes it false again.
//
//   thread that sleeps     until                         woken by
//   in wait(), wait_for()  set_ || rounds_ != before     set(), all of them
//   in wait_for()          its deadline                  the clock
//
// What one could do instead, and why not. Give out a wake-up for each sleeper (a semaphore): a
// thread that comes after clear() may take it before the sleeper does. Let set() wait until all
// sleepers have gone: then set() blocks, on threads that it knows nothing about. One flag "just
// set" beside set_: who puts it back, and when? A number is the flag that need not be put back.
// (Numbered rounds, or *generations*, come back in lab 09_barrier; they are what makes a barrier
// reusable.)
//
// 2^64 rounds are 584 years of one set() each nanosecond: rounds_ does not come round.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * Who sleeps, and until what is true? Who makes it true, and wakes whom?
// LOCKSTEP SKELETON: //  * A thread that is woken does not run at once. What may other threads do
// LOCKSTEP SKELETON: //    before it looks? Will it still see that it was told?
// LOCKSTEP SKELETON: //  * Two threads wait. The first wakes up and tidies up. What is left for
// LOCKSTEP SKELETON: //    the second?
// LOCKSTEP SKELETON: //  * A thread that comes after set() and clear(): can it take what was meant
// LOCKSTEP SKELETON: //    for one that came before?
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // Whether the event is set. Never blocks.
  bool is_set() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return set_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Sets the event, and wakes every thread that waits for it. Never blocks.
  void set() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    // equivalent drop-guard: nobody sleeps who has not been told; another round tells them once
    // more
    if (set_) return;
    set_ = true;
    ++rounds_;
    changed_.notify_all();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Threads that call wait() from now on will block, until the next set(). Never blocks.
  void clear() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    set_ = false;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Returns when the event is set, or has been set since the call began. Blocks until then.
  void wait() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this, before = rounds_] { return set_ || rounds_ != before; });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As wait(), but gives up after `timeout`. Returns whether the event was set; false means that
  // the time was over. Zero looks once; nanoseconds::max() waits for ever. Throws
  // std::invalid_argument if `timeout` is negative.
  bool wait_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    const Clock::time_point deadline = deadline_after(timeout);
    std::unique_lock hold(mutex_);
    // In its last look wait_until() holds the mutex again: a set() that came while the time ran out
    // counts.
    return changed_.wait_until(hold, deadline,
                               [this, before = rounds_] { return set_ || rounds_ != before; });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: // When does "now + timeout" overflow?
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

  mutable std::mutex mutex_;         // guards set_ and rounds_
  std::condition_variable changed_;  // rounds_ has grown
  bool set_ = false;
  std::uint64_t rounds_ = 0;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

// ServiceGate is where threads wait for a service that is not up yet.
//
// They wait together and are told nothing by the service until it is there; so that nobody takes
// them for dead, each says "still waiting" once a period, in its own words.
//
//   lab::ServiceGate gate;                              // a period of 2 s
//   std::thread worker([&] {
//     gate.enter([] { log("waiting for the database"); });
//     work();
//   });
//   start_database();
//   gate.open();
//
// A gate opens once and stays open.
//
// Memory ordering: everything before the first open() happens before everything after an enter().
//
// Lifetime: a ServiceGate may be destroyed when no thread is inside one of its methods.
// LOCKSTEP BEGIN SOLUTION
//
// The whole class is one Event and one loop around it. What is left to get right is what the loop
// does *not* do: it holds no lock while on_waiting() runs, so that may take its time, throw, or use
// the gate; and it keeps no count that an exception could leave wrong.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * In which class of this file is nearly everything that a gate needs?
// LOCKSTEP SKELETON: //  * on_waiting is somebody else's code. What may it do, and what must
// LOCKSTEP SKELETON: //    you not hold while it does?
class ServiceGate {
 public:
  // A closed gate. Throws std::invalid_argument if `period` is zero or negative.
  // LOCKSTEP BEGIN SOLUTION
  explicit ServiceGate(std::chrono::nanoseconds period = std::chrono::seconds(2))
      : period_(period) {
    if (period <= period.zero()) throw std::invalid_argument("ServiceGate: the period is not > 0");
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit ServiceGate(std::chrono::nanoseconds period =
  // LOCKSTEP SKELETON:                          std::chrono::seconds(2)) {
  // LOCKSTEP SKELETON:   (void)period;
  // LOCKSTEP SKELETON: }
  ServiceGate(const ServiceGate&) = delete;
  ServiceGate& operator=(const ServiceGate&) = delete;

  // Returns when the gate is open; blocks until then. Each time that a period is over and the gate
  // still closed, calls `on_waiting` in this thread, unless that is empty; the first period begins
  // with the call. What on_waiting() throws goes to the caller, and the gate is as before.
  void enter(const std::function<void()>& on_waiting) {
    // LOCKSTEP BEGIN SOLUTION
    while (!open_.wait_for(period_)) {
      if (on_waiting) on_waiting();
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)on_waiting;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Opens the gate for all who wait and all who will ever come. Never blocks.
  void open() {
    // LOCKSTEP BEGIN SOLUTION
    open_.set();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  const std::chrono::nanoseconds period_;
  Event open_;  // never cleared
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

}  // namespace lab

#endif  // LAB_08_EVENT_EVENT_H_
