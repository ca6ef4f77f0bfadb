// Another right design: each generation is a promise that is kept once, with true or with false,
// and all who belong to it share the future. What has been promised cannot be taken back, so there
// is nothing that a later generation, an abort() or a reset() could spoil. The mutex guards only
// who comes to which round; nobody sleeps on a condition variable.
//
// The timer's thread is a std::async, and waits on a semaphore that cancel() posts.
#ifndef LAB_09_BARRIER_BARRIER_H_
#define LAB_09_BARRIER_BARRIER_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
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
    std::scoped_lock hold(mutex_);
    decide(*round_, false);
    round_ = std::make_shared<Round>();
  }

  void abort() {
    std::scoped_lock hold(mutex_);
    decide(*round_, false);
  }

  std::ptrdiff_t parties() const { return parties_; }

  std::ptrdiff_t n_waiting() const {
    std::scoped_lock hold(mutex_);
    return round_->decided ? 0 : round_->come;
  }

  bool broken() const {
    std::scoped_lock hold(mutex_);
    return round_->decided;  // a round that ended well is replaced at once
  }

 private:
  struct Round {
    std::ptrdiff_t come = 0;
    bool decided = false;
    std::promise<bool> promise;
    const std::shared_future<bool> end = promise.get_future().share();
  };

  static void check(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("Barrier: a negative timeout");
  }

  std::ptrdiff_t wait_at_most(std::optional<std::chrono::nanoseconds> timeout) {
    std::unique_lock hold(mutex_);
    while (round_->come == parties_ && !round_->decided) {  // its action is running
      const std::shared_future<bool> end = round_->end;
      hold.unlock();
      end.wait();
      hold.lock();
    }
    if (round_->decided) throw BrokenBarrierError();
    const std::shared_ptr<Round> mine = round_;
    const std::shared_future<bool> end = mine->end;
    const std::ptrdiff_t index = mine->come++;
    if (mine->come == parties_) {
      complete(hold, *mine);
      hold.unlock();
    } else {
      hold.unlock();
      if (timeout && end.wait_until(deadline_after(*timeout)) == std::future_status::timeout) {
        hold.lock();
        if (mine->come < parties_) decide(*mine, false);
        hold.unlock();
      }
    }
    if (!end.get()) throw BrokenBarrierError();
    return index;
  }

  // Needs mutex_, which is free while the action runs.
  void complete(std::unique_lock<std::mutex>& hold, Round& mine) {
    if (action_) {
      hold.unlock();
      try {
        action_();
      } catch (...) {
        hold.lock();
        decide(mine, false);
        throw;
      }
      hold.lock();
    }
    if (mine.decided) return;
    round_ = std::make_shared<Round>();
    decide(mine, true);
  }

  // Needs mutex_. The first decision counts.
  static void decide(Round& round, bool complete) {
    if (round.decided) return;
    round.decided = true;
    round.promise.set_value(complete);
  }

  const std::ptrdiff_t parties_;
  const std::function<void()> action_;
  const std::optional<std::chrono::nanoseconds> timeout_;
  mutable std::mutex mutex_;
  std::shared_ptr<Round> round_ = std::make_shared<Round>();
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
  ~Timer() { cancel(); }  // the future of a std::async waits for its thread

  void start() {
    std::scoped_lock hold(mutex_);
    if (over_.valid()) throw std::runtime_error("Timer: started twice");
    over_ = std::async(std::launch::async, [this, deadline = deadline_after(interval_)] {
              if (cancel_.try_acquire_until(deadline) || !settle(State::kCalled)) return;
              caller_ = std::this_thread::get_id();
              function_();
            }).share();
  }

  bool cancel() {
    if (settle(State::kCancelled)) cancel_.release();
    return state_ == State::kCancelled;
  }

  void join() {
    std::shared_future<void> over;
    {
      std::scoped_lock hold(mutex_);
      over = over_;
    }
    if (!over.valid()) throw std::runtime_error("Timer: joined before it was started");
    if (caller_.load() == std::this_thread::get_id()) {
      throw std::runtime_error("Timer: joined by its own function");
    }
    over.wait();
  }

 private:
  enum class State { kWaiting, kCancelled, kCalled };

  // The first who says how it ends is right. Returns whether this was the first.
  bool settle(State how) {
    State expected = State::kWaiting;
    return state_.compare_exchange_strong(expected, how);
  }

  const std::chrono::nanoseconds interval_;
  const std::function<void()> function_;
  std::atomic<State> state_ = State::kWaiting;
  std::atomic<std::thread::id> caller_;
  std::binary_semaphore cancel_{0};
  std::mutex mutex_;  // guards over_
  std::shared_future<void> over_;
};

}  // namespace lab

#endif
