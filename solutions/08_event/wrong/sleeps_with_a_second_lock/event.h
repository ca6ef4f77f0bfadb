// must fail: "set wakes everybody who waits" lost-wakeup
//
// A second mutex "so that waiters do not disturb each other". wait() lets go of the one that it
// gave to the condition variable, and keeps the other while it sleeps: the next one that waits for
// the event, and the one that clears it, wait for a sleeper.
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
    std::scoped_lock no_waiter_between(waiters_);
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
    std::scoped_lock one_at_a_time(waiters_);
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

  std::mutex waiters_;
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
