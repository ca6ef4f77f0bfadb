// must fail: "who gave up leaves nothing behind" use-after-free
//
// Every waiter stands in a list with a condition variable of its own. Who gives up stays in the
// list, and set() touches memory that is another function's by now.
#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
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
    for (Waiter* waiter : waiters_) {
      waiter->told = true;
      waiter->woken.notify_one();
    }
    waiters_.clear();
  }

  void clear() {
    std::scoped_lock hold(mutex_);
    set_ = false;
  }

  void wait() {
    std::unique_lock hold(mutex_);
    if (set_) return;
    Waiter me;
    waiters_.push_back(&me);
    me.woken.wait(hold, [&] { return me.told; });
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto deadline = end_of(timeout);
    std::unique_lock hold(mutex_);
    if (set_) return true;
    Waiter me;
    waiters_.push_back(&me);
    return me.woken.wait_until(hold, deadline, [&] { return me.told; });
  }

 private:
  struct Waiter {
    bool told = false;
    std::condition_variable woken;
  };

  static std::chrono::steady_clock::time_point end_of(std::chrono::nanoseconds timeout) {
    const auto now = std::chrono::steady_clock::now();
    const auto last = std::chrono::steady_clock::time_point::max();
    return timeout < last - now ? now + timeout : last;
  }

  mutable std::mutex mutex_;
  bool set_ = false;
  std::list<Waiter*> waiters_;
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
