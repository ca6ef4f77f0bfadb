#ifndef LAB_09_BARRIER_BARRIER_H_
#define LAB_09_BARRIER_BARRIER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>

namespace lab {

// What Barrier::wait() throws when the others will not come.
class BrokenBarrierError : public std::runtime_error {
 public:
  BrokenBarrierError() : std::runtime_error("the barrier is broken") {}
};

// Barrier is where a fixed number of threads wait for each other: Python's `threading.Barrier`.
//
// wait() blocks until as many threads as `parties` have called it; then all go on together, and the
// barrier is as new, for the next *generation*. So a computation in steps is kept in step: nobody
// begins the next one before everybody has ended the last.
//
//   lab::Barrier step(4, [&] { swap(now, next); });     // once a step, while nobody computes
//   for (int i = 0; i < 4; ++i) {
//     threads.emplace_back([&, i] {
//       while (!done) { compute(i, now, next); step.wait(); }
//     });
//   }
//
// A generation ends in one of two ways, and in the same way for everyone in it. It is *complete*
// when all have come and the action has returned: then each wait() returns. It is *broken* when
// somebody's time was up before the last one came, or somebody called abort() or reset(), or the
// action threw: then each wait() throws. What has been decided stays so: an abort() that comes when
// the generation is complete does not reach those who have not yet woken up.
//
// Memory ordering: what the threads of a generation did before wait() happens before the action,
// and the action happens before any of their wait()s returns.
//
// Lifetime: a Barrier may be destroyed when no thread is inside one of its methods.
//
// --- Think before you write --------------------------------------------
//
//  * The last one has come and the others are told. How far can a quick
//    thread get before a slow one has woken up? What does the slow one see
//    then: its own generation, or the next?
//  * reset() breaks those who wait, and leaves a barrier that is not
//    broken. What do those who wait look at when they wake up?
//  * The action is somebody else's code. What must not be held, and what
//    must not happen to those who wait, while it runs?
class Barrier {
 public:
  // `action`, if it is not empty, is called once for each generation, when all have come and before
  // anybody goes on. `timeout`, if there is one, is that of wait(). Throws std::invalid_argument if
  // `parties` is less than 1 or `timeout` negative.
  explicit Barrier(std::ptrdiff_t parties, std::function<void()> action = {},
                   std::optional<std::chrono::nanoseconds> timeout = {}) {
    (void)parties;
    (void)action;
    (void)timeout;
  }
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Waits for the others. Returns when all have come and the action has returned: a number from 0
  // to parties() - 1, a different one for each thread of a generation. Blocks until then, or until
  // the constructor's timeout is over.
  //
  // Throws BrokenBarrierError if the barrier is broken, or is broken before the generation is
  // complete; if it is this thread that calls the action, what the action throws.
  std::ptrdiff_t wait() {
    throw std::logic_error("not implemented");
  }

  // As wait(), with this timeout instead of the constructor's. If it is over before the last one
  // comes, the barrier is broken, for all. Zero does not wait; nanoseconds::max() waits for ever.
  // Throws std::invalid_argument if `timeout` is negative; nothing is broken then.
  std::ptrdiff_t wait_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    throw std::logic_error("not implemented");
  }

  // Breaks those who wait, if there are any, and leaves a barrier as new, broken or not before.
  // Never blocks.
  void reset() {
    throw std::logic_error("not implemented");
  }

  // Breaks those who wait, and all who will come, until reset(). Never blocks.
  void abort() {
    throw std::logic_error("not implemented");
  }

  // How many threads must come.
  std::ptrdiff_t parties() const {
    throw std::logic_error("not implemented");
  }

  // How many have come and wait for the others; none if the barrier is broken. Never blocks.
  std::ptrdiff_t n_waiting() const {
    throw std::logic_error("not implemented");
  }

  // Whether the barrier is broken: then wait() throws at once, until reset(). Never blocks.
  bool broken() const {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

// Timer calls a function later, in a thread of its own, unless it is cancelled before: Python's
// `threading.Timer`.
//
//   lab::Timer alarm(5s, [&] { connection.close(); });
//   alarm.start();
//   const auto answer = connection.read();
//   alarm.cancel();
//
// Memory ordering: what a thread did before start() happens before the call of the function; the
// call happens before a join() returns.
//
// Lifetime: the end of a Timer cancels it, and waits for the function if it has begun. So it must
// not end in its own function.
//
//  * The time is up, and in the same moment somebody cancels. Who decides
//    which of the two was first?
//  * The thread sleeps for an hour, and is cancelled. How does it learn
//    that?
//  * The function calls cancel() of its own timer. What must not be held
//    then?
class Timer {
 public:
  // Does nothing yet. Throws std::invalid_argument if `interval` is negative or `function` empty.
  Timer(std::chrono::nanoseconds interval, std::function<void()> function) {
    (void)interval;
    (void)function;
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // As cancel(). Then blocks until the function has returned, if it had begun.
  ~Timer() {}

  // From now on, `interval` later, the function is called, in a thread of its own; not if the timer
  // was cancelled before. Never blocks. Throws std::runtime_error if start() was called before.
  void start() {
    throw std::logic_error("not implemented");
  }

  // Returns whether the function will never be called: true if it had not begun, and then it will
  // not; false if it has begun or is over. May be called by anybody, also before start() and by the
  // function, and more than once. Never blocks; does not wait for the function.
  bool cancel() {
    throw std::logic_error("not implemented");
  }

  // Blocks until the function has returned, or the timer is cancelled. Throws std::runtime_error
  // if the timer was not started, and if the function calls it: it would wait for itself.
  void join() {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

}  // namespace lab

#endif  // LAB_09_BARRIER_BARRIER_H_
