// A right design that differs: no mutex in a future. Its phase is one atomic, changed by
// compare-exchange; result() sleeps on it with std::atomic::wait. Everybody else who wants to hear
// of the end (a wait with a time limit, wait, as_completed, a callback) is a listener in a list
// that one end closes: adding to a closed list fails, and then the listener knows that it came
// late.
//
// A listener cannot be taken out of such a list. So what it tells belongs to both: whoever gave up
// leaves a bell behind that rings for nobody. (That costs memory as long as the future does not
// end.)
//
// The pool's workers sleep on a semaphore that counts the tasks; see thread_pool.h.

#ifndef LAB_12_THREAD_POOL_FUTURE_H_
#define LAB_12_THREAD_POOL_FUTURE_H_

#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
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

// POSIX's semaphore; the one of libstdc++ 12 can lose a wake-up.
class Bell {
 public:
  Bell() { sem_init(&semaphore_, 0, 0); }
  ~Bell() { sem_destroy(&semaphore_); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring() { sem_post(&semaphore_); }

  // Sleeps until the bell has rung once more than this was called; false if the time is up first.
  bool wait(std::optional<timespec> deadline = std::nullopt) {
    int error;
    do {
      error = deadline ? sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &*deadline)
                       : sem_wait(&semaphore_);
    } while (error != 0 && errno == EINTR);
    return error == 0;
  }

 private:
  sem_t semaphore_;
};

class Deadline {
 public:
  explicit Deadline(std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return;
    if (timeout->count() < 0) throw std::invalid_argument("a timeout must not be negative");
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    if (*timeout < std::chrono::nanoseconds::max() - now) moment_ = now + *timeout;
  }

  std::optional<std::chrono::nanoseconds> left() const {
    if (!moment_) return std::nullopt;
    const std::chrono::nanoseconds now = std::chrono::steady_clock::now().time_since_epoch();
    return std::max(std::chrono::nanoseconds(0), *moment_ - now);
  }

  bool wait(Bell& bell) const {
    if (!moment_) return bell.wait();
    timespec moment{};
    moment.tv_sec = moment_->count() / 1'000'000'000;
    moment.tv_nsec = moment_->count() % 1'000'000'000;
    return bell.wait(moment);
  }

 private:
  std::optional<std::chrono::nanoseconds> moment_;  // since the steady clock's beginning
};

// Listeners, each to be told once; for any number of threads, without a lock.
class Listeners {
 public:
  Listeners() = default;
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  ~Listeners() { close(); }

  // False, and `tell` is left alone, if the list is closed.
  bool add(std::function<void()>& tell) {
    auto node = std::make_unique<Node>();
    node->tell = tell;
    node->next = newest_.load();
    do {
      if (node->next == closed()) return false;
    } while (!newest_.compare_exchange_weak(node->next, node.get()));
    node.release();
    return true;
  }

  // Closes the list and returns what was in it, the oldest first.
  std::vector<std::function<void()>> close() {
    Node* node = newest_.exchange(closed());
    std::vector<std::function<void()>> result;
    while (node != nullptr && node != closed()) {
      const std::unique_ptr<Node> owner(node);
      result.push_back(std::move(node->tell));
      node = node->next;
    }
    std::reverse(result.begin(), result.end());
    return result;
  }

 private:
  struct Node {
    std::function<void()> tell;
    Node* next = nullptr;
  };
  // Stands for the end of a list that takes no more.
  static Node* closed() {
    static Node node;
    return &node;
  }
  std::atomic<Node*> newest_ = nullptr;
};

template <typename T>
class Future {
 public:
  using Result = std::add_lvalue_reference_t<std::add_const_t<T>>;

  Future() : state_(std::make_shared<State>()) {}
  Future(const Future&) = default;
  Future& operator=(const Future&) = default;

  friend bool operator==(const Future& a, const Future& b) { return a.state_ == b.state_; }

  bool done() const { return state_->phase.load() >= kCancelled; }
  bool running() const {
    const int phase = state_->phase.load();
    return phase == kRunning || phase == kCompleting;
  }
  bool cancelled() const {
    const int phase = state_->phase.load();
    return phase == kCancelled || phase == kCancelledAndSeen;
  }

  bool cancel() const {
    int phase = kPending;
    if (state_->phase.compare_exchange_strong(phase, kCancelled)) {
      tell_all();
      return true;
    }
    return phase == kCancelled || phase == kCancelledAndSeen;
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
    // The list holds no handle of its own future: that would keep both alive for ever.
    std::function<void()> call = [callback = std::move(callback),
                                  weak = std::weak_ptr<State>(state_)] {
      try {
        callback(Future(weak.lock()));
      } catch (...) {
      }
    };
    if (!state_->callbacks.add(call)) call();
  }

  bool set_running_or_notify_cancel() const {
    int phase = kPending;
    if (state_->phase.compare_exchange_strong(phase, kRunning)) return true;
    phase = kCancelled;
    if (!state_->phase.compare_exchange_strong(phase, kCancelledAndSeen)) {
      throw InvalidStateError();
    }
    for (const auto& tell : state_->watchers.close()) tell();
    return false;
  }

  template <typename... Value>
  void set_result(Value&&... value) const {
    complete([&] { state_->value.emplace(std::forward<Value>(value)...); });
  }
  void set_exception(std::exception_ptr error) const {
    complete([&] { state_->error = error; });
  }

  // For wait and as_completed: has `tell` called when this future is finished, or cancelled and
  // seen; at once, if it is.
  void watch(std::function<void()> tell) const {
    if (!state_->watchers.add(tell)) tell();
  }
  // Only once it has been told of.
  bool failed() const { return state_->error != nullptr; }
  const void* identity() const { return state_.get(); }

 private:
  enum { kPending, kRunning, kCompleting, kCancelled, kCancelledAndSeen, kFinished };

  struct State {
    std::atomic<int> phase = kPending;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;
    Listeners sleepers;   // with a time limit
    Listeners watchers;   // wait and as_completed
    Listeners callbacks;  // told last: they may take long
  };

  explicit Future(std::shared_ptr<State> state) : state_(std::move(state)) {}

  template <typename Store>
  void complete(Store store) const {
    int phase = kRunning;  // as it was before
    if (!state_->phase.compare_exchange_strong(phase, kCompleting)) {
      phase = kPending;
      if (!state_->phase.compare_exchange_strong(phase, kCompleting)) throw InvalidStateError();
    }
    try {
      store();
    } catch (...) {
      state_->phase = phase;
      throw;
    }
    state_->phase = kFinished;
    for (const auto& tell : state_->watchers.close()) tell();
    tell_all();
  }

  void tell_all() const {
    state_->phase.notify_all();
    for (const auto& tell : state_->sleepers.close()) tell();
    for (const auto& tell : state_->callbacks.close()) tell();
  }

  void await_end(std::optional<std::chrono::nanoseconds> timeout) const {
    const Deadline deadline(timeout);
    if (timeout) {
      const auto bell = std::make_shared<Bell>();
      std::function<void()> ring = [bell] { bell->ring(); };
      if (!done() && state_->sleepers.add(ring) && !deadline.wait(*bell) && !done()) {
        throw TimeoutError();
      }
    }
    for (int phase = state_->phase.load(); phase < kCancelled; phase = state_->phase.load()) {
      state_->phase.wait(phase);
    }
    if (cancelled()) throw CancelledError();
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

// News of several futures, each of them once. Shared by those who tell and the one who waits.
template <typename T>
class News {
 public:
  static std::shared_ptr<News> of(const std::vector<Future<T>>& futures) {
    auto news = std::make_shared<News>();
    std::set<const void*> known;
    for (const Future<T>& future : futures) {
      if (known.insert(future.identity()).second) news->futures_.push_back(future);
    }
    for (std::size_t index = 0; index < news->futures_.size(); ++index) {
      // A weak pointer, and the futures do not keep each other alive.
      news->futures_[index].watch([weak = std::weak_ptr<News>(news), index] {
        if (const std::shared_ptr<News> told = weak.lock()) told->add(index);
      });
    }
    return news;
  }

  std::size_t size() const { return futures_.size(); }

  // The next one that ended, or nothing when the time is up.
  std::optional<Future<T>> next(const Deadline& deadline) {
    if (!deadline.wait(bell_)) return std::nullopt;
    const std::scoped_lock hold(mutex_);
    const Future<T> future = futures_[ended_.at(heard_++)];
    return future;
  }

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
  void add(std::size_t index) {
    {
      const std::scoped_lock hold(mutex_);
      ended_.push_back(index);
    }
    bell_.ring();
  }

  std::vector<Future<T>> futures_;
  Bell bell_;
  mutable std::mutex mutex_;
  std::vector<std::size_t> ended_;
  std::size_t heard_ = 0;
};

template <typename T>
DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt,
                       ReturnWhen return_when = ALL_COMPLETED) {
  const Deadline deadline(timeout);
  const auto news = News<T>::of(futures);
  for (std::size_t ended = 0; ended < news->size(); ++ended) {
    const std::optional<Future<T>> future = news->next(deadline);
    if (!future || return_when == FIRST_COMPLETED) break;
    if (return_when == FIRST_EXCEPTION && future->failed()) break;
  }
  return news->heaps();
}

template <typename T>
Generator<Future<T>> as_completed(const std::vector<Future<T>>& futures,
                                  std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  const Deadline deadline(timeout);
  const auto news = News<T>::of(futures);
  std::size_t yielded = 0;
  return Generator<Future<T>>([=]() mutable -> std::optional<Future<T>> {
    if (yielded++ == news->size()) return std::nullopt;
    std::optional<Future<T>> future = news->next(deadline);
    if (!future) throw TimeoutError();
    return future;
  });
}

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_FUTURE_H_
