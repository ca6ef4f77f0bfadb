// must fail: "join waits for the last task_done" check-failed
//
// Who waits in join is notified when all is done and never before, so one look after the wait seems
// one too many. A condition variable may wake a thread for no reason, too.

#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace lab {

class ShutDown : public std::runtime_error {
 public:
  ShutDown() : std::runtime_error("the queue is shut down") {}
};

template <typename T>
class FifoItems {
 public:
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.push_back(std::move(item)); }
  T& next() { return items_.front(); }
  void pop() { items_.pop_front(); }

 private:
  std::deque<T> items_;
};

template <typename T>
class LifoItems {
 public:
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.push_back(std::move(item)); }
  T& next() { return items_.back(); }
  void pop() { items_.pop_back(); }

 private:
  std::deque<T> items_;
};

template <typename T>
class SortedItems {
 public:
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.emplace(std::move(item)); }
  T& next() { return items_.begin()->item; }
  void pop() { items_.erase(items_.begin()); }

 private:
  struct Entry {
    explicit Entry(T&& value) : item(std::move(value)) {}
    mutable T item;  // moved from just before the entry is erased
    friend bool operator<(const Entry& a, const Entry& b) { return a.item < b.item; }
  };
  std::multiset<Entry> items_;
};

template <typename T, typename Items>
class BasicQueue {
 public:
  explicit BasicQueue(std::ptrdiff_t maxsize = 0) : maxsize_(maxsize) {}

  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

  void put(T&& item) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return has_room() || is_shut_down_; });
    add(std::move(item));
  }

  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    const TimePoint deadline = deadline_after(timeout);
    std::unique_lock lock(mutex_);
    if (!not_full_.wait_until(lock, deadline, [this] { return has_room() || is_shut_down_; })) {
      return false;
    }
    add(std::move(item));
    return true;
  }

  bool try_put(T&& item) {
    std::lock_guard lock(mutex_);
    if (!has_room() && !is_shut_down_) return false;
    add(std::move(item));
    return true;
  }

  void put(const T& item) { put(T(item)); }
  bool put_for(const T& item, std::chrono::nanoseconds timeout) {
    return put_for(T(item), timeout);
  }
  bool try_put(const T& item) { return try_put(T(item)); }

  T get() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return has_item() || is_shut_down_; });
    return take<T>();
  }

  std::optional<T> get_for(std::chrono::nanoseconds timeout) {
    const TimePoint deadline = deadline_after(timeout);
    std::unique_lock lock(mutex_);
    if (!not_empty_.wait_until(lock, deadline, [this] { return has_item() || is_shut_down_; })) {
      return std::nullopt;
    }
    return take<std::optional<T>>();
  }

  std::optional<T> try_get() {
    std::lock_guard lock(mutex_);
    if (!has_item() && !is_shut_down_) return std::nullopt;
    return take<std::optional<T>>();
  }

  std::ptrdiff_t size() const {
    std::lock_guard lock(mutex_);
    return count();
  }

  bool empty() const {
    std::lock_guard lock(mutex_);
    return !has_item();
  }

  bool full() const {
    std::lock_guard lock(mutex_);
    return !has_room();
  }

  void task_done() {
    std::lock_guard lock(mutex_);
    if (unfinished_ == 0) throw std::logic_error("task_done called too many times");
    --unfinished_;
    if (unfinished_ == 0) all_done_.notify_all();
  }

  void join() {
    std::unique_lock lock(mutex_);
    if (unfinished_ > 0) all_done_.wait(lock);
  }

  void shutdown(bool immediate = false) {
    std::lock_guard lock(mutex_);
    is_shut_down_ = true;
    if (immediate) {
      unfinished_ -= std::min(unfinished_, count());
      while (has_item()) items_.pop();
      if (unfinished_ == 0) all_done_.notify_all();
    }
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  static TimePoint deadline_after(std::chrono::nanoseconds timeout) {
    if (timeout < std::chrono::nanoseconds(0)) throw std::invalid_argument("negative timeout");
    const TimePoint now = std::chrono::steady_clock::now();
    return timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();
  }

  // The rest is called with mutex_ held.
  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(items_.size()); }
  bool has_item() const { return items_.size() > 0; }
  bool has_room() const { return maxsize_ <= 0 || count() < maxsize_; }

  void add(T&& item) {
    if (is_shut_down_) throw ShutDown();
    try {
      items_.push(std::move(item));
    } catch (...) {
      not_full_.notify_one();
      throw;
    }
    ++unfinished_;
    not_empty_.notify_one();
  }

  template <typename Result>
  Result take() {
    if (!has_item()) throw ShutDown();
    RemoveAfterwards guard(*this);
    return Result(std::move(items_.next()));
  }

  // Removes the item once it was moved out; if the move threw, wakes another consumer for it.
  struct RemoveAfterwards {
    explicit RemoveAfterwards(BasicQueue& queue) : queue(queue) {}
    ~RemoveAfterwards() {
      if (std::uncaught_exceptions() > before) {
        queue.not_empty_.notify_one();
      } else {
        queue.items_.pop();
        queue.not_full_.notify_one();
      }
    }
    BasicQueue& queue;
    int before = std::uncaught_exceptions();
  };

  mutable std::mutex mutex_;
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::condition_variable all_done_;
  Items items_;
  std::ptrdiff_t unfinished_ = 0;
  bool is_shut_down_ = false;
  const std::ptrdiff_t maxsize_;
};

template <typename T>
class Queue : public BasicQueue<T, FifoItems<T>> {
 public:
  using BasicQueue<T, FifoItems<T>>::BasicQueue;
};

template <typename T>
class LifoQueue : public BasicQueue<T, LifoItems<T>> {
 public:
  using BasicQueue<T, LifoItems<T>>::BasicQueue;
};

template <typename T>
class PriorityQueue : public BasicQueue<T, SortedItems<T>> {
 public:
  using BasicQueue<T, SortedItems<T>>::BasicQueue;
};

}  // namespace lab

#endif  // LAB_10_QUEUE_QUEUE_H_
