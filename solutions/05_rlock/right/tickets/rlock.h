// Another right design: tickets, as at a counter in an office, and one condition variable for all.
//
// The reference hands the lock over to a thread. Here unlock() hands it to nobody: it only says
// that the lock is free, and wakes everybody; but the one whose number is served may take it, and
// nobody else. Less state for each waiter, more wake-ups: n waiters wake for each unlock().
#ifndef LAB_05_RLOCK_RLOCK_H_
#define LAB_05_RLOCK_RLOCK_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace lab {

class RLock {
 public:
  using State = std::ptrdiff_t;

  RLock() = default;
  RLock(const RLock&) = delete;
  RLock& operator=(const RLock&) = delete;

  void lock() { take(1, std::nullopt); }

  bool try_lock() {
    std::scoped_lock hold(mutex_);
    if (mine()) {
      ++levels_;
      return true;
    }
    if (levels_ > 0 || serving_ != next_) return false;
    ++next_;
    sit_down(1);
    return true;
  }

  bool try_lock_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const auto now = Clock::now();
    const auto longest = Clock::time_point::max() - now;
    return take(1, timeout < longest ? now + timeout : Clock::time_point::max());
  }

  void unlock() {
    std::scoped_lock hold(mutex_);
    require_owner();
    if (--levels_ == 0) get_up();
  }

  bool owned_by_caller() const { return recursion_count() > 0; }

  std::ptrdiff_t recursion_count() const {
    std::scoped_lock hold(mutex_);
    return mine() ? levels_ : 0;
  }

  State release_save() {
    std::scoped_lock hold(mutex_);
    require_owner();
    const State levels = levels_;
    get_up();
    return levels;
  }

  void acquire_restore(State levels) { take(levels, std::nullopt); }

 private:
  using Clock = std::chrono::steady_clock;
  using Ticket = std::uint64_t;

  bool mine() const { return owner_ == std::this_thread::get_id(); }

  void require_owner() const {
    if (mine()) return;
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted));
  }

  bool take(std::ptrdiff_t levels, std::optional<Clock::time_point> deadline) {
    std::unique_lock hold(mutex_);
    if (mine()) {
      levels_ += levels;
      return true;
    }
    const Ticket ticket = next_++;
    const auto my_turn = [&] { return levels_ == 0 && serving_ == ticket; };
    if (!deadline) {
      changed_.wait(hold, my_turn);
    } else if (!changed_.wait_until(hold, *deadline, my_turn)) {
      given_back_.insert(ticket);
      skip_given_back();
      return false;
    }
    sit_down(levels);
    return true;
  }

  void sit_down(std::ptrdiff_t levels) {
    owner_ = std::this_thread::get_id();
    levels_ = levels;
    ++serving_;
    skip_given_back();
  }

  void get_up() {
    owner_ = {};
    levels_ = 0;
    changed_.notify_all();
  }

  // Whoever gave up is never served.
  void skip_given_back() {
    while (given_back_.erase(serving_) > 0) ++serving_;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // levels_ or serving_
  std::thread::id owner_;
  std::ptrdiff_t levels_ = 0;
  Ticket next_ = 0;     // the ticket that the next waiter draws
  Ticket serving_ = 0;  // the ticket that may sit down when levels_ is 0
  std::set<Ticket> given_back_;
};

}  // namespace lab

#endif  // LAB_05_RLOCK_RLOCK_H_
