// A right design that differs: one monitor for all futures there are, one mutex and one condition
// variable. Every end of a future wakes everybody who waits for any, to look again. That is
// wasteful with many waiters, and makes wait and as_completed very simple: there is nothing to
// register and nothing to take back. A number says in which order the futures ended.
//
// The pool has a line for each worker; see thread_pool.h.

#ifndef LAB_12_THREAD_POOL_FUTURE_H_
#define LAB_12_THREAD_POOL_FUTURE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace lab {

class CancelledError : public std::runtime_error {
 public:
  CancelledError() : std::runtime_error("the future was cancelled") {}
};

class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("the time is up") {}
};

class InvalidStateError : public std::logic_error {
 public:
  InvalidStateError() : std::logic_error("the future is not in a state for that") {}
};

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
      item_.reset();
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

class Deadline {
 public:
  explicit Deadline(std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return;
    if (timeout->count() < 0) throw std::invalid_argument("a timeout must not be negative");
    const auto now = Clock::now();
    if (*timeout < Clock::time_point::max() - now) moment_ = now + *timeout;
  }

  std::optional<std::chrono::nanoseconds> left() const {
    if (!moment_) return std::nullopt;
    return std::max(std::chrono::nanoseconds(0), *moment_ - Clock::now());
  }

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

namespace monitor {
inline std::mutex mutex;  // guards all futures
inline std::condition_variable news;
inline unsigned long ended = 0;  // how many futures have ended so far
}  // namespace monitor

template <typename T>
class Future {
 public:
  using Result = std::add_lvalue_reference_t<std::add_const_t<T>>;

  Future() : state_(std::make_shared<State>()) {}
  Future(const Future&) = default;
  Future& operator=(const Future&) = default;

  friend bool operator==(const Future& a, const Future& b) { return a.state_ == b.state_; }

  bool done() const { return is({Phase::kCancelled, Phase::kCancelledAndSeen, Phase::kFinished}); }
  bool running() const { return is({Phase::kRunning}); }
  bool cancelled() const { return is({Phase::kCancelled, Phase::kCancelledAndSeen}); }

  bool cancel() const {
    std::unique_lock hold(monitor::mutex);
    if (state_->phase == Phase::kCancelled || state_->phase == Phase::kCancelledAndSeen)
      return true;
    if (state_->phase != Phase::kPending) return false;
    state_->phase = Phase::kCancelled;
    call_after(hold);
    return true;
  }

  Result result() const { return result_by(std::nullopt); }
  Result result_for(std::chrono::nanoseconds timeout) const { return result_by(timeout); }
  std::exception_ptr exception() const { return await_end(std::nullopt)->error; }
  std::exception_ptr exception_for(std::chrono::nanoseconds timeout) const {
    return await_end(timeout)->error;
  }

  void add_done_callback(std::function<void(Future)> callback) const {
    std::unique_lock hold(monitor::mutex);
    state_->callbacks.push_back(std::move(callback));
    const bool late = state_->phase != Phase::kPending && state_->phase != Phase::kRunning;
    if (late) call_after(hold);
  }

  bool set_running_or_notify_cancel() const {
    const std::scoped_lock hold(monitor::mutex);
    if (state_->phase == Phase::kPending) {
      state_->phase = Phase::kRunning;
      return true;
    }
    if (state_->phase != Phase::kCancelled) throw InvalidStateError();
    state_->phase = Phase::kCancelledAndSeen;
    state_->ended_as = ++monitor::ended;
    monitor::news.notify_all();
    return false;
  }

  template <typename... Value>
  void set_result(Value&&... value) const {
    complete([&] { state_->value.emplace(std::forward<Value>(value)...); });
  }
  void set_exception(std::exception_ptr error) const {
    complete([&] { state_->error = error; });
  }

  // For wait and as_completed, with the monitor's mutex: the how-manieth it was that ended, or 0.
  unsigned long ended_as() const { return state_->ended_as; }
  bool failed() const { return state_->error != nullptr; }
  const void* identity() const { return state_.get(); }

 private:
  enum class Phase { kPending, kRunning, kCancelled, kCancelledAndSeen, kFinished };
  using Callbacks = std::vector<std::function<void(Future)>>;

  struct State {
    Phase phase = Phase::kPending;
    unsigned long ended_as = 0;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;
    Callbacks callbacks;
  };

  bool is(std::initializer_list<Phase> phases) const {
    const std::scoped_lock hold(monitor::mutex);
    return std::find(phases.begin(), phases.end(), state_->phase) != phases.end();
  }

  template <typename Store>
  void complete(Store store) const {
    std::unique_lock hold(monitor::mutex);
    if (state_->phase != Phase::kPending && state_->phase != Phase::kRunning) {
      throw InvalidStateError();
    }
    store();
    state_->phase = Phase::kFinished;
    state_->ended_as = ++monitor::ended;
    call_after(hold);
  }

  // Wakes everybody, lets go, and calls what is to be called.
  void call_after(std::unique_lock<std::mutex>& hold) const {
    monitor::news.notify_all();
    const Callbacks callbacks = std::exchange(state_->callbacks, {});
    hold.unlock();
    for (const auto& callback : callbacks) {
      try {
        callback(*this);
      } catch (...) {
      }
    }
  }

  const std::shared_ptr<State>& await_end(std::optional<std::chrono::nanoseconds> timeout) const {
    const Deadline deadline(timeout);
    std::unique_lock hold(monitor::mutex);
    if (!deadline.wait(monitor::news, hold, [this] {
          return state_->phase != Phase::kPending && state_->phase != Phase::kRunning;
        })) {
      throw TimeoutError();
    }
    if (state_->phase != Phase::kFinished) throw CancelledError();
    return state_;
  }

  Result result_by(std::optional<std::chrono::nanoseconds> timeout) const {
    await_end(timeout);
    if (state_->error) std::rethrow_exception(state_->error);
    if constexpr (!std::is_void_v<T>) return *state_->value;
  }

  std::shared_ptr<State> state_;
};

enum ReturnWhen {
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  ALL_COMPLETED,
};

template <typename T>
struct DoneAndNotDone {
  std::vector<Future<T>> done;
  std::vector<Future<T>> not_done;
};

// Each future once.
template <typename T>
std::vector<Future<T>> distinct(const std::vector<Future<T>>& futures) {
  std::set<const void*> known;
  std::vector<Future<T>> result;
  for (const Future<T>& future : futures) {
    if (known.insert(future.identity()).second) result.push_back(future);
  }
  return result;
}

template <typename T>
DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt,
                       ReturnWhen return_when = ALL_COMPLETED) {
  const Deadline deadline(timeout);
  const std::vector<Future<T>> all = distinct(futures);
  std::unique_lock hold(monitor::mutex);
  deadline.wait(monitor::news, hold, [&] {
    std::size_t ended = 0;
    bool has_failed = false;
    for (const Future<T>& future : all) {
      if (future.ended_as() == 0) continue;
      ++ended;
      has_failed = has_failed || future.failed();
    }
    return ended == all.size() || (return_when == FIRST_COMPLETED && ended > 0) ||
           (return_when == FIRST_EXCEPTION && has_failed);
  });
  DoneAndNotDone<T> heaps;
  for (const Future<T>& future : all) {
    (future.ended_as() > 0 ? heaps.done : heaps.not_done).push_back(future);
  }
  return heaps;
}

template <typename T>
Generator<Future<T>> as_completed(const std::vector<Future<T>>& futures,
                                  std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  const Deadline deadline(timeout);
  return Generator<Future<T>>(
      [deadline, left = distinct(futures)]() mutable -> std::optional<Future<T>> {
        if (left.empty()) return std::nullopt;
        std::unique_lock hold(monitor::mutex);
        auto first = left.end();
        if (!deadline.wait(monitor::news, hold, [&] {
              for (auto future = left.begin(); future != left.end(); ++future) {
                if (future->ended_as() == 0) continue;
                if (first == left.end() || future->ended_as() < first->ended_as()) first = future;
              }
              return first != left.end();
            })) {
          throw TimeoutError();
        }
        const Future<T> result = *first;
        left.erase(first);
        return result;
      });
}

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_FUTURE_H_
