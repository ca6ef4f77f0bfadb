#ifndef LAB_12_THREAD_POOL_FUTURE_H_
#define LAB_12_THREAD_POOL_FUTURE_H_

// A future is a result that is not there yet. README.md explains the idea and
// gives the whole contract.
//
// Yours to write: every function that says not_implemented, and what a Future
// keeps. The errors and Generator are given. You may change anything in this
// file, as long as it keeps the contract.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
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

// Stands for what you have not written yet. Delete it in the end.
template <typename... Unused>
[[noreturn]] void not_implemented(const char* what, const Unused&...) {
  throw std::logic_error(std::string(what) + " is not implemented");
}

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

// A handle of a result that will be there later. Copies are handles of the same future, and equal;
// `const` means that the handle stays the same, not the future.
template <typename T>
class Future {
 public:
  // What result() returns: a reference that is good as long as a handle of this future exists.
  // For Future<void> nothing.
  using Result = std::add_lvalue_reference_t<std::add_const_t<T>>;

  // A new future, pending, different from all others.
  Future() = default;

  // No moves: every handle is one of some future, always.
  Future(const Future&) = default;
  Future& operator=(const Future&) = default;

  // Whether both are handles of the same future.
  friend bool operator==(const Future& a, const Future& b) {
    not_implemented("==", a, b);
  }

  // --- For those who want the result ----------------------------------------------------------

  // How it is at this moment. Done means finished or cancelled. Never block.
  bool done() const {
    not_implemented("done");
  }
  bool running() const {
    not_implemented("running");
  }
  bool cancelled() const {
    not_implemented("cancelled");
  }

  // Cancels the future if nobody has begun to work on it, and calls its callbacks. Returns whether
  // it is cancelled, by this call or an earlier one. Never blocks.
  bool cancel() const {
    // What if the pool begins to run the task in this very moment?
    not_implemented("cancel");
  }

  // The result. Blocks until there is one. Throws what set_exception() was given, or
  // CancelledError. `result_for` throws TimeoutError if it is not there in time; zero looks once,
  // and a negative timeout is std::invalid_argument.
  Result result() const {
    not_implemented("result");
  }
  Result result_for(std::chrono::nanoseconds timeout) const {
    not_implemented("result_for", timeout);
  }

  // As result(), but *returns* what set_exception() was given, or null if there is a result.
  std::exception_ptr exception() const {
    not_implemented("exception");
  }
  std::exception_ptr exception_for(std::chrono::nanoseconds timeout) const {
    not_implemented("exception_for", timeout);
  }

  // Has `callback` called with this future once it is done: in the order in which they were added,
  // by the thread that completes or cancels it; at once, by the caller, if it is done already. What
  // a callback throws is dropped.
  void add_done_callback(std::function<void(Future)> callback) const {
    // Which locks do you hold while you call somebody else's code?
    not_implemented("add_done_callback", callback);
  }

  // --- For those who produce it: an executor --------------------------------------------------

  // To be called once, before the work begins. True: the future is running now, and cannot be
  // cancelled any more. False: it was cancelled; do not work, and wait() and as_completed() count
  // it as done from now on. Throws InvalidStateError if it was called before, or the future
  // is finished.
  bool set_running_or_notify_cancel() const {
    not_implemented("set_running_or_notify_cancel");
  }

  // Completes the future: set_result(value), or set_result() for Future<void>. Wakes all who wait,
  // and then calls the callbacks. Throws InvalidStateError if the future is done, and what making a
  // T of `value` throws; nothing is changed then.
  template <typename... Value>
  void set_result(Value&&... value) const {
    not_implemented("set_result", value...);
  }

  // The same with an exception in place of a result.
  void set_exception(std::exception_ptr error) const {
    not_implemented("set_exception", error);
  }

 private:
  // TODO: what do all handles of a future share? Which states can it be in,
  // and from which to which may it go? Who sleeps, and until when?
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

// Waits for many futures, for at most `timeout` (none: without a limit; zero looks once; negative:
// std::invalid_argument). Returns them in two heaps, each future once, in no particular order. A
// cancelled future is done once set_running_or_notify_cancel() has seen it.
template <typename T>
DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt,
                       ReturnWhen return_when = ALL_COMPLETED) {
  // Which future should you wait for first, if you do not know who is first?
  not_implemented("wait", futures, timeout, return_when);
}

// Yields each of `futures` once, when it is done: first those that are done already, then the
// others in the order in which they end. A cancelled one as in wait(). Throws TimeoutError out of
// the loop if the next one is not done when `timeout` is over, which counts from this call.
template <typename T>
Generator<Future<T>> as_completed(const std::vector<Future<T>>& futures,
                                  std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  // A Generator calls a function of yours for each future. What must that
  // function remember from one call to the next?
  not_implemented("as_completed", futures, timeout);
}

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_FUTURE_H_
