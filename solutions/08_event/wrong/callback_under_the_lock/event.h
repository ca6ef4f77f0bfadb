// must fail: "on_waiting may use the gate" relock
//
// Calls on_waiting() with the mutex held. A callback that opens the gate waits for itself; one
// that only writes a slow log keeps everybody else from opening it.
#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>

namespace lab {

class Event {
 public:
  bool is_set() const {
    std::scoped_lock hold(mutex_);
    return set_;
  }

  void set() {
    std::scoped_lock hold(mutex_);
    set_ = true;
    ++rounds_;
    changed_.notify_all();
  }

  void clear() {
    std::scoped_lock hold(mutex_);
    set_ = false;
  }

  void wait() {
    std::unique_lock hold(mutex_);
    const auto before = rounds_;
    changed_.wait(hold, [&] { return set_ || rounds_ != before; });
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto deadline = end_of(timeout);
    std::unique_lock hold(mutex_);
    const auto before = rounds_;
    return changed_.wait_until(hold, deadline, [&] { return set_ || rounds_ != before; });
  }

 private:
  static std::chrono::steady_clock::time_point end_of(std::chrono::nanoseconds timeout) {
    const auto now = std::chrono::steady_clock::now();
    const auto last = std::chrono::steady_clock::time_point::max();
    return timeout < last - now ? now + timeout : last;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
  std::uint64_t rounds_ = 0;
};

class ServiceGate {
 public:
  explicit ServiceGate(std::chrono::nanoseconds period = std::chrono::seconds(2))
      : period_(period) {
    if (period <= period.zero()) throw std::invalid_argument("the period is not positive");
  }

  void enter(const std::function<void()>& on_waiting) {
    std::unique_lock hold(mutex_);
    while (!open_) {
      const auto now = std::chrono::steady_clock::now();
      const auto last = std::chrono::steady_clock::time_point::max();
      const auto end = period_ < last - now ? now + period_ : last;
      if (opened_.wait_until(hold, end, [&] { return open_; })) return;
      if (on_waiting) on_waiting();
    }
  }

  void open() {
    std::scoped_lock hold(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  const std::chrono::nanoseconds period_;
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

}  // namespace lab

#endif  // LAB_08_EVENT_EVENT_H_
