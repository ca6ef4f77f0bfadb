#ifndef LAB_10_QUEUE_QUEUE_H_
#define LAB_10_QUEUE_QUEUE_H_

// A queue between threads: producers put items in, consumers take them out,
// and whoever cannot go on sleeps until somebody else has made it possible.
// README.md explains the idea and gives the whole contract.
//
// Yours to write: what BasicQueue keeps, every function that says
// not_implemented, and where the items of a LifoQueue and of a PriorityQueue
// rest. FifoItems is given, as an example. You may change anything in this
// file, as long as Queue, LifoQueue, PriorityQueue and ShutDown are there.

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

// Stands for what you have not written yet. Delete it in the end.
template <typename... Unused>
[[noreturn]] void not_implemented(const char* what, const Unused&...) {
  throw std::logic_error(std::string(what) + " is not implemented");
}

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
  std::size_t size() const { not_implemented("LifoItems::size"); }
  void push(T&& item) { not_implemented("LifoItems::push", item); }
  T& next() { not_implemented("LifoItems::next"); }
  void pop() { not_implemented("LifoItems::pop"); }
};

// Smallest first, by operator< alone; of equal items the one that was pushed first.
template <typename T>
class SortedItems {
 public:
  std::size_t size() const { not_implemented("SortedItems::size"); }
  void push(T&& item) { not_implemented("SortedItems::push", item); }
  T& next() { not_implemented("SortedItems::next"); }
  void pop() { not_implemented("SortedItems::pop"); }
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
    not_implemented("put", item);
  }

  // As put, but blocks for at most `timeout`. Returns false, with `item` as it was, when there was
  // no room in that time. A timeout of zero tries once; below zero: std::invalid_argument.
  bool put_for(T&& item, std::chrono::nanoseconds timeout) {
    not_implemented("put_for", item, timeout);
  }

  // As put, but never blocks. Returns false, with `item` as it was, when there is no room now.
  bool try_put(T&& item) {
    not_implemented("try_put", item);
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
    not_implemented("get");
  }

  // As get, but blocks for at most `timeout`; nothing when no item came in that time. A timeout of
  // zero tries once; below zero: std::invalid_argument.
  std::optional<T> get_for(std::chrono::nanoseconds timeout) {
    not_implemented("get_for", timeout);
  }

  // As get, but never blocks; nothing when there is no item now.
  std::optional<T> try_get() {
    not_implemented("try_get");
  }

  // How it was a moment ago: another thread may have changed it by the time you look.
  std::ptrdiff_t size() const {
    not_implemented("size");
  }
  bool empty() const {
    not_implemented("empty");
  }
  bool full() const {
    not_implemented("full");
  }

  // A consumer says that it has finished with an item it got. More often than items were put:
  // std::logic_error.
  void task_done() {
    not_implemented("task_done");
  }

  // Blocks until task_done was called for every item that was put.
  void join() {
    not_implemented("join");
  }

  // From now on put throws ShutDown, and get does once no item is left; who sleeps in put or get is
  // woken to see it. With `immediate`, the items still there are thrown away and count as done.
  void shutdown(bool immediate = false) {
    not_implemented("shutdown", immediate);
  }

 private:
  // TODO: what else must be kept? Think first. Which threads sleep, and until
  // what is true? Who makes it true, and must wake them? What guards it all?
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
