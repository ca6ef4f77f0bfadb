// Another right design: the owner is a std::atomic, so that going deeper and asking cost no mutex.
//
// "Am I the owner?" has a special property: only the asker itself can make it true, and only the
// asker can make it false again. So a relaxed load is enough: whatever another thread is doing to
// owner_ at this moment, it writes no value that equals *my* id, unless it hands the lock to me
// while I sleep, and I learn of that under the mutex. levels_ is plain memory of the owner alone;
// it is handed from owner to owner by the mutex.
//
// The reading must be atomic all the same: a plain read beside a write is a data race, and
// undefined, even where the answer could not be wrong (wrong/owner_read_without_the_mutex).
#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
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
    if (mine()) {
      ++levels_;
      return true;
    }
    std::scoped_lock hold(mutex_);
    if (owner_.load(std::memory_order_relaxed) != nobody()) return false;
    own(1);
    return true;
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto now = Clock::now();
    const auto longest = Clock::time_point::max() - now;
    return take(1, timeout < longest ? now + timeout : Clock::time_point::max());
  }

  void unlock() {
    require_owner();
    if (--levels_ == 0) hand_over();
  }

  bool owned_by_caller() const { return mine(); }

  std::ptrdiff_t recursion_count() const { return mine() ? levels_ : 0; }

  State release_save() {
    require_owner();
    const State levels = levels_;
    hand_over();
    return levels;
  }

  void acquire_restore(State levels) { take(levels, std::nullopt); }

 private:
  using Clock = std::chrono::steady_clock;

  static std::thread::id nobody() { return {}; }

  bool mine() const { return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }

  void require_owner() const {
    if (mine()) return;
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted));
  }

  void own(std::ptrdiff_t levels) {
    owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    levels_ = levels;
  }

  bool take(std::ptrdiff_t levels, std::optional<Clock::time_point> deadline) {
    if (mine()) {
      levels_ += levels;
      return true;
    }
    std::unique_lock hold(mutex_);
    if (owner_.load(std::memory_order_relaxed) != nobody()) {
      queue_.push_back(std::this_thread::get_id());
      if (!deadline) {
        handed_over_.wait(hold, [&] { return mine(); });
      } else if (!handed_over_.wait_until(hold, *deadline, [&] { return mine(); })) {
        queue_.erase(std::find(queue_.begin(), queue_.end(), std::this_thread::get_id()));
        return false;
      }
    }
    own(levels);
    return true;
  }

  void hand_over() {
    levels_ = 0;
    std::scoped_lock hold(mutex_);
    if (queue_.empty()) {
      owner_.store(nobody(), std::memory_order_relaxed);
      return;
    }
    owner_.store(queue_.front(), std::memory_order_relaxed);
    queue_.pop_front();
    handed_over_.notify_all();
  }

  std::mutex mutex_;  // guards queue_, and every change of owner_
  std::condition_variable handed_over_;
  std::atomic<std::thread::id> owner_{};
  std::ptrdiff_t levels_ = 0;  // the owner's
  std::deque<std::thread::id> queue_;
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
