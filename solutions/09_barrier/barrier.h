#ifndef LAB_09_BARRIER_BARRIER_H_
#define LAB_09_BARRIER_BARRIER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
// LOCKSTEP BEGIN SOLUTION
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
// LOCKSTEP END SOLUTION

namespace lab {

// LOCKSTEP BEGIN SOLUTION
// now() + duration, or the end of time where that would overflow. (Wall clocks are set back by
// people; a steady_clock is not.)
inline std::chrono::steady_clock::time_point deadline_after(std::chrono::nanoseconds duration) {
  using TimePoint = std::chrono::steady_clock::time_point;
  const TimePoint now = std::chrono::steady_clock::now();
  // equivalent shift-bound: where the two are equal, now + duration is the end of time, too
  return duration < TimePoint::max() - now ? now + duration : TimePoint::max();
}

// LOCKSTEP END SOLUTION
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
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// The first idea is a count that the last thread puts back to zero:
//
//   A: wait() for the first time         B: wait() for the first time
//   count 1; sleeps until count == 2
//                                        count 2: notifies, count = 0, returns
//                                        wait() for the second time: count 1, sleeps
//   wakes up, looks: count is 1
//   sleeps                               ... and both sleep for ever
//
// A asked about *its* generation and got an answer about the next one. So each generation has an
// object of its own, which knows how it ended and never becomes anything else; whoever comes keeps
// a pointer to the one it belongs to, and asks that.
//
//   current_        the generation that threads come to now. Never null.
//   come            how many have come to a generation.
//   state           kFilling, then kFull while the action runs, then for ever kComplete; or
//                   kBroken, for ever, from either of the first two.
//
// A complete generation is replaced by a new one at once. A broken one stays the current one, and
// so tells all who come that the barrier is broken, until reset() replaces it.
//
//   who sleeps                    until                          who wakes it
//   wait()                        mine->state is decided         the last that comes; abort(),
//                                                                reset(); one whose time is up
//   wait() with a timeout         the same, or time              the same
//   wait() while an action runs   current_ is not kFull          the thread of the action
//
// kFull is the time while the action runs, *without* the mutex: it is somebody else's code, and may
// take long, throw, and use the barrier. In this state the time of those who wait is not up any
// more, since all have come; and newcomers are not counted, so that the actions of two generations
// never run at once.
//
// What one could do instead: let the old generation drain before the next may fill, as Python does
// (right/fill_and_drain); tell each waiter its own result (right/a_note_for_each); let each
// generation be a future (right/a_future_for_each_round). A single number that only grows, as in
// lab 08_event, is enough for a barrier that cannot break: but a thread that slept through two
// generations must still learn how the first one ended.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * The last one has come and the others are told. How far can a quick
// LOCKSTEP SKELETON: //    thread get before a slow one has woken up? What does the slow one see
// LOCKSTEP SKELETON: //    then: its own generation, or the next?
// LOCKSTEP SKELETON: //  * reset() breaks those who wait, and leaves a barrier that is not
// LOCKSTEP SKELETON: //    broken. What do those who wait look at when they wake up?
// LOCKSTEP SKELETON: //  * The action is somebody else's code. What must not be held, and what
// LOCKSTEP SKELETON: //    must not happen to those who wait, while it runs?
class Barrier {
 public:
  // `action`, if it is not empty, is called once for each generation, when all have come and before
  // anybody goes on. `timeout`, if there is one, is that of wait(). Throws std::invalid_argument if
  // `parties` is less than 1 or `timeout` negative.
  // LOCKSTEP BEGIN SOLUTION
  explicit Barrier(std::ptrdiff_t parties, std::function<void()> action = {},
                   std::optional<std::chrono::nanoseconds> timeout = std::nullopt)
      : parties_(parties), action_(std::move(action)), timeout_(timeout) {
    // equivalent swap-statements: if both are wrong, which of them is said is left open
    if (parties < 1) throw std::invalid_argument("Barrier: less than one party");
    if (timeout) check(*timeout);
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit Barrier(std::ptrdiff_t parties, std::function<void()> action = {},
  // LOCKSTEP SKELETON:                  std::optional<std::chrono::nanoseconds> timeout = {}) {
  // LOCKSTEP SKELETON:   (void)parties;
  // LOCKSTEP SKELETON:   (void)action;
  // LOCKSTEP SKELETON:   (void)timeout;
  // LOCKSTEP SKELETON: }
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Waits for the others. Returns when all have come and the action has returned: a number from 0
  // to parties() - 1, a different one for each thread of a generation. Blocks until then, or until
  // the constructor's timeout is over.
  //
  // Throws BrokenBarrierError if the barrier is broken, or is broken before the generation is
  // complete; if it is this thread that calls the action, what the action throws.
  std::ptrdiff_t wait() {
    // LOCKSTEP BEGIN SOLUTION
    return wait_at_most(timeout_);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As wait(), with this timeout instead of the constructor's. If it is over before the last one
  // comes, the barrier is broken, for all. Zero does not wait; nanoseconds::max() waits for ever.
  // Throws std::invalid_argument if `timeout` is negative; nothing is broken then.
  std::ptrdiff_t wait_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    check(timeout);
    return wait_at_most(timeout);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Breaks those who wait, if there are any, and leaves a barrier as new, broken or not before.
  // Never blocks.
  void reset() {
    // LOCKSTEP BEGIN SOLUTION
    auto next = std::make_shared<Generation>();  // may throw, and then nothing has happened
    std::scoped_lock hold(mutex_);
    current_->state = State::kBroken;
    // equivalent swap-statements: one critical section; who is woken needs the mutex to look
    current_ = std::move(next);
    changed_.notify_all();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Breaks those who wait, and all who will come, until reset(). Never blocks.
  void abort() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    break_it(*current_);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // How many threads must come.
  std::ptrdiff_t parties() const {
    // LOCKSTEP BEGIN SOLUTION
    return parties_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // How many have come and wait for the others; none if the barrier is broken. Never blocks.
  std::ptrdiff_t n_waiting() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return current_->state == State::kFilling ? current_->come : 0;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Whether the barrier is broken: then wait() throws at once, until reset(). Never blocks.
  bool broken() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return current_->state == State::kBroken;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  enum class State { kFilling, kFull, kComplete, kBroken };

  struct Generation {
    std::ptrdiff_t come = 0;
    State state = State::kFilling;
  };

  static void check(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("Barrier: a negative timeout");
  }

  std::ptrdiff_t wait_at_most(std::optional<std::chrono::nanoseconds> timeout) {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [&] { return current_->state != State::kFull; });
    const std::shared_ptr<Generation> mine = current_;  // it may not stay the current one
    if (mine->state == State::kBroken) throw BrokenBarrierError();
    const std::ptrdiff_t index = mine->come++;
    if (mine->come == parties_) {
      complete(hold, *mine);
    } else {
      const auto not_filling = [&] { return mine->state != State::kFilling; };
      if (!timeout) {
        changed_.wait(hold, not_filling);
      } else if (!changed_.wait_until(hold, deadline_after(*timeout), not_filling)) {
        break_it(*mine);
      }
      changed_.wait(hold, [&] { return mine->state != State::kFull; });
    }
    if (mine->state == State::kBroken) throw BrokenBarrierError();
    return index;
  }

  // All have come. Needs mutex_, lets go of it for the action, and has it again when it returns or
  // throws.
  void complete(std::unique_lock<std::mutex>& hold, Generation& mine) {
    mine.state = State::kFull;
    try {
      auto next = std::make_shared<Generation>();
      if (action_) call_without(hold);
      if (mine.state == State::kBroken) return;  // by the action, or beside it
      // equivalent swap-statements: mutex_ is held, and nobody sees which of the two comes first
      mine.state = State::kComplete;
      // equivalent swap-statements: mutex_ is held; who is woken needs it before it looks
      current_ = std::move(next);
      changed_.notify_all();
    } catch (...) {
      break_it(mine);
      throw;
    }
  }

  void call_without(std::unique_lock<std::mutex>& hold) {
    hold.unlock();
    try {
      action_();
    } catch (...) {
      hold.lock();
      throw;
    }
    hold.lock();
  }

  // Needs mutex_.
  void break_it(Generation& generation) {
    // equivalent swap-statements: mutex_ is held; who is woken needs it before it looks
    generation.state = State::kBroken;
    changed_.notify_all();
  }

  const std::ptrdiff_t parties_;
  const std::function<void()> action_;
  const std::optional<std::chrono::nanoseconds> timeout_;
  mutable std::mutex mutex_;         // guards current_ and all in it; never held in action_()
  std::condition_variable changed_;  // the state of a generation, or which one is the current one
  std::shared_ptr<Generation> current_ = std::make_shared<Generation>();
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
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
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// Two things may happen to a timer that has been started, and at most one of them does: its thread
// takes the step to called_ when the time is over, or somebody takes the step to cancelled_. Each
// is one step under the mutex that looks at the other flag *and* sets its own. So it is settled,
// for ever, which of the two was first. To look whether it was cancelled and then to call, in two
// steps, is the mistake to be made here: cancel() comes in between, and answers what is not so.
//
//   who sleeps            until                      who wakes it
//   the timer's thread    cancelled_, or time        cancel()
//   join()                cancelled_ or over_        cancel(), the timer's thread
//
// The function is called without the mutex: it may call cancel(), or start other timers.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * The time is up, and in the same moment somebody cancels. Who decides
// LOCKSTEP SKELETON: //    which of the two was first?
// LOCKSTEP SKELETON: //  * The thread sleeps for an hour, and is cancelled. How does it learn
// LOCKSTEP SKELETON: //    that?
// LOCKSTEP SKELETON: //  * The function calls cancel() of its own timer. What must not be held
// LOCKSTEP SKELETON: //    then?
class Timer {
 public:
  // Does nothing yet. Throws std::invalid_argument if `interval` is negative or `function` empty.
  // LOCKSTEP BEGIN SOLUTION
  Timer(std::chrono::nanoseconds interval, std::function<void()> function)
      : interval_(interval), function_(std::move(function)) {
    // equivalent swap-statements: if both are wrong, which of them is said is left open
    if (interval < interval.zero()) throw std::invalid_argument("Timer: a negative interval");
    if (!function_) throw std::invalid_argument("Timer: nothing to call");
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: Timer(std::chrono::nanoseconds interval, std::function<void()> function) {
  // LOCKSTEP SKELETON:   (void)interval;
  // LOCKSTEP SKELETON:   (void)function;
  // LOCKSTEP SKELETON: }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // As cancel(). Then blocks until the function has returned, if it had begun.
  // LOCKSTEP BEGIN SOLUTION
  ~Timer() {
    cancel();
    if (thread_.joinable()) thread_.join();
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: ~Timer() {}

  // From now on, `interval` later, the function is called, in a thread of its own; not if the timer
  // was cancelled before. Never blocks. Throws std::runtime_error if start() was called before.
  void start() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    if (started_) throw std::runtime_error("Timer: started twice");
    // The new thread waits for the mutex until we are done here.
    //
    // equivalent swap-statements: one critical section. Where the system has no thread left, what
    // std::thread throws leaves a timer behind of which nothing is promised
    if (!cancelled_) {
      thread_ = std::thread([this, deadline = deadline_after(interval_)] { run(deadline); });
    }
    started_ = true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Returns whether the function will never be called: true if it had not begun, and then it will
  // not; false if it has begun or is over. May be called by anybody, also before start() and by the
  // function, and more than once. Never blocks; does not wait for the function.
  bool cancel() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    if (called_) return false;
    cancelled_ = true;
    changed_.notify_all();
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Blocks until the function has returned, or the timer is cancelled. Throws std::runtime_error
  // if the timer was not started, and if the function calls it: it would wait for itself.
  void join() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    // equivalent swap-statements: before the start there is no thread that the caller could be
    if (!started_) throw std::runtime_error("Timer: joined before it was started");
    if (std::this_thread::get_id() == thread_.get_id()) {
      throw std::runtime_error("Timer: joined by its own function");
    }
    changed_.wait(hold, [this] { return cancelled_ || over_; });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  void run(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock hold(mutex_);
    // In its last look wait_until() holds the mutex: a cancel() that came while the time ran out
    // counts.
    if (changed_.wait_until(hold, deadline, [this] { return cancelled_; })) return;
    called_ = true;
    hold.unlock();
    function_();
    hold.lock();
    // equivalent swap-statements: the mutex is held; who is woken needs it before it looks
    over_ = true;
    changed_.notify_all();
  }

  const std::chrono::nanoseconds interval_;
  const std::function<void()> function_;
  std::mutex mutex_;  // guards all below; not held in function_()
  std::condition_variable changed_;
  bool started_ = false;
  bool cancelled_ = false;  // never together with called_
  bool called_ = false;
  bool over_ = false;
  std::thread thread_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

}  // namespace lab

#endif  // LAB_09_BARRIER_BARRIER_H_
