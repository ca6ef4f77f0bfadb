// Another right design: a Lock that is the front of a line, and forks that are clean or dirty.
//
// The Lock keeps no flag: it is a line of tickets, and who stands in front has it.
//
// The forks are those of K. M. Chandy and J. Misra ("The drinking philosophers problem", 1984).
// Each fork has an owner, also when nobody eats. Eating makes forks dirty. A dirty fork is given,
// cleaned, to a neighbour who asks; a clean one is kept by who is hungry. So who has just eaten
// gives way to who has not, and nobody needs to know who came first: neither a ticket nor an order
// of the forks.
#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
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

  void lock() { take(std::chrono::steady_clock::time_point::max()); }

  bool try_lock() {
    std::scoped_lock hold(mutex_);
    if (!line_.empty()) return false;
    line_.push_back(next_++);
    return true;
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    if (timeout == timeout.zero()) return try_lock();
    const auto now = std::chrono::steady_clock::now();
    const auto end = std::chrono::steady_clock::time_point::max();
    return take(timeout < end - now ? now + timeout : end);
  }

  void unlock() {
    std::scoped_lock hold(mutex_);
    if (line_.empty()) throw not_permitted();
    line_.pop_front();
    moved_.notify_all();
  }

  bool locked() const {
    std::scoped_lock hold(mutex_);
    return !line_.empty();
  }

 private:
  bool take(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock hold(mutex_);
    const std::uint64_t ticket = next_++;
    line_.push_back(ticket);
    const auto at_the_front = [&] { return line_.front() == ticket; };
    if (deadline == std::chrono::steady_clock::time_point::max()) {
      moved_.wait(hold, at_the_front);
    } else if (!moved_.wait_until(hold, deadline, at_the_front)) {
      line_.erase(std::find(line_.begin(), line_.end(), ticket));
      return false;
    }
    return true;
  }

  mutable std::mutex mutex_;
  std::condition_variable moved_;
  std::deque<std::uint64_t> line_;  // the first one has the lock, the others wait
  std::uint64_t next_ = 0;
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
    philosophers_ = std::vector<Philosopher>(static_cast<std::size_t>(seats));
    // All forks are dirty, and the lower-numbered neighbour has each: so seat 0 has two, the last
    // seat none, and "would have to give way to" is no circle.
    for (std::ptrdiff_t fork = 0; fork < seats; ++fork) {
      forks_.push_back({fork == 0 ? 0 : fork - 1, true});
    }
  }

  void pick_up(std::ptrdiff_t seat) {
    check(seat);
    std::unique_lock hold(mutex_);
    philosophers_[seat].hungry = true;
    changed_.wait(hold, [&] { return get(left(seat), seat) & get(right(seat), seat); });
    philosophers_[seat] = {.hungry = false, .eating = true};
  }

  void put_down(std::ptrdiff_t seat) {
    check(seat);
    std::scoped_lock hold(mutex_);
    if (!philosophers_[seat].eating) throw not_permitted();
    philosophers_[seat].eating = false;
    give(left(seat), (seat + seats_ - 1) % seats_);
    give(right(seat), (seat + 1) % seats_);
    changed_.notify_all();
  }

 private:
  struct Fork {
    std::ptrdiff_t owner;
    bool dirty;
  };
  struct Philosopher {
    bool hungry = false;
    bool eating = false;
  };

  void check(std::ptrdiff_t seat) const {
    if (seat < 0 || seat >= seats_) throw std::out_of_range("no such seat");
  }

  Fork& left(std::ptrdiff_t seat) { return forks_[seat]; }
  Fork& right(std::ptrdiff_t seat) { return forks_[(seat + 1) % seats_]; }

  // Whether `seat` has the fork now, if need be by asking its owner for it, who cleans it. An owner
  // keeps it while it eats, and while it is hungry and the fork is clean.
  bool get(Fork& fork, std::ptrdiff_t seat) {
    if (fork.owner == seat) return true;
    const Philosopher& owner = philosophers_[fork.owner];
    if (owner.eating || (owner.hungry && !fork.dirty)) return false;
    fork = {.owner = seat, .dirty = false};
    return true;
  }

  // After a meal: to the neighbour, if it has asked, and else it stays here, dirty.
  void give(Fork& fork, std::ptrdiff_t neighbour) {
    fork.dirty = true;
    if (philosophers_[neighbour].hungry) fork = {.owner = neighbour, .dirty = false};
  }

  const std::ptrdiff_t seats_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Fork> forks_;
  std::vector<Philosopher> philosophers_;
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
