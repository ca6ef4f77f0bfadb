// A right design that differs: threads that sleep stand in a line, each with a condition variable
// of its own, and who makes something possible calls the one that has waited longest. Nobody
// overtakes a sleeper by luck of the scheduler's choice, and a notify wakes exactly the thread it
// is meant for. The price is bookkeeping: a thread whose time is up must leave the line.

#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace lab {

class ShutDown : public std::runtime_error {
 public:
  ShutDown() : std::runtime_error("the queue is shut down") {}
};

// Threads that wait for the same thing, oldest first. Everything with the queue's mutex held.
class Line {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Sleeps until `ready()`, or until `deadline` if there is one. Returns ready().
  template <typename Ready>
  bool wait(std::unique_lock<std::mutex>& lock, std::optional<TimePoint> deadline,
            const Ready& ready) {
    if (ready()) return true;
    const auto place = line_.emplace(line_.end());
    bool in_time = true;
    while (in_time && !ready()) {
      place->called = false;
      if (deadline) {
        in_time = place->bell.wait_until(lock, *deadline, [&] { return place->called; });
      } else {
        place->bell.wait(lock, [&] { return place->called; });
      }
    }
    line_.erase(place);
    return ready();
  }

  // Calls the oldest that was not called yet.
  void call_one() {
    const auto sleeper =
        std::find_if(line_.begin(), line_.end(), [](const Sleeper& s) { return !s.called; });
    if (sleeper != line_.end()) call(*sleeper);
  }

  void call_all() { std::for_each(line_.begin(), line_.end(), call); }

 private:
  struct Sleeper {
    std::condition_variable bell;
    bool called = false;
  };
  static void call(Sleeper& sleeper) {
    sleeper.called = true;
    sleeper.bell.notify_one();
  }
  std::list<Sleeper> line_;
};

// Where an item goes in a deque whose front leaves next.
struct AtTheBack {
  template <typename Items, typename T>
  static auto place(Items& items, const T&) {
    return items.end();
  }
};
struct AtTheFront {
  template <typename Items, typename T>
  static auto place(Items& items, const T&) {
    return items.begin();
  }
};
struct BehindEquals {
  template <typename Items, typename T>
  static auto place(Items& items, const T& item) {
    return std::upper_bound(items.begin(), items.end(), item,
                            [](const T& a, const auto& b) { return a < *b; });
  }
};

template <typename T, typename Place>
class LineQueue {
 public:
  explicit LineQueue(std::ptrdiff_t maxsize = 0) : maxsize_(maxsize) {}
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;

  void put(T&& item) {
    std::unique_lock lock(mutex_);
    producers_.wait(lock, std::nullopt, [this] { return may_put(); });
    add(std::move(item));
  }
  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    const auto deadline = deadline_after(timeout);
    std::unique_lock lock(mutex_);
    if (!producers_.wait(lock, deadline, [this] { return may_put(); })) return false;
    add(std::move(item));
    return true;
  }
  bool try_put(T&& item) {
    std::lock_guard lock(mutex_);
    if (!may_put()) return false;
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
    consumers_.wait(lock, std::nullopt, [this] { return may_get(); });
    return next<T>();
  }
  std::optional<T> get_for(std::chrono::nanoseconds timeout) {
    const auto deadline = deadline_after(timeout);
    std::unique_lock lock(mutex_);
    if (!consumers_.wait(lock, deadline, [this] { return may_get(); })) return std::nullopt;
    return next<std::optional<T>>();
  }
  std::optional<T> try_get() {
    std::lock_guard lock(mutex_);
    if (!may_get()) return std::nullopt;
    return next<std::optional<T>>();
  }

  std::ptrdiff_t size() const {
    std::lock_guard lock(mutex_);
    return std::ssize(items_);
  }
  bool empty() const {
    std::lock_guard lock(mutex_);
    return items_.empty();
  }
  bool full() const {
    std::lock_guard lock(mutex_);
    return is_full();
  }

  void task_done() {
    std::lock_guard lock(mutex_);
    if (unfinished_ == 0) throw std::logic_error("more tasks done than there were");
    if (--unfinished_ == 0) joiners_.call_all();
  }
  void join() {
    std::unique_lock lock(mutex_);
    joiners_.wait(lock, std::nullopt, [this] { return unfinished_ == 0; });
  }

  void shutdown(bool immediate = false) {
    std::deque<std::unique_ptr<T>> dropped;  // destroyed when the lock is free again
    std::lock_guard lock(mutex_);
    closed_ = true;
    if (immediate) {
      dropped.swap(items_);
      unfinished_ = std::max<std::ptrdiff_t>(0, unfinished_ - std::ssize(dropped));
      if (unfinished_ == 0) joiners_.call_all();
    }
    producers_.call_all();
    consumers_.call_all();
  }

 private:
  static std::optional<Line::TimePoint> deadline_after(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("a timeout is never negative");
    const auto now = std::chrono::steady_clock::now();
    if (timeout > Line::TimePoint::max() - now) return std::nullopt;
    return now + timeout;
  }

  bool is_full() const { return maxsize_ > 0 && std::ssize(items_) >= maxsize_; }
  bool may_put() const { return closed_ || !is_full(); }
  bool may_get() const { return closed_ || !items_.empty(); }

  void add(T&& item) {
    if (closed_) throw ShutDown();
    try {
      const auto place = Place::place(items_, item);
      items_.insert(place, std::make_unique<T>(std::move(item)));
    } catch (...) {
      producers_.call_one();
      throw;
    }
    ++unfinished_;
    consumers_.call_one();
  }

  // Takes the next item's box out of the line of items, and puts it back if the item cannot be
  // moved out of it. Nobody can see it missing in between: the mutex is held.
  template <typename Result>
  Result next() {
    if (items_.empty()) throw ShutDown();
    std::unique_ptr<T> box = std::move(items_.front());
    items_.pop_front();
    producers_.call_one();
    try {
      return Result(std::move(*box));
    } catch (...) {
      items_.push_front(std::move(box));
      consumers_.call_one();
      throw;
    }
  }

  mutable std::mutex mutex_;
  Line producers_;
  Line consumers_;
  Line joiners_;
  std::deque<std::unique_ptr<T>> items_;  // in the order in which they leave
  std::ptrdiff_t unfinished_ = 0;
  bool closed_ = false;
  const std::ptrdiff_t maxsize_;
};

template <typename T>
class Queue : public LineQueue<T, AtTheBack> {
 public:
  using LineQueue<T, AtTheBack>::LineQueue;
};

template <typename T>
class LifoQueue : public LineQueue<T, AtTheFront> {
 public:
  using LineQueue<T, AtTheFront>::LineQueue;
};

template <typename T>
class PriorityQueue : public LineQueue<T, BehindEquals> {
 public:
  using LineQueue<T, BehindEquals>::LineQueue;
};

}  // namespace lab

#endif  // LAB_10_QUEUE_QUEUE_H_
