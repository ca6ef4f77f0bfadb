// must fail: "a stranger is refused at any moment" data-race
//
// unlock() asks who the owner is, and takes the mutex for what comes after. For the owner the
// answer cannot change; a stranger reads it while somebody else becomes the owner.
#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
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
    if (enter(1)) return true;
    Waiter me{std::this_thread::get_id(), 1, {}};
    const auto place = waiters_.insert(waiters_.end(), &me);
    if (me.turn.wait_until(hold, deadline, [&] { return owner_ == me.thread; })) return true;
    waiters_.erase(place);
    return false;
  }

  void unlock() {
    require_owner();
    std::scoped_lock hold(mutex_);
    if (--levels_ == 0) hand_over();
  }

  bool owned_by_caller() const { return recursion_count() > 0; }

  std::ptrdiff_t recursion_count() const {
    std::scoped_lock hold(mutex_);
    return owner_ == std::this_thread::get_id() ? levels_ : 0;
  }

  State release_save() {
    require_owner();
    std::scoped_lock hold(mutex_);
    const State levels = levels_;
    hand_over();
    return levels;
  }

  void acquire_restore(State levels) { acquire(levels); }

 private:
  struct Waiter {
    std::thread::id thread;
    std::ptrdiff_t levels;
    std::condition_variable turn;
  };

  bool enter(std::ptrdiff_t levels) {
    const auto caller = std::this_thread::get_id();
    if (owner_ != std::thread::id() && owner_ != caller) return false;
    owner_ = caller;
    levels_ += levels;
    return true;
  }

  void acquire(std::ptrdiff_t levels) {
    std::unique_lock hold(mutex_);
    if (enter(levels)) return;
    Waiter me{std::this_thread::get_id(), levels, {}};
    waiters_.push_back(&me);
    me.turn.wait(hold, [&] { return owner_ == me.thread; });
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
    Waiter& next = *waiters_.front();
    waiters_.pop_front();
    owner_ = next.thread;
    levels_ = next.levels;
    next.turn.notify_one();
  }

  mutable std::mutex mutex_;
  std::thread::id owner_;
  std::ptrdiff_t levels_ = 0;
  std::list<Waiter*> waiters_;
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
