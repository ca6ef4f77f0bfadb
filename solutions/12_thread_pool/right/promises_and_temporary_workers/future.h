// A right design that differs: the result is kept by the standard's own std::promise, and waited
// for in its std::shared_future; a cancelled future is one that was given a CancelledError. What
// the standard lacks is added beside it: phases, callbacks, and the waiting for many, which is
// built of "observers": functions to be called when the future has ended, like callbacks, but ours.
//
// The pool's workers are temporary; see thread_pool.h.

#ifndef LAB_12_THREAD_POOL_FUTURE_H_
#define LAB_12_THREAD_POOL_FUTURE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
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

template <typename T>
class Future {
 public:
  using Result = std::add_lvalue_reference_t<std::add_const_t<T>>;

  Future() : state_(std::make_shared<State>()) {}
  Future(const Future&) = default;
  Future& operator=(const Future&) = default;

  friend bool operator==(const Future& a, const Future& b) { return a.state_ == b.state_; }

  bool done() const { return phase() > Phase::kRunning; }
  bool running() const { return phase() == Phase::kRunning; }
  bool cancelled() const {
    const Phase now = phase();
    return now == Phase::kCancelled || now == Phase::kCancelledAndSeen;
  }

  bool cancel() const {
    std::unique_lock hold(state_->mutex);
    if (state_->phase == Phase::kRunning || state_->phase == Phase::kFinished) return false;
    if (state_->phase != Phase::kPending) return true;
    state_->phase = Phase::kCancelled;
    state_->promise.set_exception(std::make_exception_ptr(CancelledError()));
    call_after(hold);
    return true;
  }

  Result result() const {
    state_->future.wait();
    return get();
  }
  Result result_for(std::chrono::nanoseconds timeout) const {
    await_end(timeout);
    return get();
  }
  std::exception_ptr exception() const {
    state_->future.wait();
    return error();
  }
  std::exception_ptr exception_for(std::chrono::nanoseconds timeout) const {
    await_end(timeout);
    return error();
  }

  void add_done_callback(std::function<void(Future)> callback) const {
    std::unique_lock hold(state_->mutex);
    state_->callbacks.push_back(std::move(callback));
    if (state_->phase > Phase::kRunning) call_after(hold);
  }

  bool set_running_or_notify_cancel() const {
    std::unique_lock hold(state_->mutex);
    if (state_->phase == Phase::kPending) {
      state_->phase = Phase::kRunning;
      return true;
    }
    if (state_->phase != Phase::kCancelled) throw InvalidStateError();
    state_->phase = Phase::kCancelledAndSeen;
    observe_after(hold);
    return false;
  }

  template <typename... Value>
  void set_result(Value&&... value) const {
    complete([&] { state_->promise.set_value(std::forward<Value>(value)...); });
  }
  void set_exception(std::exception_ptr error) const {
    complete([&] {
      state_->promise.set_exception(error);
      state_->error = error;
    });
  }

  // For wait and as_completed: has `observer(failed)` called when this future is finished, or
  // cancelled and seen; at once, if it is.
  void observe(std::function<void(bool failed)> observer) const {
    std::unique_lock hold(state_->mutex);
    state_->observers.push_back(std::move(observer));
    if (state_->phase >= Phase::kCancelledAndSeen) observe_after(hold);
  }

 private:
  enum class Phase { kPending, kRunning, kCancelled, kCancelledAndSeen, kFinished };

  struct State {
    std::promise<T> promise;
    const std::shared_future<T> future = promise.get_future().share();
    std::mutex mutex;  // guards what follows
    Phase phase = Phase::kPending;
    std::exception_ptr error;
    std::vector<std::function<void(Future)>> callbacks;
    std::vector<std::function<void(bool)>> observers;
  };

  Phase phase() const {
    const std::scoped_lock hold(state_->mutex);
    return state_->phase;
  }

  std::exception_ptr error() const {
    const std::scoped_lock hold(state_->mutex);
    if (state_->phase != Phase::kFinished) throw CancelledError();
    return state_->error;
  }

  Result get() const { return state_->future.get(); }

  void await_end(std::chrono::nanoseconds timeout) const {
    if (timeout.count() < 0) throw std::invalid_argument("a timeout must not be negative");
    if (timeout > std::chrono::hours(24 * 365 * 100)) {  // now() + timeout might overflow
      state_->future.wait();
    } else if (state_->future.wait_for(timeout) != std::future_status::ready) {
      throw TimeoutError();
    }
  }

  template <typename Store>
  void complete(Store store) const {
    {
      std::unique_lock hold(state_->mutex);
      if (state_->phase > Phase::kRunning) throw InvalidStateError();
      store();
      state_->phase = Phase::kFinished;
      observe_after(hold);
    }
    std::unique_lock hold(state_->mutex);
    call_after(hold);
  }

  void observe_after(std::unique_lock<std::mutex>& hold) const {
    const auto observers = std::exchange(state_->observers, {});
    const bool failed = state_->error != nullptr;
    hold.unlock();
    for (const auto& observer : observers) observer(failed);
  }

  void call_after(std::unique_lock<std::mutex>& hold) const {
    const auto callbacks = std::exchange(state_->callbacks, {});
    hold.unlock();
    for (const auto& callback : callbacks) {
      try {
        callback(*this);
      } catch (...) {
      }
    }
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

// What is known of several futures, each of them once. The observers keep it alive, so it need not
// be taken back from the futures of somebody who gave up.
template <typename T>
struct Board {
  std::vector<Future<T>> futures;  // does not change any more
  std::mutex mutex;                // guards all that follows
  std::condition_variable news;
  std::vector<std::size_t> ended;
  bool has_failed = false;

  static std::shared_ptr<Board> of(const std::vector<Future<T>>& futures) {
    auto board = std::make_shared<Board>();
    for (const Future<T>& future : futures) {
      if (std::find(board->futures.begin(), board->futures.end(), future) == board->futures.end()) {
        board->futures.push_back(future);
      }
    }
    for (std::size_t index = 0; index < board->futures.size(); ++index) {
      // A weak pointer: the board holds the futures, so they must not hold the board.
      board->futures[index].observe([weak = std::weak_ptr<Board>(board), index](bool failed) {
        const std::shared_ptr<Board> board = weak.lock();
        if (!board) return;
        const std::scoped_lock hold(board->mutex);
        board->ended.push_back(index);
        board->has_failed = board->has_failed || failed;
        board->news.notify_one();
      });
    }
    return board;
  }
};

template <typename T>
DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt,
                       ReturnWhen return_when = ALL_COMPLETED) {
  const Deadline deadline(timeout);
  const auto board = Board<T>::of(futures);
  std::unique_lock hold(board->mutex);
  deadline.wait(board->news, hold, [&] {
    return board->ended.size() == board->futures.size() ||
           (return_when == FIRST_COMPLETED && !board->ended.empty()) ||
           (return_when == FIRST_EXCEPTION && board->has_failed);
  });
  DoneAndNotDone<T> heaps;
  for (std::size_t index = 0; index < board->futures.size(); ++index) {
    const bool done =
        std::find(board->ended.begin(), board->ended.end(), index) != board->ended.end();
    (done ? heaps.done : heaps.not_done).push_back(board->futures[index]);
  }
  return heaps;
}

template <typename T>
Generator<Future<T>> as_completed(const std::vector<Future<T>>& futures,
                                  std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  const Deadline deadline(timeout);
  const auto board = Board<T>::of(futures);
  std::size_t yielded = 0;
  return Generator<Future<T>>([=]() mutable -> std::optional<Future<T>> {
    if (yielded == board->futures.size()) return std::nullopt;
    std::unique_lock hold(board->mutex);
    if (!deadline.wait(board->news, hold, [&] { return board->ended.size() > yielded; })) {
      throw TimeoutError();
    }
    return board->futures[board->ended[yielded++]];
  });
}

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_FUTURE_H_
