#ifndef LAB_12_THREAD_POOL_FUTURE_H_
#define LAB_12_THREAD_POOL_FUTURE_H_

// LOCKSTEP BEGIN SOLUTION
// A future is a result that is not there yet: Python's `concurrent.futures.Future`, and the two
// functions that wait for many of them, `wait` and `as_completed`.
//
// --- One future -------------------------------------------------------------------------------
//
// All handles of a future share one State, under one mutex. It lives through these phases, and
// never goes back:
//
//                  set_running_or_notify_cancel()          set_result(), set_exception()
//      pending ------------------------------> running ---------------------------> finished
//         |  \                                                                         ^
//         |   `------------------------ set_result(), set_exception() -----------------'
//         | cancel()
//         v         set_running_or_notify_cancel()
//      cancelled ------------------------------> cancelled, and seen
//
// "Is it pending? then cancel it" looks and acts, and so is one step under the mutex; so is "is it
// pending? then run it". Of a cancel() and a pool that begins the task in the same moment, one
// comes first, and the other one finds out.
//
// Who is told, and when:
//
//   who                     waits for                        is told by
//   ----------------------  -------------------------------  --------------------------------------
//   result(), exception()   finished or cancelled            notify_all on ended, under the mutex
//   a done callback         finished or cancelled            a call, when the mutex is free again
//   wait(), as_completed()  finished, or cancelled and seen  Watch::report, under the mutex
//
// notify_all, because the news is for everybody who waits: one result serves them all.
//
// A callback is foreign code. It may ask this very future for its result, add another callback,
// submit a task, or wait for a thread that does. So it is called with no lock held. The list of
// callbacks is taken out of the State in the same critical section in which the phase changes; so
// each is found exactly once: by the one who completes the future, if it was in the list by then,
// and otherwise by its own add_done_callback, which sees under the same mutex that it came late.
//
// Memory ordering: everything a thread did before set_result(), set_exception() or cancel() happens
// before everything that follows a result(), exception() or done() that saw it, and before the
// callbacks. value and error are written once, before the phase says that the future has ended.
// Who has seen that phase under the mutex may therefore read them without it, and so result() can
// return a reference.
//
// --- Many futures -----------------------------------------------------------------------------
//
// Waiting for one future after the other would not do: as_completed must hear of whichever comes
// first. So a Watch is a place to sleep of its own, and each of its futures gets a note "tell that
// Watch". A future is either ended when the note is brought (then the Watch is told on the spot),
// or it will find the note when it ends; look and leave the note are one step under the future's
// mutex. Two orders of locking would be a deadlock; here it is always the future's mutex first,
// then the Watch's, and no two futures' at once.
//
// A Watch takes back its notes when it is destroyed: who gave up must not be told any more.
//
// Lifetime: a State lives as long as a handle does; the thread that completes a future uses its own
// handle. Any thread may use any handle; one handle *object* that is assigned to needs a guard,
// like every variable.
//
// Sources: PEP 3148 and the class of the same name in Python's concurrent.futures. H. Baker and
// C. Hewitt, The incremental garbage collection of processes (1977), where futures come from.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: // A future is a result that is not there yet. README.md explains the idea and
// LOCKSTEP SKELETON: // gives the whole contract.
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Yours to write: every function that says not_implemented, and what a Future
// LOCKSTEP SKELETON: // keeps. The errors and Generator are given. You may change anything in this
// LOCKSTEP SKELETON: // file, as long as it keeps the contract.

// LOCKSTEP BEGIN SOLUTION
#include <algorithm>
// LOCKSTEP END SOLUTION
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
// LOCKSTEP BEGIN SOLUTION
#include <set>
// LOCKSTEP END SOLUTION
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace lab {

// What result() and exception() of a cancelled future throw.
class CancelledError : public std::runtime_error {
 public:
  CancelledError() : std::runtime_error("the future was cancelled") {}
};

// The time given was over first.
class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("the time is up") {}
};

// A future cannot do that any more: it was completed, cancelled or begun before.
class InvalidStateError : public std::logic_error {
 public:
  InvalidStateError() : std::logic_error("the future is not in a state for that") {}
};
// LOCKSTEP SKELETON:
// LOCKSTEP SKELETON: // Stands for what you have not written yet. Delete it in the end.
// LOCKSTEP SKELETON: template <typename... Unused>
// LOCKSTEP SKELETON: [[noreturn]] void not_implemented(const char* what, const Unused&...) {
// LOCKSTEP SKELETON:   throw std::logic_error(std::string(what) + " is not implemented");
// LOCKSTEP SKELETON: }

// A loop over what a function gives, until it gives nothing: what a Python function with `yield`
// returns. `next` is called once for each turn of a range-based for, and may block or throw. A
// Generator is gone through once. It destroys `next`, and what that has captured, with itself.
template <typename T>
class Generator {
 public:
  explicit Generator(std::function<std::optional<T>()> next) : next_(std::move(next)) {}
  Generator(Generator&&) = default;
  Generator& operator=(Generator&&) = default;

  class Iterator {
   public:
    explicit Iterator(Generator& generator) : generator_(generator) { ++*this; }
    T& operator*() { return *item_; }
    Iterator& operator++() {
      item_.reset();  // the loop is done with it, however long the next one takes
      item_ = generator_.next_();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return !item_.has_value(); }

   private:
    Generator& generator_;
    std::optional<T> item_;
  };

  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() { return {}; }

 private:
  std::function<std::optional<T>()> next_;
};
// LOCKSTEP BEGIN SOLUTION

// A time limit for a call: fixed once, when it is made, however often a wait is woken in vain.
class Deadline {
 public:
  // No timeout, or one that ends beyond all time: never. Throws std::invalid_argument if it is
  // negative.
  explicit Deadline(std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return;
    if (timeout->count() < 0) throw std::invalid_argument("a timeout must not be negative");
    const auto now = Clock::now();
    // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
    if (*timeout < Clock::time_point::max() - now) moment_ = now + *timeout;
  }

  // What is left of the time, or nothing if there is no limit.
  std::optional<std::chrono::nanoseconds> left() const {
    if (!moment_) return std::nullopt;
    return std::max(std::chrono::nanoseconds(0), *moment_ - Clock::now());
  }

  // Sleeps until `ready()`, and says whether that came in time.
  template <typename Ready>
  bool wait(std::condition_variable& changed, std::unique_lock<std::mutex>& hold,
            Ready ready) const {
    if (moment_) return changed.wait_until(hold, *moment_, ready);
    changed.wait(hold, ready);
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> moment_;
};

template <typename T>
class Watch;
// LOCKSTEP END SOLUTION

// A handle of a result that will be there later. Copies are handles of the same future, and equal;
// `const` means that the handle stays the same, not the future.
template <typename T>
class Future {
 public:
  // What result() returns: a reference that is good as long as a handle of this future exists.
  // For Future<void> nothing.
  using Result = std::add_lvalue_reference_t<std::add_const_t<T>>;

  // A new future, pending, different from all others.
  // LOCKSTEP BEGIN SOLUTION
  Future() : state_(std::make_shared<State>()) {}
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: Future() = default;

  // No moves: every handle is one of some future, always.
  Future(const Future&) = default;
  Future& operator=(const Future&) = default;

  // Whether both are handles of the same future.
  friend bool operator==(const Future& a, const Future& b) {
    // LOCKSTEP BEGIN SOLUTION
    return a.state_ == b.state_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("==", a, b);
  }

  // --- For those who want the result ----------------------------------------------------------

  // How it is at this moment. Done means finished or cancelled. Never block.
  bool done() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::scoped_lock hold(state_->mutex);
    return state_->done();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("done");
  }
  bool running() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::scoped_lock hold(state_->mutex);
    return state_->phase == Phase::kRunning;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("running");
  }
  bool cancelled() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::scoped_lock hold(state_->mutex);
    return state_->cancelled();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("cancelled");
  }

  // Cancels the future if nobody has begun to work on it, and calls its callbacks. Returns whether
  // it is cancelled, by this call or an earlier one. Never blocks.
  bool cancel() const {
    // LOCKSTEP BEGIN SOLUTION
    Callbacks callbacks;
    {
      const std::scoped_lock hold(state_->mutex);
      // equivalent swap-statements: it is in one phase, so at most one of the two holds
      if (state_->phase == Phase::kRunning || state_->phase == Phase::kFinished) return false;
      if (state_->cancelled()) return true;
      callbacks = state_->end(Phase::kCancelled);
    }
    call(callbacks);
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: // What if the pool begins to run the task in this very moment?
    // LOCKSTEP SKELETON: not_implemented("cancel");
  }

  // The result. Blocks until there is one. Throws what set_exception() was given, or
  // CancelledError. `result_for` throws TimeoutError if it is not there in time; zero looks once,
  // and a negative timeout is std::invalid_argument.
  Result result() const {
    // LOCKSTEP BEGIN SOLUTION
    return result_by(std::nullopt);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("result");
  }
  Result result_for(std::chrono::nanoseconds timeout) const {
    // LOCKSTEP BEGIN SOLUTION
    return result_by(timeout);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("result_for", timeout);
  }

  // As result(), but *returns* what set_exception() was given, or null if there is a result.
  std::exception_ptr exception() const {
    // LOCKSTEP BEGIN SOLUTION
    await_end(std::nullopt);
    return state_->error;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("exception");
  }
  std::exception_ptr exception_for(std::chrono::nanoseconds timeout) const {
    // LOCKSTEP BEGIN SOLUTION
    await_end(timeout);
    return state_->error;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("exception_for", timeout);
  }

  // Has `callback` called with this future once it is done: in the order in which they were added,
  // by the thread that completes or cancels it; at once, by the caller, if it is done already. What
  // a callback throws is dropped.
  void add_done_callback(std::function<void(Future)> callback) const {
    // LOCKSTEP BEGIN SOLUTION
    {
      const std::scoped_lock hold(state_->mutex);
      if (!state_->done()) {
        state_->callbacks.push_back(std::move(callback));
        return;
      }
    }
    call({std::move(callback)});
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: // Which locks do you hold while you call somebody else's code?
    // LOCKSTEP SKELETON: not_implemented("add_done_callback", callback);
  }

  // --- For those who produce it: an executor --------------------------------------------------

  // To be called once, before the work begins. True: the future is running now, and cannot be
  // cancelled any more. False: it was cancelled; do not work, and wait() and as_completed() count
  // it as done from now on. Throws InvalidStateError if it was called before, or the future
  // is finished.
  bool set_running_or_notify_cancel() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::scoped_lock hold(state_->mutex);
    switch (state_->phase) {
      case Phase::kPending:
        state_->phase = Phase::kRunning;
        return true;
      case Phase::kCancelled:
        // equivalent swap-statements: nobody sees the phase before the mutex is free
        state_->phase = Phase::kCancelledAndSeen;
        state_->report();
        return false;
      default:
        throw InvalidStateError();
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("set_running_or_notify_cancel");
  }

  // Completes the future: set_result(value), or set_result() for Future<void>. Wakes all who wait,
  // and then calls the callbacks. Throws InvalidStateError if the future is done, and what making a
  // T of `value` throws; nothing is changed then.
  template <typename... Value>
  void set_result(Value&&... value) const {
    // LOCKSTEP BEGIN SOLUTION
    complete([&](State& state) { state.value.emplace(std::forward<Value>(value)...); });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("set_result", value...);
  }

  // The same with an exception in place of a result.
  void set_exception(std::exception_ptr error) const {
    // LOCKSTEP BEGIN SOLUTION
    complete([&](State& state) { state.error = std::move(error); });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("set_exception", error);
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  friend class Watch<T>;

  enum class Phase { kPending, kRunning, kCancelled, kCancelledAndSeen, kFinished };
  using Callbacks = std::vector<std::function<void(Future)>>;

  struct Note {
    Watch<T>* watch;
    std::size_t index;  // of this future among those that it watches
  };

  struct State {
    std::mutex mutex;  // guards all that follows
    std::condition_variable ended;
    Phase phase = Phase::kPending;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;
    Callbacks callbacks;
    std::vector<Note> notes;

    // All with the mutex held.
    bool cancelled() const {
      return phase == Phase::kCancelled || phase == Phase::kCancelledAndSeen;
    }
    bool done() const { return phase == Phase::kFinished || cancelled(); }

    // Ends the future, and hands out the callbacks to be called when the mutex is free.
    Callbacks end(Phase new_phase) {
      // equivalent swap-statements: who is woken needs the mutex before it looks
      phase = new_phase;
      ended.notify_all();
      return std::exchange(callbacks, {});
    }

    // Tells those who watch.
    void report() {
      for (const Note& note : notes) note.watch->report(note.index, error != nullptr);
      notes.clear();
    }
  };

  template <typename Store>
  void complete(Store store) const {
    Callbacks callbacks;
    {
      const std::scoped_lock hold(state_->mutex);
      if (state_->done()) throw InvalidStateError();
      store(*state_);  // may throw, when moving the value does: then nothing has happened
      // equivalent swap-statements: error is stored, and nobody sees the rest with the mutex held
      callbacks = state_->end(Phase::kFinished);
      state_->report();
    }
    call(callbacks);
  }

  void call(const Callbacks& callbacks) const {
    for (const auto& callback : callbacks) {
      try {
        callback(*this);
      } catch (...) {  // nobody is there to be told, and the others must still be called
      }
    }
  }

  // Blocks until the future is done. Throws TimeoutError, or CancelledError.
  void await_end(std::optional<std::chrono::nanoseconds> timeout) const {
    const Deadline deadline(timeout);
    std::unique_lock hold(state_->mutex);
    if (!deadline.wait(state_->ended, hold, [this] { return state_->done(); })) {
      throw TimeoutError();
    }
    if (state_->cancelled()) throw CancelledError();
  }

  Result result_by(std::optional<std::chrono::nanoseconds> timeout) const {
    await_end(timeout);
    if (state_->error) std::rethrow_exception(state_->error);
    if constexpr (!std::is_void_v<T>) return *state_->value;
  }

  // For Watch: brings a note, or reports at once if there is nothing to wait for.
  void leave_note(Note note) const {
    const std::scoped_lock hold(state_->mutex);
    state_->notes.push_back(note);
    if (state_->phase == Phase::kFinished || state_->phase == Phase::kCancelledAndSeen) {
      state_->report();
    }
  }
  void take_note_back(const Watch<T>* watch) const {
    const std::scoped_lock hold(state_->mutex);
    std::erase_if(state_->notes, [&](const Note& note) { return note.watch == watch; });
  }

  std::shared_ptr<State> state_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // TODO: what do all handles of a future share? Which states can it be in,
  // LOCKSTEP SKELETON: // and from which to which may it go? Who sleeps, and until when?
};

// When wait() returns.
enum ReturnWhen {
  FIRST_COMPLETED,  // when one future is done
  FIRST_EXCEPTION,  // when one has an exception (being cancelled is none), or all are done
  ALL_COMPLETED,    // when all are done
};

// What wait() returns: the futures in two heaps.
template <typename T>
struct DoneAndNotDone {
  std::vector<Future<T>> done;
  std::vector<Future<T>> not_done;
};
// LOCKSTEP BEGIN SOLUTION

// Where one thread waits for news of many futures, each of them once.
template <typename T>
class Watch {
 public:
  // (Delegates, so that the destructor takes the notes back if bringing one of them throws.)
  explicit Watch(const std::vector<Future<T>>& futures) : Watch() {
    std::set<const void*> known;
    for (const Future<T>& future : futures) {
      if (known.insert(future.state_.get()).second) futures_.push_back(future);
    }
    for (std::size_t index = 0; index < futures_.size(); ++index) {
      futures_[index].leave_note({this, index});
    }
  }
  ~Watch() {
    for (const Future<T>& future : futures_) future.take_note_back(this);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // From a future that has ended, once, with its mutex held.
  void report(std::size_t index, bool failed) {
    const std::scoped_lock hold(mutex_);
    // equivalent swap-statements: nobody sees either before the mutex is free
    ended_.push_back(index);
    has_failed_ = has_failed_ || failed;
    // equivalent all-for-one: one thread waits here, and no other
    news_.notify_one();
  }

  // Sleeps until `enough(ended, all, one has failed)`, or until the deadline; false then.
  template <typename Enough>
  bool wait(const Deadline& deadline, Enough enough) {
    std::unique_lock hold(mutex_);
    return deadline.wait(news_, hold,
                         [&] { return enough(ended_.size(), futures_.size(), has_failed_); });
  }

  // The future that was the n-th to end, from 0. Only for an n that wait() has seen.
  Future<T> ended(std::size_t n) const {
    const std::scoped_lock hold(mutex_);
    return futures_[ended_[n]];
  }
  std::size_t size() const { return futures_.size(); }

  // Who has ended by now, and who has not.
  DoneAndNotDone<T> heaps() const {
    const std::scoped_lock hold(mutex_);
    std::vector<bool> has_ended(futures_.size(), false);
    for (const std::size_t index : ended_) has_ended[index] = true;
    DoneAndNotDone<T> result;
    for (std::size_t index = 0; index < futures_.size(); ++index) {
      (has_ended[index] ? result.done : result.not_done).push_back(futures_[index]);
    }
    return result;
  }

 private:
  Watch() = default;

  std::vector<Future<T>> futures_;  // does not change any more
  mutable std::mutex mutex_;        // guards all that follows
  std::condition_variable news_;
  std::vector<std::size_t> ended_;
  bool has_failed_ = false;
};
// LOCKSTEP END SOLUTION

// Waits for many futures, for at most `timeout` (none: without a limit; zero looks once; negative:
// std::invalid_argument). Returns them in two heaps, each future once, in no particular order. A
// cancelled future is done once set_running_or_notify_cancel() has seen it.
template <typename T>
DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt,
                       ReturnWhen return_when = ALL_COMPLETED) {
  // LOCKSTEP BEGIN SOLUTION
  const Deadline deadline(timeout);
  Watch<T> watch(futures);
  watch.wait(deadline, [&](std::size_t ended, std::size_t all, bool has_failed) {
    return ended == all || (return_when == FIRST_COMPLETED && ended > 0) ||
           (return_when == FIRST_EXCEPTION && has_failed);
  });
  return watch.heaps();
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Which future should you wait for first, if you do not know who is first?
  // LOCKSTEP SKELETON: not_implemented("wait", futures, timeout, return_when);
}

// Yields each of `futures` once, when it is done: first those that are done already, then the
// others in the order in which they end. A cancelled one as in wait(). Throws TimeoutError out of
// the loop if the next one is not done when `timeout` is over, which counts from this call.
template <typename T>
Generator<Future<T>> as_completed(const std::vector<Future<T>>& futures,
                                  std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  // LOCKSTEP BEGIN SOLUTION
  const Deadline deadline(timeout);
  auto watch = std::make_shared<Watch<T>>(futures);
  std::size_t yielded = 0;
  return Generator<Future<T>>([=]() mutable -> std::optional<Future<T>> {
    if (yielded == watch->size()) return std::nullopt;
    const auto one_more = [&](std::size_t ended, std::size_t, bool) { return ended > yielded; };
    if (!watch->wait(deadline, one_more)) throw TimeoutError();
    return watch->ended(yielded++);
  });
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // A Generator calls a function of yours for each future. What must that
  // LOCKSTEP SKELETON: // function remember from one call to the next?
  // LOCKSTEP SKELETON: not_implemented("as_completed", futures, timeout);
}

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_FUTURE_H_
