// must fail: "the same account twice is fine" check-failed
//
// The same account is dealt with first of all, before the arguments are looked at. A negative
// amount then is an error only between two accounts.
#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
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
    opened_.wait(hold, [&] { return !locked_; });
    locked_ = true;
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
    if (!opened_.wait_until(hold, deadline, [&] { return !locked_; })) return false;
    locked_ = true;
    return true;
  }

  void unlock() {
    std::scoped_lock hold(mutex_);
    if (!locked_) throw not_permitted();
    locked_ = false;
    opened_.notify_one();
  }

  bool locked() const {
    std::scoped_lock hold(mutex_);
    return locked_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool locked_ = false;
};

struct Account {
  Lock lock;
  std::ptrdiff_t balance = 0;
};

inline bool transfer(Account& from, Account& to, std::ptrdiff_t amount) {
  if (&from == &to) {
    std::scoped_lock hold(from.lock);
    return from.balance >= amount;
  }
  if (amount < 0) throw std::invalid_argument("negative amount");
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
  explicit Table(std::ptrdiff_t seats) {
    if (seats < 2) throw std::invalid_argument("too few seats");
    seats_ = std::vector<Seat>(static_cast<std::size_t>(seats));
  }

  void pick_up(std::ptrdiff_t seat) {
    check(seat);
    std::unique_lock hold(mutex_);
    Seat& me = seats_[seat];
    me.hungry = true;
    me.ticket = next_ticket_++;
    changed_.wait(hold, [&] { return !must_wait(me, left(seat)) && !must_wait(me, right(seat)); });
    me.hungry = false;
    me.eating = true;
  }

  void put_down(std::ptrdiff_t seat) {
    check(seat);
    std::scoped_lock hold(mutex_);
    if (!seats_[seat].eating) throw not_permitted();
    seats_[seat].eating = false;
    changed_.notify_all();
  }

 private:
  struct Seat {
    bool hungry = false;
    bool eating = false;
    long ticket = 0;
  };

  void check(std::ptrdiff_t seat) const {
    if (seat < 0 || seat >= count()) throw std::out_of_range("no such seat");
  }

  static bool must_wait(const Seat& me, const Seat& other) {
    return other.eating || (other.hungry && other.ticket < me.ticket);
  }

  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(seats_.size()); }
  const Seat& left(std::ptrdiff_t seat) const { return seats_[(seat + count() - 1) % count()]; }
  const Seat& right(std::ptrdiff_t seat) const { return seats_[(seat + 1) % count()]; }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seat> seats_;
  long next_ticket_ = 0;
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
