// must not build: forbidden
//
// Wraps the standard's own: the lab is to build it.
#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <cstddef>
#include <mutex>

namespace lab {

class RLock {
 public:
  using State = std::ptrdiff_t;

  void lock() {
    mutex_.lock();
    ++levels_;
  }
  bool try_lock() { return try_lock_for(std::chrono::nanoseconds::zero()); }
  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (!mutex_.try_lock_for(timeout)) return false;
    ++levels_;
    return true;
  }
  void unlock() {
    --levels_;
    mutex_.unlock();
  }
  bool owned_by_caller() const { return levels_ > 0; }
  std::ptrdiff_t recursion_count() const { return levels_; }
  State release_save() {
    const State levels = levels_;
    while (levels_ > 0) unlock();
    return levels;
  }
  void acquire_restore(State levels) {
    while (levels_ < levels) lock();
  }

 private:
  std::recursive_timed_mutex mutex_;
  std::ptrdiff_t levels_ = 0;
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
