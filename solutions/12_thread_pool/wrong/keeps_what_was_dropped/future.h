#ifndef LAB_12_THREAD_POOL_FUTURE_H_
#define LAB_12_THREAD_POOL_FUTURE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
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
class Watch;

template <typename T>
class Future {
 public:
  using Result = std::add_lvalue_reference_t<std::add_const_t<T>>;

  Future() : state_(std::make_shared<State>()) {}

  Future(const Future&) = default;
  Future& operator=(const Future&) = default;

  friend bool operator==(const Future& a, const Future& b) { return a.state_ == b.state_; }

  bool done() const {
    const std::scoped_lock hold(state_->mutex);
    return state_->done();
  }
  bool running() const {
    const std::scoped_lock hold(state_->mutex);
    return state_->phase == Phase::kRunning;
  }
  bool cancelled() const {
    const std::scoped_lock hold(state_->mutex);
    return state_->cancelled();
  }

  bool cancel() const {
    Callbacks callbacks;
    {
      const std::scoped_lock hold(state_->mutex);
      if (state_->phase == Phase::kRunning || state_->phase == Phase::kFinished) return false;
      if (state_->cancelled()) return true;
      callbacks = state_->end(Phase::kCancelled);
    }
    call(callbacks);
    return true;
  }

  Result result() const { return result_by(std::nullopt); }
  Result result_for(std::chrono::nanoseconds timeout) const { return result_by(timeout); }

  std::exception_ptr exception() const {
    await_end(std::nullopt);
    return state_->error;
  }
  std::exception_ptr exception_for(std::chrono::nanoseconds timeout) const {
    await_end(timeout);
    return state_->error;
  }

  void add_done_callback(std::function<void(Future)> callback) const {
    {
      const std::scoped_lock hold(state_->mutex);
      if (!state_->done()) {
        state_->callbacks.push_back(std::move(callback));
        return;
      }
    }
    call({std::move(callback)});
  }

  bool set_running_or_notify_cancel() const {
    const std::scoped_lock hold(state_->mutex);
    switch (state_->phase) {
      case Phase::kPending:
        state_->phase = Phase::kRunning;
        return true;
      case Phase::kCancelled:
        state_->phase = Phase::kCancelledAndSeen;
        state_->report();
        return false;
      default:
        throw InvalidStateError();
    }
  }

  template <typename... Value>
  void set_result(Value&&... value) const {
    complete([&](State& state) { state.value.emplace(std::forward<Value>(value)...); });
  }

  void set_exception(std::exception_ptr error) const {
    complete([&](State& state) { state.error = std::move(error); });
  }

 private:
  friend class Watch<T>;

  enum class Phase { kPending, kRunning, kCancelled, kCancelledAndSeen, kFinished };
  using Callbacks = std::vector<std::function<void(Future)>>;

  struct Note {
    Watch<T>* watch;
    std::size_t index;
  };

  struct State {
    std::mutex mutex;
    std::condition_variable ended;
    Phase phase = Phase::kPending;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;
    Callbacks callbacks;
    std::vector<Note> notes;

    bool cancelled() const {
      return phase == Phase::kCancelled || phase == Phase::kCancelledAndSeen;
    }
    bool done() const { return phase == Phase::kFinished || cancelled(); }

    Callbacks end(Phase new_phase) {
      phase = new_phase;
      ended.notify_all();
      return std::exchange(callbacks, {});
    }

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
      store(*state_);
      callbacks = state_->end(Phase::kFinished);
      state_->report();
    }
    call(callbacks);
  }

  void call(const Callbacks& callbacks) const {
    for (const auto& callback : callbacks) {
      try {
        callback(*this);
      } catch (...) {
      }
    }
  }

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

template <typename T>
class Watch {
 public:
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

  void report(std::size_t index, bool failed) {
    const std::scoped_lock hold(mutex_);
    ended_.push_back(index);
    has_failed_ = has_failed_ || failed;
    news_.notify_one();
  }

  template <typename Enough>
  bool wait(const Deadline& deadline, Enough enough) {
    std::unique_lock hold(mutex_);
    return deadline.wait(news_, hold,
                         [&] { return enough(ended_.size(), futures_.size(), has_failed_); });
  }

  Future<T> ended(std::size_t n) const {
    const std::scoped_lock hold(mutex_);
    return futures_[ended_[n]];
  }
  std::size_t size() const { return futures_.size(); }

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

  std::vector<Future<T>> futures_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::size_t> ended_;
  bool has_failed_ = false;
};

template <typename T>
DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt,
                       ReturnWhen return_when = ALL_COMPLETED) {
  const Deadline deadline(timeout);
  Watch<T> watch(futures);
  watch.wait(deadline, [&](std::size_t ended, std::size_t all, bool has_failed) {
    return ended == all || (return_when == FIRST_COMPLETED && ended > 0) ||
           (return_when == FIRST_EXCEPTION && has_failed);
  });
  return watch.heaps();
}

template <typename T>
Generator<Future<T>> as_completed(const std::vector<Future<T>>& futures,
                                  std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  const Deadline deadline(timeout);
  auto watch = std::make_shared<Watch<T>>(futures);
  std::size_t yielded = 0;
  return Generator<Future<T>>([=]() mutable -> std::optional<Future<T>> {
    if (yielded == watch->size()) return std::nullopt;
    const auto one_more = [&](std::size_t ended, std::size_t, bool) { return ended > yielded; };
    if (!watch->wait(deadline, one_more)) throw TimeoutError();
    return watch->ended(yielded++);
  });
}

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_FUTURE_H_
