// Another right design: each waiter waits for a promise, and no condition variable is in sight.
//
// A thread that does not get the lock leaves a std::promise in the queue and waits for its future.
// The thread that unlocks keeps the oldest promise. A promise is kept once and is never missed,
// even when it is kept before anybody waits for it: there is nothing to look at again after the
// wait.
#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace lab {

class RLock {
 public:
  using State = std::ptrdiff_t;

  RLock() = default;
  RLock(const RLock&) = delete;
  RLock& operator=(const RLock&) = delete;

  void lock() { take(1, std::nullopt); }

  bool try_lock() {
    std::scoped_lock hold(mutex_);
    return enter(1);
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    if (timeout == timeout.zero()) return try_lock();
    const auto now = Clock::now();
    const auto longest = Clock::time_point::max() - now;
    if (timeout >= longest) {
      lock();
      return true;
    }
    return take(1, now + timeout);
  }

  void unlock() {
    std::scoped_lock hold(mutex_);
    require_owner();
    if (--levels_ == 0) hand_over();
  }

  bool owned_by_caller() const { return recursion_count() > 0; }

  std::ptrdiff_t recursion_count() const {
    std::scoped_lock hold(mutex_);
    return owner_ == std::this_thread::get_id() ? levels_ : 0;
  }

  State release_save() {
    std::scoped_lock hold(mutex_);
    require_owner();
    const State levels = levels_;
    hand_over();
    return levels;
  }

  void acquire_restore(State levels) { take(levels, std::nullopt); }

 private:
  using Clock = std::chrono::steady_clock;

  struct Waiter {
    std::thread::id thread;
    std::ptrdiff_t levels;
    std::promise<void> turn;
  };

  bool enter(std::ptrdiff_t levels) {
    const auto caller = std::this_thread::get_id();
    if (owner_ != std::thread::id() && owner_ != caller) return false;
    owner_ = caller;
    levels_ += levels;
    return true;
  }

  bool take(std::ptrdiff_t levels, std::optional<Clock::time_point> deadline) {
    std::unique_lock hold(mutex_);
    if (enter(levels)) return true;
    // Shared with the thread that keeps the promise, which may still be busy with it when we go on.
    const auto me = std::make_shared<Waiter>(Waiter{std::this_thread::get_id(), levels, {}});
    std::future<void> turn = me->turn.get_future();
    waiters_.push_back(me);
    hold.unlock();

    if (!deadline) {
      turn.wait();
      return true;
    }
    if (turn.wait_until(*deadline) == std::future_status::ready) return true;
    hold.lock();
    // It may have become our turn after the time ran out and before we had the mutex.
    return std::erase(waiters_, me) == 0;
  }

  void require_owner() const {
    if (owner_ == std::this_thread::get_id()) return;
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted));
  }

  void hand_over() {
    if (waiters_.empty()) {
      owner_ = {};
      levels_ = 0;
      return;
    }
    const std::shared_ptr<Waiter> next = waiters_.front();
    waiters_.pop_front();
    owner_ = next->thread;
    levels_ = next->levels;
    next->turn.set_value();
  }

  mutable std::mutex mutex_;
  std::thread::id owner_;
  std::ptrdiff_t levels_ = 0;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
