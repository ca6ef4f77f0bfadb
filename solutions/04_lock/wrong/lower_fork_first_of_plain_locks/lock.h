// must fail: "nobody goes hungry for ever" starvation
//
// Forks are locked in the order of their numbers, so there is no deadlock. But a Lock lets a thread
// that is awake go before one that sleeps, every time.
#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <atomic>
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
