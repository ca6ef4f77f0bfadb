// must fail: "who gave up leaves nothing behind" lost-wakeup
//
// set() waits until everybody who slept has gone, so that clear() cannot be quicker. It counts the
// sleepers; and who gives up forgets to take itself off. The next set() waits for a thread that
// went home.
#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
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
    std::unique_lock hold(mutex_);
    set_ = true;
    changed_.notify_all();
    all_gone_.wait(hold, [&] { return sleepers_ == 0; });
  }

  void clear() {
    std::scoped_lock hold(mutex_);
    set_ = false;
  }

  void wait() {
    std::unique_lock hold(mutex_);
    ++sleepers_;
    changed_.wait(hold, [&] { return set_; });
    leave();
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto deadline = end_of(timeout);
    std::unique_lock hold(mutex_);
    ++sleepers_;
    if (!changed_.wait_until(hold, deadline, [&] { return set_; })) return false;
    leave();
    return true;
  }

 private:
  void leave() {
    if (--sleepers_ == 0) all_gone_.notify_all();
  }

  static std::chrono::steady_clock::time_point end_of(std::chrono::nanoseconds timeout) {
    const auto now = std::chrono::steady_clock::now();
    const auto last = std::chrono::steady_clock::time_point::max();
    return timeout < last - now ? now + timeout : last;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable all_gone_;
  bool set_ = false;
  std::ptrdiff_t sleepers_ = 0;
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
