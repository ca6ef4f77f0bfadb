// must fail: "a timer that ends leaves nothing behind" data-race
//
// The destructor cancels and detaches. The thread may be in the middle of the function, or on its
// way to a mutex that is not there any more: by then another timer is made in the same place.
#ifndef LAB_09_BARRIER_BARRIER_H_
#define LAB_09_BARRIER_BARRIER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lab {

inline std::chrono::steady_clock::time_point deadline_after(std::chrono::nanoseconds duration) {
  using TimePoint = std::chrono::steady_clock::time_point;
  const TimePoint now = std::chrono::steady_clock::now();
  return duration < TimePoint::max() - now ? now + duration : TimePoint::max();
}

class BrokenBarrierError : public std::runtime_error {
 public:
  BrokenBarrierError() : std::runtime_error("the barrier is broken") {}
};

class Barrier {
 public:
  explicit Barrier(std::ptrdiff_t parties, std::function<void()> action = {},
                   std::optional<std::chrono::nanoseconds> timeout = std::nullopt)
      : parties_(parties), action_(std::move(action)), timeout_(timeout) {
    if (parties < 1) throw std::invalid_argument("Barrier: less than one party");
    if (timeout) check(*timeout);
  }
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  std::ptrdiff_t wait() { return wait_at_most(timeout_); }

  std::ptrdiff_t wait_for(std::chrono::nanoseconds timeout) {
    check(timeout);
    return wait_at_most(timeout);
  }

  void reset() {
    auto next = std::make_shared<Generation>();
    std::scoped_lock hold(mutex_);
    current_->state = State::kBroken;
    current_ = std::move(next);
    changed_.notify_all();
  }

  void abort() {
    std::scoped_lock hold(mutex_);
    break_it(*current_);
  }

  std::ptrdiff_t parties() const { return parties_; }

  std::ptrdiff_t n_waiting() const {
    std::scoped_lock hold(mutex_);
    return current_->state == State::kFilling ? current_->come : 0;
  }

  bool broken() const {
    std::scoped_lock hold(mutex_);
    return current_->state == State::kBroken;
  }

 private:
  enum class State { kFilling, kFull, kComplete, kBroken };

  struct Generation {
    std::ptrdiff_t come = 0;
    State state = State::kFilling;
  };

  static void check(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("Barrier: a negative timeout");
  }

  std::ptrdiff_t wait_at_most(std::optional<std::chrono::nanoseconds> timeout) {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [&] { return current_->state != State::kFull; });
    const std::shared_ptr<Generation> mine = current_;
    if (mine->state == State::kBroken) throw BrokenBarrierError();
    const std::ptrdiff_t index = mine->come++;
    if (mine->come == parties_) {
      complete(hold, *mine);
    } else {
      const auto not_filling = [&] { return mine->state != State::kFilling; };
      if (!timeout) {
        changed_.wait(hold, not_filling);
      } else if (!changed_.wait_until(hold, deadline_after(*timeout), not_filling)) {
        break_it(*mine);
      }
      changed_.wait(hold, [&] { return mine->state != State::kFull; });
    }
    if (mine->state == State::kBroken) throw BrokenBarrierError();
    return index;
  }

  void complete(std::unique_lock<std::mutex>& hold, Generation& mine) {
    mine.state = State::kFull;
    try {
      auto next = std::make_shared<Generation>();
      if (action_) call_without(hold);
      if (mine.state == State::kBroken) return;
      mine.state = State::kComplete;
      current_ = std::move(next);
      changed_.notify_all();
    } catch (...) {
      break_it(mine);
      throw;
    }
  }

  void call_without(std::unique_lock<std::mutex>& hold) {
    hold.unlock();
    try {
      action_();
    } catch (...) {
      hold.lock();
      throw;
    }
    hold.lock();
  }

  void break_it(Generation& generation) {
    generation.state = State::kBroken;
    changed_.notify_all();
  }

  const std::ptrdiff_t parties_;
  const std::function<void()> action_;
  const std::optional<std::chrono::nanoseconds> timeout_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Generation> current_ = std::make_shared<Generation>();
};

class Timer {
 public:
  Timer(std::chrono::nanoseconds interval, std::function<void()> function)
      : interval_(interval), function_(std::move(function)) {
    if (interval < interval.zero()) throw std::invalid_argument("Timer: a negative interval");
    if (!function_) throw std::invalid_argument("Timer: nothing to call");
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  ~Timer() {
    cancel();
    if (thread_.joinable()) thread_.detach();
  }

  void start() {
    std::scoped_lock hold(mutex_);
    if (started_) throw std::runtime_error("Timer: started twice");
    if (!cancelled_) {
      thread_ = std::thread([this, deadline = deadline_after(interval_)] { run(deadline); });
    }
    started_ = true;
  }

  bool cancel() {
    std::scoped_lock hold(mutex_);
    if (called_) return false;
    cancelled_ = true;
    changed_.notify_all();
    return true;
  }

  void join() {
    std::unique_lock hold(mutex_);
    if (!started_) throw std::runtime_error("Timer: joined before it was started");
    if (std::this_thread::get_id() == thread_.get_id()) {
      throw std::runtime_error("Timer: joined by its own function");
    }
    changed_.wait(hold, [this] { return cancelled_ || over_; });
  }

 private:
  void run(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock hold(mutex_);
    if (changed_.wait_until(hold, deadline, [this] { return cancelled_; })) return;
    called_ = true;
    hold.unlock();
    function_();
    hold.lock();
    over_ = true;
    changed_.notify_all();
  }

  const std::chrono::nanoseconds interval_;
  const std::function<void()> function_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool started_ = false;
  bool cancelled_ = false;
  bool called_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace lab

#endif
