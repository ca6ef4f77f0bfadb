// must fail: "two neighbours cannot starve the one between them" starvation
//
// Forks are fair locks, and taken in the order of their numbers: no deadlock, and no fork is taken
// by somebody who came later. But who waits for the first fork does not stand in line for the
// second yet; all that time, the neighbour on that side eats as often as it likes.
#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace lab {

inline std::system_error not_permitted() {
  return std::system_error(std::make_error_code(std::errc::operation_not_permitted));
}

class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  void lock() {
    std::unique_lock hold(mutex_);
    if (!locked_) {
      locked_ = true;
      return;
    }
    const auto me = std::make_shared<Waiter>();
    waiters_.push_back(me);
    me->turn.wait(hold, [&] { return me->is_next; });
  }

  bool try_lock() {
    std::scoped_lock hold(mutex_);
    if (locked_) return false;
    locked_ = true;
    return true;
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto now = std::chrono::steady_clock::now();
    auto deadline = std::chrono::steady_clock::time_point::max();
    if (timeout < deadline - now) deadline = now + timeout;
    std::unique_lock hold(mutex_);
    if (!locked_) {
      locked_ = true;
      return true;
    }
    const auto me = std::make_shared<Waiter>();
    waiters_.push_back(me);
    if (me->turn.wait_until(hold, deadline, [&] { return me->is_next; })) return true;
    waiters_.remove(me);
    return false;
  }

  // Hands the lock over to the oldest waiter, if there is one: it stays locked.
  void unlock() {
    std::scoped_lock hold(mutex_);
    if (!locked_) throw not_permitted();
    if (waiters_.empty()) {
      locked_ = false;
      return;
    }
    waiters_.front()->is_next = true;
    waiters_.front()->turn.notify_one();
    waiters_.pop_front();
  }

  bool locked() const {
    std::scoped_lock hold(mutex_);
    return locked_;
  }

 private:
  struct Waiter {
    bool is_next = false;
    std::condition_variable turn;
  };

  mutable std::mutex mutex_;
  bool locked_ = false;
  std::list<std::shared_ptr<Waiter>> waiters_;
};

struct Account {
  Lock lock;
  std::ptrdiff_t balance = 0;
};

inline bool transfer(Account& from, Account& to, std::ptrdiff_t amount) {
  if (amount < 0) throw std::invalid_argument("negative amount");
  if (&from == &to) {
    std::scoped_lock hold(from.lock);
    return from.balance >= amount;
  }
  const bool from_first = std::less<>()(&from, &to);
  std::scoped_lock first(from_first ? from.lock : to.lock);
  std::scoped_lock second(from_first ? to.lock : from.lock);
  if (from.balance < amount) return false;
  from.balance -= amount;
  to.balance += amount;
  return true;
}

class Table {
 public:
  explicit Table(std::ptrdiff_t seats) : seats_(seats) {
    if (seats < 2) throw std::invalid_argument("too few seats");
    forks_ = std::vector<Lock>(static_cast<std::size_t>(seats));
    eating_ = std::vector<std::atomic<bool>>(static_cast<std::size_t>(seats));
  }

  void pick_up(std::ptrdiff_t seat) {
    check(seat);
    const std::ptrdiff_t other = (seat + 1) % seats_;
    forks_[std::min(seat, other)].lock();
    forks_[std::max(seat, other)].lock();
    eating_[seat] = true;
  }

  void put_down(std::ptrdiff_t seat) {
    check(seat);
    if (!eating_[seat].exchange(false)) throw not_permitted();
    forks_[seat].unlock();
    forks_[(seat + 1) % seats_].unlock();
  }

 private:
  void check(std::ptrdiff_t seat) const {
    if (seat < 0 || seat >= seats_) throw std::out_of_range("no such seat");
  }

  const std::ptrdiff_t seats_;
  std::vector<Lock> forks_;
  std::vector<std::atomic<bool>> eating_;
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
