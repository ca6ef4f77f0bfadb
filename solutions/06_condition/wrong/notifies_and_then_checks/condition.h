// must fail: "who has not the lock touches nothing" data-race
//
// The check stands at the end of notify(), "for what has been done is done". What has been done is
// that somebody was woken, and that two threads were in one list.
#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "04_lock/lock.h"
#include "05_rlock/rlock.h"

namespace lab {

class Condition {
 public:
  Condition() : own_(std::make_unique<RLock>()), rlock_(own_.get()) {}
  explicit Condition(RLock& lock) : rlock_(&lock) {}
  explicit Condition(Lock& lock) : lock_(&lock) {}

  void lock() { rlock_ ? rlock_->lock() : lock_->lock(); }
  bool try_lock() { return rlock_ ? rlock_->try_lock() : lock_->try_lock(); }
  void unlock() { rlock_ ? rlock_->unlock() : lock_->unlock(); }

  void wait() {
    require_lock();
    Lock mine;
    mine.lock();
    waiters_.push_back(&mine);
    const Levels levels = give_up();
    mine.lock();
    take_back(levels);
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    require_lock();
    Lock mine;
    mine.lock();
    waiters_.push_back(&mine);
    const Levels levels = give_up();
    const bool opened = mine.try_lock_for(timeout);
    take_back(levels);
    if (opened) return true;
    const auto place = std::find(waiters_.begin(), waiters_.end(), &mine);
    if (place == waiters_.end()) return true;
    waiters_.erase(place);
    return false;
  }

  template <class Predicate>
  void wait(Predicate predicate) {
    require_lock();
    while (!predicate()) wait();
  }

  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    require_lock();
    const auto deadline = deadline_after(timeout);
    while (!predicate()) {
      const std::chrono::nanoseconds left = deadline - Clock::now();
      if (left <= left.zero()) return false;
      if (!wait_for(left)) return predicate();
    }
    return true;
  }

  void notify(std::ptrdiff_t n = 1) {
    for (; n > 0 && !waiters_.empty(); --n) {
      waiters_.front()->unlock();
      waiters_.pop_front();
    }
    require_lock();
  }

  void notify_all() {
    require_lock();
    while (!waiters_.empty()) notify();
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Levels = std::optional<RLock::State>;

  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    const auto now = Clock::now();
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  void require_lock() const {
    if (rlock_ ? rlock_->owned_by_caller() : lock_->locked()) return;
    throw std::logic_error("Condition: the lock is not held");
  }

  Levels give_up() {
    if (rlock_) return rlock_->release_save();
    lock_->unlock();
    return std::nullopt;
  }

  void take_back(const Levels& levels) {
    if (rlock_) {
      rlock_->acquire_restore(*levels);
    } else {
      lock_->lock();
    }
  }

  std::unique_ptr<RLock> own_;
  RLock* rlock_ = nullptr;
  Lock* lock_ = nullptr;
  std::list<Lock*> waiters_;
};

class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    if (speaker != 0 && speaker != 1) throw std::invalid_argument("speak: no such speaker");
    for (auto line = static_cast<std::size_t>(speaker); line < lines_.size(); line += 2) {
      std::scoped_lock hold(turn_);
      turn_.wait([&] { return next_ >= line; });
      if (next_ > line) return;
      try {
        say(lines_[line]);
      } catch (...) {
        next_ = lines_.size();
        turn_.notify();
        throw;
      }
      ++next_;
      turn_.notify();
    }
  }

 private:
  const std::vector<std::string> lines_;
  Condition turn_;
  std::size_t next_ = 0;
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
