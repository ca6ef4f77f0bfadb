// A right design that differs: one condition variable for every reason to sleep, and notify_all at
// every change. Simpler to get right, and slower when many threads sleep: each change wakes all of
// them, and all but one look and go back to sleep. The waits are loops written out by hand, the
// priority queue is a binary heap of pointers, and nothing needs to hand a wake-up on, because
// nobody is ever the only one who was told.

#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace lab {

class ShutDown : public std::runtime_error {
 public:
  ShutDown() : std::runtime_error("the queue is shut down") {}
};

enum class Order { kFifo, kLifo, kSmallestFirst };

// The items as owned pointers: moving them about cannot throw, whatever T is.
template <typename T, Order kOrder>
class Shelf {
 public:
  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(boxes_.size()); }
  void clear() { boxes_.clear(); }

  void add(T&& item) {
    boxes_.push_back(Box{std::make_unique<T>(std::move(item)), ++number_});
    if constexpr (kOrder == Order::kSmallestFirst) {
      std::push_heap(boxes_.begin(), boxes_.end(), after);
    }
  }

  T& first() {
    if constexpr (kOrder == Order::kLifo) return *boxes_.back().item;
    return *boxes_.front().item;
  }

  void remove_first() {
    if constexpr (kOrder == Order::kSmallestFirst) {
      std::pop_heap(boxes_.begin(), boxes_.end(), after);
      boxes_.pop_back();
    } else if constexpr (kOrder == Order::kLifo) {
      boxes_.pop_back();
    } else {
      boxes_.erase(boxes_.begin());
    }
  }

 private:
  struct Box {
    std::unique_ptr<T> item;
    unsigned long number;
  };
  // Heap order, the smallest on top; the number makes equal items leave as they came.
  static bool after(const Box& a, const Box& b) {
    if (*b.item < *a.item) return true;
    if (*a.item < *b.item) return false;
    return a.number > b.number;
  }

  std::vector<Box> boxes_;
  unsigned long number_ = 0;
};

template <typename T, Order kOrder>
class AnyQueue {
 public:
  explicit AnyQueue(std::ptrdiff_t maxsize = 0) : maxsize_(maxsize) {}
  AnyQueue(const AnyQueue&) = delete;
  AnyQueue& operator=(const AnyQueue&) = delete;

  void put(T&& item) { insert(std::move(item), TimePoint::max()); }
  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    return insert(std::move(item), deadline(timeout));
  }
  bool try_put(T&& item) { return insert(std::move(item), TimePoint::min()); }

  void put(const T& item) { put(T(item)); }
  bool put_for(const T& item, std::chrono::nanoseconds timeout) {
    return put_for(T(item), timeout);
  }
  bool try_put(const T& item) { return try_put(T(item)); }

  T get() {
    std::unique_lock lock(mutex_);
    wait_for_item(lock, TimePoint::max());
    T item(std::move(shelf_.first()));  // built where the caller wants it: `item` is all we return
    shelf_.remove_first();
    changed_.notify_all();
    return item;
  }

  std::optional<T> get_for(std::chrono::nanoseconds timeout) { return remove(deadline(timeout)); }
  std::optional<T> try_get() { return remove(TimePoint::min()); }

  std::ptrdiff_t size() const {
    std::lock_guard lock(mutex_);
    return shelf_.count();
  }
  bool empty() const { return size() == 0; }
  bool full() const { return maxsize_ > 0 && size() >= maxsize_; }

  void task_done() {
    std::lock_guard lock(mutex_);
    if (unfinished_ < 1) throw std::logic_error("task_done: every item was reported already");
    --unfinished_;
    changed_.notify_all();
  }

  void join() {
    std::unique_lock lock(mutex_);
    while (unfinished_ > 0) changed_.wait(lock);
  }

  void shutdown(bool immediate = false) {
    std::lock_guard lock(mutex_);
    closed_ = true;
    if (immediate) {
      unfinished_ = std::max<std::ptrdiff_t>(unfinished_ - shelf_.count(), 0);
      shelf_.clear();
    }
    changed_.notify_all();
  }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // TimePoint::max() stands for "no deadline", TimePoint::min() for "do not wait".
  static TimePoint deadline(std::chrono::nanoseconds timeout) {
    if (timeout.count() < 0) throw std::invalid_argument("negative timeout");
    if (timeout.count() == 0) return TimePoint::min();
    const TimePoint now = std::chrono::steady_clock::now();
    return timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();
  }

  // Sleeps until something changes. False when the time is up.
  bool sleep(std::unique_lock<std::mutex>& lock, TimePoint until) {
    if (until == TimePoint::min()) return false;
    if (until == TimePoint::max()) {
      changed_.wait(lock);
      return true;
    }
    if (std::chrono::steady_clock::now() >= until) return false;
    changed_.wait_until(lock, until);
    return true;
  }

  bool insert(T&& item, TimePoint until) {
    std::unique_lock lock(mutex_);
    while (!closed_ && maxsize_ > 0 && shelf_.count() >= maxsize_) {
      if (!sleep(lock, until)) return false;
    }
    if (closed_) throw ShutDown();
    shelf_.add(std::move(item));
    ++unfinished_;
    changed_.notify_all();
    return true;
  }

  bool wait_for_item(std::unique_lock<std::mutex>& lock, TimePoint until) {
    while (shelf_.count() == 0) {
      if (closed_) throw ShutDown();
      if (!sleep(lock, until)) return false;
    }
    return true;
  }

  std::optional<T> remove(TimePoint until) {
    std::optional<T> item;
    std::unique_lock lock(mutex_);
    if (wait_for_item(lock, until)) {
      item.emplace(std::move(shelf_.first()));
      shelf_.remove_first();
      changed_.notify_all();
    }
    return item;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Shelf<T, kOrder> shelf_;
  std::ptrdiff_t unfinished_ = 0;
  bool closed_ = false;
  const std::ptrdiff_t maxsize_;
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
