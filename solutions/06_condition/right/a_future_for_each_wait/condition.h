// Each wait is a promise that some notify() keeps: the waiter has the future. The queue is made of
// promises, and owns them, so nothing of a waiter lies on a stack that another thread looks at. The
// two kinds of lock are behind four functions that the constructors fill in.
#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "04_lock/lock.h"
#include "05_rlock/rlock.h"

namespace lab {

class Condition {
 public:
  Condition() : Condition(std::make_shared<RLock>()) {}
  explicit Condition(RLock& lock) : Condition(std::shared_ptr<RLock>(&lock, [](RLock*) {})) {}
  explicit Condition(Lock& lock)
      : lock_([&lock] { lock.lock(); }),
        try_lock_([&lock] { return lock.try_lock(); }),
        unlock_([&lock] { lock.unlock(); }),
        held_([&lock] { return lock.locked(); }),
        give_up_([&lock]() -> std::function<void()> {
          lock.unlock();
          return [&lock] { lock.lock(); };
        }) {}

  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void lock() { lock_(); }
  bool try_lock() { return try_lock_(); }
  void unlock() { unlock_(); }

  void wait() {
    require_lock();
    const std::uint64_t number = next_++;
    std::future<void> told = waiting_[number].get_future();
    const auto take_back = give_up_();
    told.wait();
    take_back();
  }

  bool wait_for(std::chrono::nanoseconds timeout) { return wait_until(deadline_after(timeout)); }

  template <class Predicate>
  void wait(Predicate predicate) {
    require_lock();
    while (!predicate()) wait();
  }

  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    const Clock::time_point deadline = deadline_after(timeout);
    require_lock();
    bool in_time = true;
    while (!predicate()) {
      if (!in_time) return false;
      in_time = wait_until(deadline);
    }
    return true;
  }

  void notify(std::ptrdiff_t n = 1) {
    require_lock();
    while (n-- > 0 && !waiting_.empty()) {
      waiting_.begin()->second.set_value();
      waiting_.erase(waiting_.begin());
    }
  }

  void notify_all() {
    require_lock();
    for (auto& [number, promise] : waiting_) promise.set_value();
    waiting_.clear();
  }

 private:
  using Clock = std::chrono::steady_clock;

  explicit Condition(std::shared_ptr<RLock> lock)
      : lock_([lock] { lock->lock(); }),
        try_lock_([lock] { return lock->try_lock(); }),
        unlock_([lock] { lock->unlock(); }),
        held_([lock] { return lock->owned_by_caller(); }),
        give_up_([lock]() -> std::function<void()> {
          return [lock, levels = lock->release_save()] { lock->acquire_restore(levels); };
        }) {}

  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    const Clock::time_point now = Clock::now();
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  void require_lock() const {
    if (!held_()) throw std::logic_error("Condition: the lock is not held");
  }

  bool wait_until(Clock::time_point deadline) {
    require_lock();
    const std::uint64_t number = next_++;
    std::future<void> told = waiting_[number].get_future();
    const auto take_back = give_up_();
    told.wait_until(deadline);
    take_back();
    return waiting_.erase(number) == 0;  // not there any more: chosen, perhaps in the last moment
  }

  const std::function<void()> lock_;
  const std::function<bool()> try_lock_;
  const std::function<void()> unlock_;
  const std::function<bool()> held_;
  const std::function<std::function<void()>()> give_up_;  // returns what takes it back
  std::map<std::uint64_t, std::promise<void>> waiting_;   // by number: the oldest first
  std::uint64_t next_ = 0;
};

class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    if (speaker != 0 && speaker != 1) throw std::invalid_argument("speak: no such speaker");
    const auto mine = static_cast<std::size_t>(speaker);
    std::scoped_lock hold(changed_);
    for (;;) {
      changed_.wait([&] { return next_ >= lines_.size() || next_ % 2 == mine; });
      if (next_ >= lines_.size()) return;
      const std::string& line = lines_[next_];
      try {
        say(line);
      } catch (...) {
        next_ = lines_.size();
        changed_.notify_all();
        throw;
      }
      ++next_;
      changed_.notify_all();
    }
  }

 private:
  const std::vector<std::string> lines_;
  Condition changed_;
  std::size_t next_ = 0;
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
