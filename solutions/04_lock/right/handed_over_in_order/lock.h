// Another right design: a fair Lock, and a table that serves the hungry in the order they came.
//
// unlock() hands the lock over to the oldest waiter, while it still sleeps; at no moment is it free
// for a passer-by. That costs a switch of thread at each contended unlock(), and buys bounded
// waiting. The forks are handed over in the same way.
//
// transfer() does not look at addresses: each account gets a number when it is opened, and the
// numbers are the order.
#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
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
    if (take()) return;
    Waiter me;
    waiters_.push_back(&me);
    me.turn.wait(hold, [&] { return me.has_it; });
  }

  bool try_lock() {
    std::scoped_lock hold(mutex_);
    return take();
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto now = std::chrono::steady_clock::now();
    auto deadline = std::chrono::steady_clock::time_point::max();
    if (timeout < deadline - now) deadline = now + timeout;
    std::unique_lock hold(mutex_);
    if (take()) return true;
    Waiter me;
    const auto place = waiters_.insert(waiters_.end(), &me);
    if (me.turn.wait_until(hold, deadline, [&] { return me.has_it; })) return true;
    waiters_.erase(place);
    return false;
  }

  void unlock() {
    std::scoped_lock hold(mutex_);
    if (!locked_) throw not_permitted();
    if (waiters_.empty()) {
      locked_ = false;
      return;
    }
    Waiter& next = *waiters_.front();
    waiters_.pop_front();
    next.has_it = true;
    next.turn.notify_one();
  }

  bool locked() const {
    std::scoped_lock hold(mutex_);
    return locked_;
  }

 private:
  struct Waiter {
    bool has_it = false;
    std::condition_variable turn;
  };

  bool take() {
    if (locked_) return false;
    locked_ = true;
    return true;
  }

  mutable std::mutex mutex_;
  bool locked_ = false;
  std::list<Waiter*> waiters_;  // oldest first
};

inline std::atomic<std::uint64_t> accounts_opened = 0;

struct Account {
  Lock lock;
  std::ptrdiff_t balance = 0;
  const std::uint64_t number = accounts_opened++;
};

inline bool transfer(Account& from, Account& to, std::ptrdiff_t amount) {
  if (amount < 0) throw std::invalid_argument("negative amount");
  if (&from == &to) {
    std::scoped_lock hold(from.lock);
    return from.balance >= amount;
  }
  const bool from_first = from.number < to.number;
  std::scoped_lock first(from_first ? from.lock : to.lock);
  std::scoped_lock second(from_first ? to.lock : from.lock);
  if (from.balance < amount) return false;
  from.balance -= amount;
  to.balance += amount;
  return true;
}

// The hungry ones wait in one list, the oldest first, and put_down() goes through it: who is there
// eats if both forks are free, and else reserves them against all who come after it in the list.
class Table {
 public:
  explicit Table(std::ptrdiff_t seats) : seats_(seats) {
    if (seats < 2) throw std::invalid_argument("too few seats");
    taken_ = std::vector<bool>(static_cast<std::size_t>(seats));
    eating_ = std::vector<bool>(static_cast<std::size_t>(seats));
  }

  void pick_up(std::ptrdiff_t seat) {
    check(seat);
    std::unique_lock hold(mutex_);
    Waiter me{seat, false, {}};
    waiters_.push_back(&me);
    serve();
    me.turn.wait(hold, [&] { return me.eats; });
  }

  void put_down(std::ptrdiff_t seat) {
    check(seat);
    std::scoped_lock hold(mutex_);
    if (!eating_[seat]) throw not_permitted();
    eating_[seat] = false;
    taken_[seat] = taken_[right_of(seat)] = false;
    serve();
  }

 private:
  struct Waiter {
    const std::ptrdiff_t seat;
    bool eats;
    std::condition_variable turn;
  };

  void check(std::ptrdiff_t seat) const {
    if (seat < 0 || seat >= seats_) throw std::out_of_range("no such seat");
  }

  std::ptrdiff_t right_of(std::ptrdiff_t seat) const { return (seat + 1) % seats_; }

  void serve() {
    std::vector<bool> gone = taken_;  // or reserved
    for (auto place = waiters_.begin(); place != waiters_.end();) {
      Waiter& one = **place;
      const bool both = !gone[one.seat] && !gone[right_of(one.seat)];
      gone[one.seat] = gone[right_of(one.seat)] = true;
      if (!both) {
        ++place;
        continue;
      }
      place = waiters_.erase(place);
      taken_[one.seat] = taken_[right_of(one.seat)] = true;
      eating_[one.seat] = one.eats = true;
      one.turn.notify_one();
    }
  }

  const std::ptrdiff_t seats_;
  std::mutex mutex_;
  std::vector<bool> taken_;   // of the forks
  std::vector<bool> eating_;  // of the seats
  std::list<Waiter*> waiters_;
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
