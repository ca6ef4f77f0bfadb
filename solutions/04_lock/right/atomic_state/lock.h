// Another right design: a Lock that is one atomic as long as nobody waits, and a line at each fork.
//
// Taking a free lock and opening one that nobody waits for are one instruction each; the mutex and
// the condition variable are there for those who have to sleep. The third state, "taken and waited
// for", tells unlock() whether it must wake somebody (U. Drepper, "Futexes Are Tricky", 2011, with
// the futex in the place of the mutex and the condition variable). The compare_exchange that opens
// is a release, those that take are acquires: they carry what was written inside.
//
// No wake-up is lost: a waiter marks and falls asleep under the mutex. If unlock() comes before the
// mark, the mark finds the lock free and takes it; if after it, unlock() sees the mark, and gets
// the mutex only when the waiter sleeps.
//
// The philosophers stand in line for forks, as people do, but for both forks at once.
#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
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

  void lock() {
    if (try_lock()) return;
    std::unique_lock hold(mutex_);
    opened_.wait(hold, [&] { return mark(); });
  }

  bool try_lock() {
    State expected = kFree;
    return state_.compare_exchange_strong(expected, kTaken, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    if (try_lock()) return true;
    const auto now = std::chrono::steady_clock::now();
    auto deadline = std::chrono::steady_clock::time_point::max();
    if (timeout < deadline - now) deadline = now + timeout;
    std::unique_lock hold(mutex_);
    return opened_.wait_until(hold, deadline, [&] { return mark(); });
  }

  void unlock() {
    State old = state_.load(std::memory_order_relaxed);
    do {
      if (old == kFree) throw not_permitted();
    } while (!state_.compare_exchange_weak(old, kFree, std::memory_order_release,
                                           std::memory_order_relaxed));
    if (old == kTaken) return;
    std::scoped_lock hold(mutex_);  // a waiter that has marked is asleep by now
    opened_.notify_one();
  }

  bool locked() const { return state_.load(std::memory_order_relaxed) != kFree; }

 private:
  enum State : int { kFree, kTaken, kTakenAndWaitedFor };

  // Takes the lock if it is free, and marks it as waited for in any case: who slept cannot know
  // whether others sleep still, so its own unlock() will have to look.
  bool mark() { return state_.exchange(kTakenAndWaitedFor, std::memory_order_acquire) == kFree; }

  std::atomic<State> state_ = kFree;
  std::mutex mutex_;  // between mark() and falling asleep nobody notifies
  std::condition_variable opened_;
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

// Each fork has a line, and a hungry philosopher joins both of its lines in one step. Who stands in
// front of both has both forks. In any circle somebody joined first, so there is no circle.
class Table {
 public:
  explicit Table(std::ptrdiff_t seats) : seats_(seats) {
    if (seats < 2) throw std::invalid_argument("too few seats");
    lines_ = std::vector<std::deque<std::ptrdiff_t>>(static_cast<std::size_t>(seats));
    eating_ = std::vector<bool>(static_cast<std::size_t>(seats));
  }

  void pick_up(std::ptrdiff_t seat) {
    check(seat);
    std::unique_lock hold(mutex_);
    left(seat).push_back(seat);
    right(seat).push_back(seat);
    changed_.wait(hold, [&] { return left(seat).front() == seat && right(seat).front() == seat; });
    eating_[seat] = true;
  }

  void put_down(std::ptrdiff_t seat) {
    check(seat);
    std::scoped_lock hold(mutex_);
    if (!eating_[seat]) throw not_permitted();
    eating_[seat] = false;
    left(seat).pop_front();
    right(seat).pop_front();
    changed_.notify_all();
  }

 private:
  using Line = std::deque<std::ptrdiff_t>;

  void check(std::ptrdiff_t seat) const {
    if (seat < 0 || seat >= seats_) throw std::out_of_range("no such seat");
  }

  Line& left(std::ptrdiff_t seat) { return lines_[seat]; }
  Line& right(std::ptrdiff_t seat) { return lines_[(seat + 1) % seats_]; }

  const std::ptrdiff_t seats_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Line> lines_;  // of the forks
  std::vector<bool> eating_;
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
