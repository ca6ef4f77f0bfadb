// Another right design: the switch does not count rounds; each waiter is told by name.
//
// Everybody who waits stands in a list, with a flag and a condition variable of its own. set()
// ticks them off and empties the list; a clear() that follows has nothing to do with them. There is
// nothing to compare after the wait, and a newcomer cannot take what was another's; the price is
// that a thread whose time is up must take itself out, and only if set() has not done so.
//
// The gate has a mutex of its own and keeps to a timetable: the n-th call is due n periods after
// the thread came, however long the calls themselves take.
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
    const auto place = waiters_.insert(waiters_.end(), &me);
    if (me.woken.wait_until(hold, deadline, [&] { return me.told; })) return true;
    waiters_.erase(place);
    return false;
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
    const auto last = std::chrono::steady_clock::time_point::max();
    auto due = std::chrono::steady_clock::now();
    std::unique_lock hold(mutex_);
    for (;;) {
      due = period_ < last - due ? due + period_ : last;
      if (opened_.wait_until(hold, due, [&] { return open_; })) return;
      hold.unlock();
      if (on_waiting) on_waiting();
      hold.lock();
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
