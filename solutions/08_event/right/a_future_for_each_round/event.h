// Another right design: each round of the event is a promise, kept by set().
//
// A waiter takes a copy of the round's shared_future and waits for that, outside the mutex. set()
// keeps the promise; clear() begins a round with a new one. Whoever holds the old future is told by
// it for ever, whatever happens to the event: the round itself stands where the reference compares
// numbers. A shared state on the heap for each round is the price.
#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace lab {

class Event {
 public:
  Event() { clear(); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const {
    std::scoped_lock hold(mutex_);
    return set_;
  }

  void set() {
    std::scoped_lock hold(mutex_);
    if (std::exchange(set_, true)) return;
    promise_.set_value();
  }

  void clear() {
    std::scoped_lock hold(mutex_);
    if (!std::exchange(set_, false)) return;
    promise_ = std::promise<void>();
    round_ = promise_.get_future().share();
  }

  void wait() { round().wait(); }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    // A century is as good as for ever, and cannot overflow.
    constexpr std::chrono::nanoseconds kForEver = std::chrono::hours(24 * 365 * 100);
    const auto deadline = std::chrono::steady_clock::now() + std::min(timeout, kForEver);
    return round().wait_until(deadline) == std::future_status::ready;
  }

 private:
  std::shared_future<void> round() const {
    std::scoped_lock hold(mutex_);
    return round_;
  }

  mutable std::mutex mutex_;
  bool set_ = true;  // until the constructor begins the first round
  std::promise<void> promise_;
  std::shared_future<void> round_;
};

class ServiceGate {
 public:
  explicit ServiceGate(std::chrono::nanoseconds period = std::chrono::seconds(2))
      : period_(period) {
    if (period <= period.zero()) throw std::invalid_argument("the period is not positive");
  }

  void enter(std::function<void()> on_waiting) {
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
