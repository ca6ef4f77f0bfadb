// must fail: "two threads are never inside together" data-race
//
// Looks once before it waits and not again after. Between the notify and the moment when the waiter
// runs, another thread has taken the lock.
#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace lab {

class RLock {
 public:
  using State = std::ptrdiff_t;

  void lock() { acquire(1); }

  bool try_lock() {
    std::scoped_lock hold(mutex_);
    return enter(1);
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto now = std::chrono::steady_clock::now();
    auto deadline = std::chrono::steady_clock::time_point::max();
    if (timeout < deadline - now) deadline = now + timeout;
    std::unique_lock hold(mutex_);
    return free_.wait_until(hold, deadline, [&] { return enter(1); });
  }

  void unlock() {
    std::scoped_lock hold(mutex_);
    require_owner();
    if (--levels_ == 0) leave();
  }

  bool owned_by_caller() const {
    std::scoped_lock hold(mutex_);
    return owner_ == std::this_thread::get_id();
  }

  std::ptrdiff_t recursion_count() const {
    std::scoped_lock hold(mutex_);
    return owner_ == std::this_thread::get_id() ? levels_ : 0;
  }

  State release_save() {
    std::scoped_lock hold(mutex_);
    require_owner();
    const State levels = levels_;
    leave();
    return levels;
  }

  void acquire_restore(State levels) { acquire(levels); }

 private:
  bool enter(std::ptrdiff_t levels) {
    const auto caller = std::this_thread::get_id();
    if (owner_ != std::thread::id() && owner_ != caller) return false;
    owner_ = caller;
    levels_ += levels;
    return true;
  }

  void acquire(std::ptrdiff_t levels) {
    std::unique_lock hold(mutex_);
    if (owner_ != std::thread::id() && owner_ != std::this_thread::get_id()) free_.wait(hold);
    owner_ = std::this_thread::get_id();
    levels_ += levels;
  }

  void leave() {
    owner_ = {};
    levels_ = 0;
    free_.notify_one();
  }

  void require_owner() const {
    if (owner_ == std::this_thread::get_id()) return;
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted));
  }

  mutable std::mutex mutex_;
  std::condition_variable free_;
  std::thread::id owner_;
  std::ptrdiff_t levels_ = 0;
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
