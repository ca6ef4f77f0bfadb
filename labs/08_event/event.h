#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <chrono>
#include <functional>
#include <stdexcept>

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
//
// --- Think before you write --------------------------------------------
//
//  * Who sleeps, and until what is true? Who makes it true, and wakes whom?
//  * A thread that is woken does not run at once. What may other threads do
//    before it looks? Will it still see that it was told?
//  * Two threads wait. The first wakes up and tidies up. What is left for
//    the second?
//  * A thread that comes after set() and clear(): can it take what was meant
//    for one that came before?
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // Whether the event is set. Never blocks.
  bool is_set() const {
    throw std::logic_error("not implemented");
  }

  // Sets the event, and wakes every thread that waits for it. Never blocks.
  void set() {
    throw std::logic_error("not implemented");
  }

  // Threads that call wait() from now on will block, until the next set(). Never blocks.
  void clear() {
    throw std::logic_error("not implemented");
  }

  // Returns when the event is set, or has been set since the call began. Blocks until then.
  void wait() {
    throw std::logic_error("not implemented");
  }

  // As wait(), but gives up after `timeout`. Returns whether the event was set; false means that
  // the time was over. Zero looks once; nanoseconds::max() waits for ever. Throws
  // std::invalid_argument if `timeout` is negative.
  bool wait_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    // When does "now + timeout" overflow?
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
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
//
//  * In which class of this file is nearly everything that a gate needs?
//  * on_waiting is somebody else's code. What may it do, and what must
//    you not hold while it does?
class ServiceGate {
 public:
  // A closed gate. Throws std::invalid_argument if `period` is zero or negative.
  explicit ServiceGate(std::chrono::nanoseconds period =
                           std::chrono::seconds(2)) {
    (void)period;
  }
  ServiceGate(const ServiceGate&) = delete;
  ServiceGate& operator=(const ServiceGate&) = delete;

  // Returns when the gate is open; blocks until then. Each time that a period is over and the gate
  // still closed, calls `on_waiting` in this thread, unless that is empty; the first period begins
  // with the call. What on_waiting() throws goes to the caller, and the gate is as before.
  void enter(const std::function<void()>& on_waiting) {
    (void)on_waiting;
    throw std::logic_error("not implemented");
  }

  // Opens the gate for all who wait and all who will ever come. Never blocks.
  void open() {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

}  // namespace lab

#endif  // LAB_08_EVENT_EVENT_H_
