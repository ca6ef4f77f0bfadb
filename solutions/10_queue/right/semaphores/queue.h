// A right design that differs: no condition variables in the queue itself, but two semaphores, as
// in Dijkstra's bounded buffer (E. W. Dijkstra, Cooperating sequential processes, 1965). `items_`
// counts what can be taken, `places_` what can be put; a semaphore remembers a release that comes
// before the acquire, so no wake-up can be lost. The mutex only keeps the container whole.
//
// Shutdown gives each semaphore one permit more than there is anything for. Who gets it finds the
// queue empty (or closed), passes the permit on to the next sleeper, and throws.

#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

#include <semaphore.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <ctime>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace lab {

class ShutDown : public std::runtime_error {
 public:
  ShutDown() : std::runtime_error("the queue is shut down") {}
};

// POSIX's semaphore; the one of libstdc++ 12 can lose a wake-up.
class Permits {
 public:
  explicit Permits(std::ptrdiff_t count) { sem_init(&semaphore_, 0, static_cast<unsigned>(count)); }
  ~Permits() { sem_destroy(&semaphore_); }
  Permits(const Permits&) = delete;
  Permits& operator=(const Permits&) = delete;

  void acquire() {
    while (sem_wait(&semaphore_) != 0) {  // a signal came in between
    }
  }
  bool try_acquire() { return sem_trywait(&semaphore_) == 0; }
  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    // A century is as good as for ever, and cannot overflow.
    constexpr std::chrono::nanoseconds kForEver = std::chrono::hours(24 * 365 * 100);
    const long long nanoseconds = deadline.tv_nsec + std::min(timeout, kForEver).count();
    deadline.tv_sec += nanoseconds / 1'000'000'000;
    deadline.tv_nsec = nanoseconds % 1'000'000'000;
    int error;
    do {
      error = sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &deadline) == 0 ? 0 : errno;
    } while (error == EINTR);
    return error == 0;
  }
  void release() { sem_post(&semaphore_); }

 private:
  sem_t semaphore_;
};

enum class Order { kFifo, kLifo, kSmallestFirst };

template <typename T, Order kOrder>
class AnyQueue {
 public:
  explicit AnyQueue(std::ptrdiff_t maxsize = 0)
      : maxsize_(std::max<std::ptrdiff_t>(maxsize, 0)), places_(maxsize_) {}

  void put(T&& item) {
    if (bounded()) places_.acquire();
    insert(std::move(item));
  }
  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    check(timeout);
    if (bounded() && !places_.try_acquire_for(timeout)) return refuse();
    insert(std::move(item));
    return true;
  }
  bool try_put(T&& item) {
    if (bounded() && !places_.try_acquire()) return refuse();
    insert(std::move(item));
    return true;
  }

  void put(const T& item) { put(T(item)); }
  bool put_for(const T& item, std::chrono::nanoseconds timeout) {
    return put_for(T(item), timeout);
  }
  bool try_put(const T& item) { return try_put(T(item)); }

  T get() {
    items_.acquire();
    return remove<T>();
  }
  std::optional<T> get_for(std::chrono::nanoseconds timeout) {
    check(timeout);
    if (!items_.try_acquire_for(timeout)) return nothing();
    return remove<std::optional<T>>();
  }
  std::optional<T> try_get() {
    if (!items_.try_acquire()) return nothing();
    return remove<std::optional<T>>();
  }

  std::ptrdiff_t size() const {
    std::lock_guard lock(mutex_);
    return static_cast<std::ptrdiff_t>(list_.size());
  }
  bool empty() const { return size() == 0; }
  bool full() const { return bounded() && size() >= maxsize_; }

  void task_done() {
    std::lock_guard lock(mutex_);
    if (unfinished_ == 0) throw std::logic_error("task_done: nothing is unfinished");
    if (--unfinished_ == 0) all_done_.notify_all();
  }
  void join() {
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [this] { return unfinished_ == 0; });
  }

  void shutdown(bool immediate = false) {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
      if (immediate) {
        unfinished_ -= std::min(unfinished_, static_cast<std::ptrdiff_t>(list_.size()));
        list_.clear();
        if (unfinished_ == 0) all_done_.notify_all();
      }
    }
    items_.release();
    places_.release();
  }

 private:
  bool bounded() const { return maxsize_ > 0; }

  static void check(std::chrono::nanoseconds timeout) {
    if (timeout.count() < 0) throw std::invalid_argument("a timeout below zero");
  }

  // No permit was to be had. Another thread may just be passing on the one of the shutdown.
  bool refuse() {
    std::lock_guard lock(mutex_);
    if (closed_) throw ShutDown();
    return false;
  }
  std::optional<T> nothing() {
    std::lock_guard lock(mutex_);
    if (closed_ && list_.empty()) throw ShutDown();
    return std::nullopt;
  }

  // With a permit for a place.
  void insert(T&& item) {
    try {
      std::lock_guard lock(mutex_);
      if (closed_) throw ShutDown();
      list_.insert(position_of(item), std::move(item));
      ++unfinished_;
    } catch (...) {
      if (bounded()) places_.release();
      throw;
    }
    items_.release();
  }

  auto position_of(const T& item) {
    if constexpr (kOrder == Order::kLifo) return list_.begin();
    if constexpr (kOrder == Order::kSmallestFirst) {
      return std::find_if(list_.begin(), list_.end(), [&](const T& other) { return item < other; });
    }
    return list_.end();
  }

  // With a permit for an item.
  template <typename Result>
  Result remove() {
    Taken taken(*this);
    return Result(std::move(taken.item()));
  }

  // The lock, while an item is moved out; in the end one permit of one kind or the other.
  class Taken {
   public:
    explicit Taken(AnyQueue& queue) : queue_(queue), lock_(queue.mutex_) {
      if (!queue.list_.empty()) return;
      lock_.unlock();
      queue.items_.release();
      throw ShutDown();
    }
    ~Taken() {
      const bool moved = std::uncaught_exceptions() == exceptions_;
      if (moved) queue_.list_.pop_front();
      lock_.unlock();
      if (!moved) {
        queue_.items_.release();
      } else if (queue_.bounded()) {
        queue_.places_.release();
      }
    }
    T& item() { return queue_.list_.front(); }

   private:
    AnyQueue& queue_;
    std::unique_lock<std::mutex> lock_;
    const int exceptions_ = std::uncaught_exceptions();
  };

  const std::ptrdiff_t maxsize_;  // 0: unbounded
  Permits items_{0};
  Permits places_;
  mutable std::mutex mutex_;
  std::condition_variable all_done_;
  std::list<T> list_;  // in the order in which the items leave
  std::ptrdiff_t unfinished_ = 0;
  bool closed_ = false;
};

template <typename T>
class Queue : public AnyQueue<T, Order::kFifo> {
 public:
  using AnyQueue<T, Order::kFifo>::AnyQueue;
};

template <typename T>
class LifoQueue : public AnyQueue<T, Order::kLifo> {
 public:
  using AnyQueue<T, Order::kLifo>::AnyQueue;
};

template <typename T>
class PriorityQueue : public AnyQueue<T, Order::kSmallestFirst> {
 public:
  using AnyQueue<T, Order::kSmallestFirst>::AnyQueue;
};

}  // namespace lab

#endif  // LAB_10_QUEUE_QUEUE_H_
