// The kind of lock is a template parameter, found by deduction: no branch at run time, and any lock
// with a "held" and a "give up" of its own could be added. Each waiter sleeps on a semaphore in a
// node on its stack, and the nodes are linked with each other: a wait allocates nothing.
//
// The Dialogue does without a Condition. Two Locks are batons: a speaker locks its own to begin,
// and opens the other's when it has spoken. An open Lock remembers that it was opened.
#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "04_lock/lock.h"
#include "05_rlock/rlock.h"

namespace lab {

// What a Condition needs to know of its lock.
template <class Outer>
struct Outside;

template <>
struct Outside<RLock> {
  using Depth = RLock::State;
  static bool held(const RLock& lock) { return lock.owned_by_caller(); }
  static Depth give_up(RLock& lock) { return lock.release_save(); }
  static void take_back(RLock& lock, Depth depth) { lock.acquire_restore(depth); }
};

template <>
struct Outside<Lock> {
  struct Depth {};
  static bool held(const Lock& lock) { return lock.locked(); }
  static Depth give_up(Lock& lock) {
    lock.unlock();
    return {};
  }
  static void take_back(Lock& lock, Depth) { lock.lock(); }
};

template <class Outer = RLock>
class Condition {
 public:
  Condition() : own_(std::make_unique<Outer>()), lock_(*own_) {}
  explicit Condition(Outer& lock) : lock_(lock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void lock() { lock_.lock(); }
  bool try_lock() { return lock_.try_lock(); }
  void unlock() { lock_.unlock(); }

  void wait() { sleep(std::nullopt); }

  bool wait_for(std::chrono::nanoseconds timeout) { return sleep(deadline_after(timeout)); }

  template <class Predicate>
  void wait(Predicate predicate) {
    require_lock();
    while (!predicate()) sleep(std::nullopt);
  }

  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    const Clock::time_point deadline = deadline_after(timeout);
    require_lock();
    while (!predicate()) {
      if (!sleep(deadline)) return predicate();
    }
    return true;
  }

  void notify(std::ptrdiff_t n = 1) {
    require_lock();
    for (; n > 0 && oldest_; --n) wake(*oldest_);
  }

  void notify_all() {
    require_lock();
    while (oldest_) wake(*oldest_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Node {
    std::binary_semaphore opened{0};
    Node* older = nullptr;
    Node* newer = nullptr;
    bool queued = false;
  };

  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    const Clock::time_point now = Clock::now();
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  void require_lock() const {
    if (!Outside<Outer>::held(lock_)) throw std::logic_error("Condition: the lock is not held");
  }

  bool sleep(std::optional<Clock::time_point> deadline) {
    require_lock();
    Node me;
    enter(me);
    const auto depth = Outside<Outer>::give_up(lock_);
    if (!deadline || *deadline == Clock::time_point::max()) {
      me.opened.acquire();
    } else {
      (void)me.opened.try_acquire_until(*deadline);
    }
    Outside<Outer>::take_back(lock_, depth);
    // Chosen or not is written in the node, and was written with the lock held.
    if (!me.queued) return true;
    leave(me);
    return false;
  }

  void wake(Node& node) {
    leave(node);
    node.opened.release();
  }

  void enter(Node& node) {
    node.queued = true;
    node.older = newest_;
    (newest_ ? newest_->newer : oldest_) = &node;
    newest_ = &node;
  }

  void leave(Node& node) {
    (node.older ? node.older->newer : oldest_) = node.newer;
    (node.newer ? node.newer->older : newest_) = node.older;
    node.queued = false;
  }

  const std::unique_ptr<Outer> own_;
  Outer& lock_;
  Node* oldest_ = nullptr;
  Node* newest_ = nullptr;
};

Condition()->Condition<RLock>;

class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {
    batons_[1].lock();
  }

  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    if (speaker != 0 && speaker != 1) throw std::invalid_argument("speak: no such speaker");
    const auto me = static_cast<std::size_t>(speaker);
    for (std::size_t line = me; line < lines_.size(); line += 2) {
      batons_[me].lock();
      if (over_) return;
      try {
        say(lines_[line]);
      } catch (...) {
        over_ = true;
        batons_[1 - me].unlock();
        throw;
      }
      batons_[1 - me].unlock();
    }
  }

 private:
  const std::vector<std::string> lines_;
  std::array<Lock, 2> batons_;
  bool over_ = false;  // passed on with the baton
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
