// A right design that differs: the Queue is a linked list with a lock at each end, so that a
// producer and a consumer do not wait for each other (M. M. Michael and M. L. Scott, Simple, fast,
// and practical non-blocking and blocking concurrent queue algorithms, 1996). A node without an
// item always stands at the front, so the two ends never meet in one node. The number of items is
// all they share: an atomic.
//
// Who sleeps at one end is woken from the other end only when the number leaves 0 (or maxsize_);
// from then on each one who is served wakes the next at its own end, as long as there is reason to.
// LifoQueue and PriorityQueue, whose two ends are the same, have one lock.

#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
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

// --- First in, first out: two locks -----------------------------------------------------------

template <typename T>
class Queue {
 public:
  explicit Queue(std::ptrdiff_t maxsize = 0) : maxsize_(maxsize) {}
  ~Queue() {
    // One by one: a node that destroyed its successor would need a stack as deep as the list.
    while (front_ != nullptr) front_ = std::move(front_->next);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  void put(T&& item) {
    PutEnd end(*this);
    not_full_.wait(end.lock, [this] { return has_room() || is_shut_down_; });
    end.add(std::move(item));
  }
  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    const TimePoint deadline = deadline_after(timeout);
    PutEnd end(*this);
    const auto ready = [this] { return has_room() || is_shut_down_; };
    if (!not_full_.wait_until(end.lock, deadline, ready)) return false;
    end.add(std::move(item));
    return true;
  }
  bool try_put(T&& item) {
    PutEnd end(*this);
    if (!has_room() && !is_shut_down_) return false;
    end.add(std::move(item));
    return true;
  }

  void put(const T& item) { put(T(item)); }
  bool put_for(const T& item, std::chrono::nanoseconds timeout) {
    return put_for(T(item), timeout);
  }
  bool try_put(const T& item) { return try_put(T(item)); }

  T get() {
    GetEnd end(*this);
    not_empty_.wait(end.lock, [this] { return count_ > 0 || is_shut_down_; });
    return T(std::move(end.first()));
  }
  std::optional<T> get_for(std::chrono::nanoseconds timeout) {
    const TimePoint deadline = deadline_after(timeout);
    GetEnd end(*this);
    const auto ready = [this] { return count_ > 0 || is_shut_down_; };
    if (!not_empty_.wait_until(end.lock, deadline, ready)) return std::nullopt;
    return std::optional<T>(std::move(end.first()));
  }
  std::optional<T> try_get() {
    GetEnd end(*this);
    if (count_ == 0 && !is_shut_down_) return std::nullopt;
    return std::optional<T>(std::move(end.first()));
  }

  std::ptrdiff_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  bool full() const { return !has_room(); }

  void task_done() {
    std::lock_guard lock(work_mutex_);
    if (unfinished_ == 0) throw std::logic_error("task_done called too many times");
    if (--unfinished_ == 0) all_done_.notify_all();
  }
  void join() {
    std::unique_lock lock(work_mutex_);
    all_done_.wait(lock, [this] { return unfinished_ == 0; });
  }

  void shutdown(bool immediate = false) {
    std::scoped_lock lock(put_mutex_, get_mutex_, work_mutex_);
    is_shut_down_ = true;
    if (immediate) {
      unfinished_ -= std::min<std::ptrdiff_t>(unfinished_, count_);
      while (count_ > 0) remove_first();
      if (unfinished_ == 0) all_done_.notify_all();
    }
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Node {
    std::optional<T> item;
    std::unique_ptr<Node> next;
  };

  static TimePoint deadline_after(std::chrono::nanoseconds timeout) {
    if (timeout < std::chrono::nanoseconds(0)) throw std::invalid_argument("negative timeout");
    const TimePoint now = std::chrono::steady_clock::now();
    return timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();
  }

  bool has_room() const { return maxsize_ <= 0 || count_ < maxsize_; }

  // With get_mutex_ held. The node of the first item becomes the one without an item. Returns how
  // many items there were.
  std::ptrdiff_t remove_first() {
    front_ = std::move(front_->next);
    front_->item.reset();
    return count_.fetch_sub(1);
  }

  // A visit at the back of the list. When it is over and its lock is free again, a consumer is
  // woken if there may be one asleep.
  struct PutEnd {
    explicit PutEnd(Queue& queue) : queue(queue), lock(queue.put_mutex_) {}
    ~PutEnd() {
      lock.unlock();
      if (!was_empty) return;
      std::lock_guard other_end(queue.get_mutex_);
      queue.not_empty_.notify_one();
    }

    void add(T&& item) {
      if (queue.is_shut_down_) throw ShutDown();
      std::unique_ptr<Node> node = std::make_unique<Node>();
      try {
        node->item.emplace(std::move(item));
      } catch (...) {
        queue.not_full_.notify_one();
        throw;
      }
      {
        // Before the item can be seen: its consumer may be quick to call task_done.
        std::lock_guard work(queue.work_mutex_);
        ++queue.unfinished_;
      }
      Node* const added = node.get();
      queue.back_->next = std::move(node);
      queue.back_ = added;
      was_empty = queue.count_.fetch_add(1) == 0;
      if (queue.has_room()) queue.not_full_.notify_one();
    }

    Queue& queue;
    std::unique_lock<std::mutex> lock;
    bool was_empty = false;
  };

  // A visit at the front. If first() was called and what was done with it did not throw, the item
  // is removed at the end.
  struct GetEnd {
    explicit GetEnd(Queue& queue) : queue(queue), lock(queue.get_mutex_) {}
    ~GetEnd() {
      bool was_full = false;
      if (used && std::uncaught_exceptions() > before) {
        queue.not_empty_.notify_one();
      } else if (used) {
        const std::ptrdiff_t had = queue.remove_first();
        was_full = had == queue.maxsize_;
        if (had > 1) queue.not_empty_.notify_one();
      }
      lock.unlock();
      if (!was_full) return;
      std::lock_guard other_end(queue.put_mutex_);
      queue.not_full_.notify_one();
    }

    T& first() {
      if (queue.count_ == 0) throw ShutDown();
      used = true;
      return *queue.front_->next->item;
    }

    Queue& queue;
    std::unique_lock<std::mutex> lock;
    bool used = false;
    int before = std::uncaught_exceptions();
  };

  const std::ptrdiff_t maxsize_;
  std::atomic<std::ptrdiff_t> count_ = 0;
  std::atomic<bool> is_shut_down_ = false;  // set with all locks held

  std::mutex put_mutex_;  // guards back_
  std::condition_variable not_full_;
  std::unique_ptr<Node> front_ = std::make_unique<Node>();
  Node* back_ = front_.get();

  std::mutex get_mutex_;  // guards front_
  std::condition_variable not_empty_;

  std::mutex work_mutex_;  // guards unfinished_; taken last
  std::condition_variable all_done_;
  std::ptrdiff_t unfinished_ = 0;
};

// --- The other two orders: one lock -----------------------------------------------------------

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
class OneLockQueue {
 public:
  explicit OneLockQueue(std::ptrdiff_t maxsize = 0) : maxsize_(maxsize) {}

  OneLockQueue(const OneLockQueue&) = delete;
  OneLockQueue& operator=(const OneLockQueue&) = delete;

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
    all_done_.wait(lock, [this] { return unfinished_ == 0; });
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
    explicit RemoveAfterwards(OneLockQueue& queue) : queue(queue) {}
    ~RemoveAfterwards() {
      if (std::uncaught_exceptions() > before) {
        queue.not_empty_.notify_one();
      } else {
        queue.items_.pop();
        queue.not_full_.notify_one();
      }
    }
    OneLockQueue& queue;
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
class LifoQueue : public OneLockQueue<T, LifoItems<T>> {
 public:
  using OneLockQueue<T, LifoItems<T>>::OneLockQueue;
};

template <typename T>
class PriorityQueue : public OneLockQueue<T, SortedItems<T>> {
 public:
  using OneLockQueue<T, SortedItems<T>>::OneLockQueue;
};

}  // namespace lab

#endif  // LAB_10_QUEUE_QUEUE_H_
