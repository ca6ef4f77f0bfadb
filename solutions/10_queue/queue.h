#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

// LOCKSTEP BEGIN SOLUTION
// A queue between threads: producers put items in, consumers take them out, and whoever cannot go
// on sleeps until somebody else has made it possible.
//
// The idea. One mutex guards all state. Each reason to sleep has a condition variable of its own:
//
//   who sleeps          until                          condition    woken by
//   ------------------  -----------------------------  -----------  ---------------------------
//   put, put_for        there is room, or shut down    not_full_    get (one), shutdown (all)
//   get, get_for        there is an item, or shut down not_empty_   put (one), shutdown (all)
//   join                unfinished_ == 0               all_done_    task_done (all), shutdown (all)
//
// Invariants, true whenever the mutex is free:
//
//   (1) 0 <= items_.size(), and items_.size() <= maxsize_ where maxsize_ > 0.
//   (2) unfinished_ counts the items that were put and not yet reported by task_done.
//   (3) Once is_shut_down_ is true it stays true, and items_ does not grow.
//   (4) No sleeper is forgotten: of the threads asleep in get, as many have been notified as there
//       are items, or all of them; and the same for the threads asleep in put and the free places.
//
// (4) is what a lost wake-up breaks, so it is worth seeing why it holds.
//   - A sleeper tests its condition and falls asleep in one step: `wait` lets go of the mutex and
//     begins to sleep at once, so a change cannot slip in between the test and the sleep.
//   - Every change that makes a condition true is followed by a notify before the mutex is let go.
//   - One more item is good for exactly one more consumer, and all threads at not_empty_ want the
//     same thing. So one may be woken, and any one will do. (With a single condition for producers
//     and consumers, notify_one may wake the wrong kind, and the right kind sleeps for ever.)
//   - A thread that was woken but fails after all (moving the item throws) has used up a wake-up
//     and left its reason behind. It hands the wake-up on: see `add` and `Departure`.
//
// Why every wait is a loop (`wait` with a condition is one). Between the notify and the moment the
// woken thread has the mutex again, another thread may come by and take the item. A wake-up means
// "look again", never "it is yours". The standard also allows wake-ups for no reason at all.
//
// Why notify under the mutex. The woken thread must wait for the mutex anyway, so letting go first
// would also be right here, save for one thing: the consumer that gets the last item may destroy
// the queue, and then a producer that still has to call notify touches a dead object.
//
// Memory order. The mutex gives all of it. For a put that stores x and the get that returns x:
// everything the producer did before put happens before everything the consumer does after get.
// Everything before a task_done happens before everything after the join that it ends.
//
// Lifetime. A queue may be destroyed when no thread is inside one of its functions, whatever it
// still holds. A thread that was woken by shutdown is inside until its call has thrown.
//
// When moving T throws. `get` builds the result out of the item first and removes the item after,
// when nothing can throw any more; so a throwing move leaves the item where it was. The result is
// built in the caller's place, and so there is no second move that could throw too late.
//
// Where the items rest (FifoItems, LifoItems, SortedItems) knows nothing of threads, and
// BasicQueue knows nothing of order. Only BasicQueue needs thought about interleavings.
//
// Sources: the class of the same name in Python's queue module (3.13). C. A. R. Hoare, Monitors: an
// operating system structuring concept (1974), whose bounded buffer is this one. B. Lampson and
// D. Redell, Experience with processes and monitors in Mesa (1980): why to look again after a wait.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: // A queue between threads: producers put items in, consumers take them out,
// LOCKSTEP SKELETON: // and whoever cannot go on sleeps until somebody else has made it possible.
// LOCKSTEP SKELETON: // README.md explains the idea and gives the whole contract.
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Yours to write: what BasicQueue keeps, every function that says
// LOCKSTEP SKELETON: // not_implemented, and where the items of a LifoQueue and of a PriorityQueue
// LOCKSTEP SKELETON: // rest. FifoItems is given, as an example. You may change anything in this
// LOCKSTEP SKELETON: // file, as long as Queue, LifoQueue, PriorityQueue and ShutDown are there.

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
#include <string>
#include <utility>
#include <vector>

namespace lab {

// Thrown by put on a queue that was shut down, and by get once such a queue is empty.
class ShutDown : public std::runtime_error {
 public:
  ShutDown() : std::runtime_error("the queue is shut down") {}
};
// LOCKSTEP SKELETON:
// LOCKSTEP SKELETON: // Stands for what you have not written yet. Delete it in the end.
// LOCKSTEP SKELETON: template <typename... Unused>
// LOCKSTEP SKELETON: [[noreturn]] void not_implemented(const char* what, const Unused&...) {
// LOCKSTEP SKELETON:   throw std::logic_error(std::string(what) + " is not implemented");
// LOCKSTEP SKELETON: }

// --- Where items rest: not for use by several threads at once ---------------------------------
//
// `push` adds an item, or throws and has changed nothing. `next` is the item to leave next, and
// `pop` removes it; both need an item to be there.

// First in, first out.
template <typename T>
class FifoItems {
 public:
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.push_back(std::move(item)); }
  T& next() { return items_.front(); }
  void pop() { items_.pop_front(); }

 private:
  // A vector would have to move every item when it grows, and a move may throw; a deque never does.
  std::deque<T> items_;
};

// Last in, first out.
template <typename T>
class LifoItems {
 public:
  // LOCKSTEP BEGIN SOLUTION
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.push_back(std::move(item)); }
  T& next() { return items_.back(); }
  void pop() { items_.pop_back(); }

 private:
  std::deque<T> items_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: std::size_t size() const { not_implemented("LifoItems::size"); }
  // LOCKSTEP SKELETON: void push(T&& item) { not_implemented("LifoItems::push", item); }
  // LOCKSTEP SKELETON: T& next() { not_implemented("LifoItems::next"); }
  // LOCKSTEP SKELETON: void pop() { not_implemented("LifoItems::pop"); }
};

// Smallest first, by operator< alone; of equal items the one that was pushed first.
template <typename T>
class SortedItems {
 public:
  // LOCKSTEP BEGIN SOLUTION
  std::size_t size() const { return items_.size(); }
  void push(T&& item) { items_.emplace(std::move(item)); }
  T& next() { return items_.begin()->item; }
  void pop() { items_.erase(items_.begin()); }

 private:
  struct Entry {
    explicit Entry(T&& value) : item(std::move(value)) {}
    // The elements of a set are const, for their order must not change. Ours may change in one way:
    // the first is moved from, just before it is erased.
    mutable T item;
    friend bool operator<(const Entry& a, const Entry& b) { return a.item < b.item; }
  };
  // The standard promises what a binary heap would not: an element that equals others goes in
  // behind them, and none is ever moved again once it is in.
  std::multiset<Entry> items_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: std::size_t size() const { not_implemented("SortedItems::size"); }
  // LOCKSTEP SKELETON: void push(T&& item) { not_implemented("SortedItems::push", item); }
  // LOCKSTEP SKELETON: T& next() { not_implemented("SortedItems::next"); }
  // LOCKSTEP SKELETON: void pop() { not_implemented("SortedItems::pop"); }
};

// --- The queue: every function may be called by any thread at any time ------------------------

template <typename T, typename Items>
class BasicQueue {
 public:
  // Holds at most `maxsize` items; with 0 or less, any number.
  explicit BasicQueue(std::ptrdiff_t maxsize = 0) : maxsize_(maxsize) {}

  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

  // Adds `item`. Blocks while the queue is full. Throws ShutDown once the queue is shut down, also
  // to a thread that slept here when that happened.
  void put(T&& item) {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return has_room() || is_shut_down_; });
    add(std::move(item));
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("put", item);
  }

  // As put, but blocks for at most `timeout`. Returns false, with `item` as it was, when there was
  // no room in that time. A timeout of zero tries once; below zero: std::invalid_argument.
  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    const TimePoint deadline = deadline_after(timeout);
    // equivalent drop-guard: a wait whose end has come looks once more, and gives up
    if (timeout.count() == 0) return try_put(std::move(item));
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return has_room() || is_shut_down_; };
    if (!not_full_.wait_until(lock, deadline, ready)) return false;
    add(std::move(item));
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("put_for", item, timeout);
  }

  // As put, but never blocks. Returns false, with `item` as it was, when there is no room now.
  bool try_put(T&& item) {
    // LOCKSTEP BEGIN SOLUTION
    const std::lock_guard lock(mutex_);
    if (!has_room() && !is_shut_down_) return false;
    add(std::move(item));
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("try_put", item);
  }

  // The same with a copy of `item` (for a T that can be copied), made before anything is locked.
  void put(const T& item) { put(T(item)); }
  bool put_for(const T& item, std::chrono::nanoseconds timeout) {
    return put_for(T(item), timeout);
  }
  bool try_put(const T& item) { return try_put(T(item)); }

  // Removes the next item and returns it. Blocks while the queue is empty. Throws ShutDown when the
  // queue is shut down and empty, also to a thread that slept here when that happened.
  T get() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return items_.size() > 0 || is_shut_down_; });
    return take<T>();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("get");
  }

  // As get, but blocks for at most `timeout`; nothing when no item came in that time. A timeout of
  // zero tries once; below zero: std::invalid_argument.
  std::optional<T> get_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    const TimePoint deadline = deadline_after(timeout);
    // equivalent drop-guard: a wait whose end has come looks once more, and gives up
    if (timeout.count() == 0) return try_get();
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return items_.size() > 0 || is_shut_down_; };
    if (!not_empty_.wait_until(lock, deadline, ready)) return std::nullopt;
    return take<std::optional<T>>();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("get_for", timeout);
  }

  // As get, but never blocks; nothing when there is no item now.
  std::optional<T> try_get() {
    // LOCKSTEP BEGIN SOLUTION
    const std::lock_guard lock(mutex_);
    if (items_.size() == 0 && !is_shut_down_) return std::nullopt;
    return take<std::optional<T>>();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("try_get");
  }

  // How it was a moment ago: another thread may have changed it by the time you look.
  std::ptrdiff_t size() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::lock_guard lock(mutex_);
    return count();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("size");
  }
  bool empty() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::lock_guard lock(mutex_);
    return count() == 0;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("empty");
  }
  bool full() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::lock_guard lock(mutex_);
    return !has_room();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("full");
  }

  // A consumer says that it has finished with an item it got. More often than items were put:
  // std::logic_error.
  void task_done() {
    // LOCKSTEP BEGIN SOLUTION
    const std::lock_guard lock(mutex_);
    if (unfinished_ == 0) throw std::logic_error("task_done: called more often than put");
    --unfinished_;
    if (unfinished_ == 0) all_done_.notify_all();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("task_done");
  }

  // Blocks until task_done was called for every item that was put.
  void join() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [this] { return unfinished_ == 0; });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("join");
  }

  // From now on put throws ShutDown, and get does once no item is left; who sleeps in put or get is
  // woken to see it. With `immediate`, the items still there are thrown away and count as done.
  void shutdown(bool immediate = false) {
    // LOCKSTEP BEGIN SOLUTION
    Items thrown_away;  // destroyed after the lock is let go: ~T is foreign code, and may be slow
    const std::lock_guard lock(mutex_);
    // equivalent swap-statements: one critical section; nobody sees what comes first in it
    is_shut_down_ = true;
    // equivalent swap-statements: one critical section; who is woken needs the mutex before it
    // looks
    if (immediate) {
      // As Python: a consumer may have called task_done before its get, hence the max.
      unfinished_ = std::max<std::ptrdiff_t>(0, unfinished_ - count());
      // equivalent swap-statements: one critical section; who is woken needs the mutex to look
      std::swap(items_, thrown_away);
      if (unfinished_ == 0) all_done_.notify_all();
    }
    not_empty_.notify_all();
    not_full_.notify_all();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("shutdown", immediate);
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  using TimePoint = std::chrono::steady_clock::time_point;

  // The moment `timeout` from now, or the last moment there is: now + nanoseconds::max() would
  // overflow. A deadline, unlike a duration, stays the same however often a wait is woken.
  static TimePoint deadline_after(std::chrono::nanoseconds timeout) {
    if (timeout.count() < 0) throw std::invalid_argument("a timeout must not be negative");
    const TimePoint now = std::chrono::steady_clock::now();
    // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
    return timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();
  }

  // All below: with mutex_ held.

  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(items_.size()); }
  bool has_room() const { return maxsize_ <= 0 || count() < maxsize_; }

  // The end of every put, when there is room or the queue is shut down.
  void add(T&& item) {
    if (is_shut_down_) throw ShutDown();
    try {
      items_.push(std::move(item));
    } catch (...) {
      not_full_.notify_one();  // we may have been woken for this place, and did not take it
      throw;
    }
    // equivalent swap-statements: mutex_ is held; who is woken needs it before it looks
    ++unfinished_;
    not_empty_.notify_one();
  }

  // The end of every get, when there is an item or the queue is shut down. `Result` is T or
  // std::optional<T>: the item is moved once, into what the caller receives.
  template <typename Result>
  Result take() {
    if (items_.size() == 0) throw ShutDown();
    const Departure departure(*this);
    return Result(std::move(items_.next()));
  }

  // Lives while `take` moves the next item out. When that is over, either the result exists and the
  // item can go, or the move threw: then the item stays, and we, who may have been woken for it,
  // wake another consumer in our stead.
  class Departure {
   public:
    explicit Departure(BasicQueue& queue) : queue_(queue) {}
    Departure(const Departure&) = delete;
    Departure& operator=(const Departure&) = delete;
    ~Departure() {
      if (std::uncaught_exceptions() > exceptions_before_) {
        queue_.not_empty_.notify_one();
      } else {
        // equivalent swap-statements: mutex_ is held; who is woken needs it before it looks
        queue_.items_.pop();
        queue_.not_full_.notify_one();
      }
    }

   private:
    BasicQueue& queue_;
    const int exceptions_before_ = std::uncaught_exceptions();
  };

  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::condition_variable all_done_;
  std::ptrdiff_t unfinished_ = 0;
  bool is_shut_down_ = false;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // TODO: what else must be kept? Think first. Which threads sleep, and until
  // LOCKSTEP SKELETON: // what is true? Who makes it true, and must wake them? What guards it all?
  Items items_;
  const std::ptrdiff_t maxsize_;
};

template <typename T>
class Queue : public BasicQueue<T, FifoItems<T>> {
 public:
  using BasicQueue<T, FifoItems<T>>::BasicQueue;
};

// The newest item leaves first.
template <typename T>
class LifoQueue : public BasicQueue<T, LifoItems<T>> {
 public:
  using BasicQueue<T, LifoItems<T>>::BasicQueue;
};

// The smallest item leaves first; of equal ones the oldest.
template <typename T>
class PriorityQueue : public BasicQueue<T, SortedItems<T>> {
 public:
  using BasicQueue<T, SortedItems<T>>::BasicQueue;
};

}  // namespace lab

#endif  // LAB_10_QUEUE_QUEUE_H_
