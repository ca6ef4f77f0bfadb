// A thread can wait at one place at a time, so it needs one Lock to sleep on, for its whole life
// and for all Conditions: a thread_local one, as runtimes keep a "parker" for each thread. The
// queue is of threads, and says which of them has been chosen. Who was chosen without having slept
// must close its Lock behind itself, or its next wait would end at once.
#ifndef LAB_06_CONDITION_CONDITION_H_
#define LAB_06_CONDITION_CONDITION_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "04_lock/lock.h"
#include "05_rlock/rlock.h"

namespace lab {

class Condition {
 public:
  Condition() : own_(std::make_unique<RLock>()), rlock_(own_.get()) {}
  explicit Condition(RLock& lock) : rlock_(&lock) {}
  explicit Condition(Lock& lock) : lock_(&lock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void lock() { rlock_ ? rlock_->lock() : lock_->lock(); }
  bool try_lock() { return rlock_ ? rlock_->try_lock() : lock_->try_lock(); }
  void unlock() { rlock_ ? rlock_->unlock() : lock_->unlock(); }

  void wait() { (void)park(std::nullopt); }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    return park(timeout);
  }

  template <class Predicate>
  void wait(Predicate predicate) {
    require_lock();
    while (!predicate()) (void)park(std::nullopt);
  }

  template <class Predicate>
  bool wait_for(std::chrono::nanoseconds timeout, Predicate predicate) {
    if (timeout < timeout.zero()) throw std::invalid_argument("wait_for: negative timeout");
    require_lock();
    const auto start = std::chrono::steady_clock::now();
    while (!predicate()) {
      const auto passed = std::chrono::steady_clock::now() - start;
      if (passed >= timeout || !park(timeout - passed)) return predicate();
    }
    return true;
  }

  void notify(std::ptrdiff_t n = 1) {
    require_lock();
    const auto all = static_cast<std::ptrdiff_t>(waiters_.size());
    const auto end = waiters_.begin() + std::clamp(n, std::ptrdiff_t{0}, all);
    for (auto waiter = waiters_.begin(); waiter != end; ++waiter) (*waiter)->unlock();
    waiters_.erase(waiters_.begin(), end);
  }

  void notify_all() {
    require_lock();
    for (Lock* waiter : waiters_) waiter->unlock();
    waiters_.clear();
  }

 private:
  // The caller's own Lock, closed whenever it does not wait.
  static Lock& parker() {
    struct Closed {
      Closed() { lock.lock(); }
      Lock lock;
    };
    thread_local Closed mine;
    return mine.lock;
  }

  bool park(std::optional<std::chrono::nanoseconds> timeout) {
    require_lock();
    Lock& mine = parker();
    waiters_.push_back(&mine);
    std::optional<RLock::State> levels;
    if (rlock_) {
      levels = rlock_->release_save();
    } else {
      lock_->unlock();
    }
    const bool opened = timeout ? mine.try_lock_for(*timeout) : (mine.lock(), true);
    if (rlock_) {
      rlock_->acquire_restore(*levels);
    } else {
      lock_->lock();
    }
    if (opened) return true;
    if (std::erase(waiters_, &mine) > 0) return false;
    mine.lock();  // chosen in the last moment: it is open, and must not stay so
    return true;
  }

  void require_lock() const {
    if (rlock_ ? rlock_->owned_by_caller() : lock_->locked()) return;
    throw std::logic_error("Condition: the lock is not held");
  }

  const std::unique_ptr<RLock> own_;
  RLock* const rlock_ = nullptr;
  Lock* const lock_ = nullptr;
  std::vector<Lock*> waiters_;
};

class Dialogue {
 public:
  explicit Dialogue(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  void speak(int speaker, const std::function<void(const std::string&)>& say) {
    if (speaker != 0 && speaker != 1) throw std::invalid_argument("speak: no such speaker");
    std::unique_lock hold(lock_);
    for (auto line = static_cast<std::size_t>(speaker); line < lines_.size(); line += 2) {
      changed_.wait([&] { return next_ >= line; });
      if (next_ > line) return;
      hold.unlock();
      End end{*this};
      say(lines_[line]);
      end.next = line + 1;
      end.tell();
      hold.lock();
    }
  }

 private:
  // Goes on with `next`; if say() threw, nobody has set that, and it is the end.
  struct End {
    Dialogue& dialogue;
    std::size_t next = dialogue.lines_.size();
    bool told = false;

    void tell() {
      std::scoped_lock hold(dialogue.lock_);
      dialogue.next_ = next;
      dialogue.changed_.notify_all();
      told = true;
    }
    ~End() {
      if (!told) tell();
    }
  };

  const std::vector<std::string> lines_;
  RLock lock_;
  Condition changed_{lock_};
  std::size_t next_ = 0;
};

}  // namespace lab

#endif  // LAB_06_CONDITION_CONDITION_H_
