// must fail: "a wake-up for no reason is no news" data-race
//
// Nobody but set() notifies, so whoever wakes up has been told. That is what the program says; the
// condition variable may wake a thread all the same, and then nobody has told it anything.
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
    if (!set_) changed_.wait(hold);
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto deadline = end_of(timeout);
    std::unique_lock hold(mutex_);
    const std::uint64_t before = rounds_;
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
    while (!open_.wait_for(period_)) {
      if (on_waiting) on_waiting();
    }
  }

  void open() { open_.set(); }

 private:
  const std::chrono::nanoseconds period_;
  Event open_;
};

}  // namespace lab

#endif  // LAB_08_EVENT_EVENT_H_
