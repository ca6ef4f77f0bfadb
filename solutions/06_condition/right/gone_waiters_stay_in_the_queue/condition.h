// Who gives up does not search the queue: it leaves a mark on its waiter, and notify() steps over
// what is marked. Giving up costs nothing then, however long the queue is; in exchange, the dead
// wait in it for the next notify(). So waiters are shared: the queue may be the last that has one.
//
// The outer lock is behind an interface with two implementations. The Dialogue has two Conditions
// of one lock, one for each speaker, as an author of a bounded buffer would have one for "full" and
// one for "empty".
#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "04_lock/lock.h"
#include "05_rlock/rlock.h"

namespace lab {

class Condition {
 public:
  Condition() : own_(std::make_unique<RLock>()), outer_(std::make_unique<OfRLock>(*own_)) {}
  explicit Condition(RLock& lock) : outer_(std::make_unique<OfRLock>(lock)) {}
  explicit Condition(Lock& lock) : outer_(std::make_unique<OfLock>(lock)) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void lock() { outer_->lock(); }
  bool try_lock() { return outer_->try_lock(); }
  void unlock() { outer_->unlock(); }

  void wait() {
    require_lock();
    const auto me = enter();
    outer_->without([&] { me->door.lock(); });
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    require_lock();
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    const auto me = enter();
    outer_->without([&] { (void)me->door.try_lock_for(timeout); });
    me->gone = !me->chosen;
    return me->chosen;
  }

  template <class Predicate>
  void wait(Predicate predicate) {
    require_lock();
    for (;;) {
      if (predicate()) return;
      wait();
    }
  }

  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    require_lock();
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    const auto start = std::chrono::steady_clock::now();
    for (;;) {
      if (predicate()) return true;
      // What has passed is subtracted, and not added to now(): it cannot overflow.
      const auto passed = std::chrono::steady_clock::now() - start;
      if (passed >= timeout) return false;
      (void)wait_for(timeout - passed);
    }
  }

  void notify(std::ptrdiff_t n = 1) {
    require_lock();
    while (n > 0 && !waiters_.empty()) {
      Waiter& oldest = *waiters_.front();
      if (!oldest.gone) {
        oldest.chosen = true;
        oldest.door.unlock();
        --n;
      }
      waiters_.pop_front();
    }
  }

  void notify_all() { notify(std::numeric_limits<std::ptrdiff_t>::max()); }

 private:
  struct Outer {
    virtual ~Outer() = default;
    virtual void lock() = 0;
    virtual bool try_lock() = 0;
    virtual void unlock() = 0;
    virtual bool held() const = 0;
    virtual void without(const std::function<void()>& call) = 0;
  };

  template <class L>
  struct Of : Outer {
    explicit Of(L& l) : inner(l) {}
    void lock() override { inner.lock(); }
    bool try_lock() override { return inner.try_lock(); }
    void unlock() override { inner.unlock(); }
    L& inner;
  };

  struct OfRLock final : Of<RLock> {
    using Of<RLock>::Of;
    bool held() const override { return inner.owned_by_caller(); }
    void without(const std::function<void()>& call) override {
      const RLock::State levels = inner.release_save();
      call();
      inner.acquire_restore(levels);
    }
  };

  struct OfLock final : Of<Lock> {
    using Of<Lock>::Of;
    bool held() const override { return inner.locked(); }
    void without(const std::function<void()>& call) override {
      inner.unlock();
      call();
      inner.lock();
    }
  };

  struct Waiter {
    Lock door;
    bool chosen = false;  // guarded by the outer lock, as is gone
    bool gone = false;
  };

  void require_lock() const {
    if (!outer_->held()) throw std::logic_error("Condition: the lock is not held");
  }

  std::shared_ptr<Waiter> enter() {
    auto me = std::make_shared<Waiter>();
    me->door.lock();
    waiters_.push_back(me);
    return me;
  }

  const std::unique_ptr<RLock> own_;
  const std::unique_ptr<Outer> outer_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    if (speaker != 0 && speaker != 1) throw std::invalid_argument("speak: no such speaker");
    Condition& mine = speaker == 0 ? first_ : second_;
    Condition& other = speaker == 0 ? second_ : first_;
    for (auto line = static_cast<std::size_t>(speaker); line < lines_.size(); line += 2) {
      std::scoped_lock hold(lock_);
      mine.wait([&] { return over_ || next_ == line; });
      if (over_) return;
      over_ = true;  // unless say() returns
      other.notify();
      say(lines_[line]);
      over_ = false;
      ++next_;
    }
  }

 private:
  const std::vector<std::string> lines_;
  Lock lock_;
  Condition first_{lock_};
  Condition second_{lock_};
  std::size_t next_ = 0;
  bool over_ = false;
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
