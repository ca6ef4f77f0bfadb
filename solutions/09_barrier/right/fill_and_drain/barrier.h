// Another right design: one barrier with two doors, as in Python's own. There is no object for a
// generation. Threads come in through the first door and wait; when the generation has ended, well
// or badly, the first door is shut and those inside go out through the second; the last one out
// opens the first again. So there is only one generation inside at any time, and one answer,
// complete_, to be read. The price: newcomers wait for the slowest of those who leave.
//
// abort() and reset() while they leave change nothing for them, but for those at the first door.
//
// The timer's thread is a std::jthread that is asked to stop.
#ifndef LAB_09_BARRIER_BARRIER_H_
#define LAB_09_BARRIER_BARRIER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
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
    broken_ = false;
    if (phase_ != Phase::kLeaving && inside_ > 0) end(false);
    way_in_.notify_all();
  }

  void abort() {
    std::scoped_lock hold(mutex_);
    broken_ = true;
    if (phase_ != Phase::kLeaving && inside_ > 0) end(false);
    way_in_.notify_all();
  }

  std::ptrdiff_t parties() const { return parties_; }

  std::ptrdiff_t n_waiting() const {
    std::scoped_lock hold(mutex_);
    return phase_ == Phase::kComing ? inside_ : 0;
  }

  bool broken() const {
    std::scoped_lock hold(mutex_);
    return broken_;
  }

 private:
  enum class Phase { kComing, kActing, kLeaving };

  static void check(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("Barrier: a negative timeout");
  }

  std::ptrdiff_t wait_at_most(std::optional<std::chrono::nanoseconds> timeout) {
    std::unique_lock hold(mutex_);
    way_in_.wait(hold, [this] { return broken_ || phase_ == Phase::kComing; });
    if (broken_) throw BrokenBarrierError();
    const std::ptrdiff_t index = inside_++;
    std::exception_ptr thrown;
    if (inside_ == parties_) {
      thrown = act(hold);
    } else {
      const auto over = [this] { return phase_ != Phase::kComing; };
      if (!timeout) {
        way_out_.wait(hold, over);
      } else if (!way_out_.wait_until(hold, deadline_after(*timeout), over)) {
        broken_ = true;
        end(false);
      }
      way_out_.wait(hold, [this] { return phase_ == Phase::kLeaving; });
    }
    const bool complete = complete_;
    if (--inside_ == 0) {
      phase_ = Phase::kComing;
      way_in_.notify_all();
    }
    if (thrown) std::rethrow_exception(thrown);
    if (!complete) throw BrokenBarrierError();
    return index;
  }

  // Needs mutex_, which is free while the action runs. Returns what the action throws.
  std::exception_ptr act(std::unique_lock<std::mutex>& hold) {
    phase_ = Phase::kActing;
    std::exception_ptr thrown;
    if (action_) {
      hold.unlock();
      try {
        action_();
      } catch (...) {
        thrown = std::current_exception();
      }
      hold.lock();
    }
    if (phase_ != Phase::kActing) return thrown;  // somebody has ended it in the meantime
    if (thrown) broken_ = true;
    end(!thrown);
    return thrown;
  }

  // Needs mutex_, and that somebody is inside.
  void end(bool complete) {
    complete_ = complete;
    phase_ = Phase::kLeaving;
    way_out_.notify_all();
    way_in_.notify_all();
  }

  const std::ptrdiff_t parties_;
  const std::function<void()> action_;
  const std::optional<std::chrono::nanoseconds> timeout_;
  mutable std::mutex mutex_;
  std::condition_variable way_in_;
  std::condition_variable way_out_;
  Phase phase_ = Phase::kComing;
  std::ptrdiff_t inside_ = 0;
  bool complete_ = false;  // how the generation ended that is leaving
  bool broken_ = false;    // what those learn who come
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
  ~Timer() { cancel(); }  // a jthread joins itself; it is the last member, so it goes first

  void start() {
    std::scoped_lock hold(mutex_);
    if (started_) throw std::runtime_error("Timer: started twice");
    if (state_ == State::kWaiting) {
      thread_ = std::jthread([this, deadline = deadline_after(interval_)](std::stop_token stop) {
        run(stop, deadline);
      });
    }
    started_ = true;
  }

  bool cancel() {
    std::stop_source stop{std::nostopstate};
    {
      std::scoped_lock hold(mutex_);
      if (state_ == State::kCalled || state_ == State::kReturned) return false;
      state_ = State::kCancelled;
      stop = thread_.get_stop_source();
    }
    stop.request_stop();
    changed_.notify_all();
    return true;
  }

  void join() {
    std::unique_lock hold(mutex_);
    if (!started_) throw std::runtime_error("Timer: joined before it was started");
    if (std::this_thread::get_id() == thread_.get_id()) {
      throw std::runtime_error("Timer: joined by its own function");
    }
    changed_.wait(hold,
                  [this] { return state_ == State::kCancelled || state_ == State::kReturned; });
  }

 private:
  enum class State { kWaiting, kCancelled, kCalled, kReturned };

  void run(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock hold(mutex_);
    changed_.wait_until(hold, stop, deadline, [this] { return state_ == State::kCancelled; });
    if (state_ == State::kCancelled) return;
    state_ = State::kCalled;
    hold.unlock();
    function_();
    hold.lock();
    state_ = State::kReturned;
    changed_.notify_all();
  }

  const std::chrono::nanoseconds interval_;
  const std::function<void()> function_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  State state_ = State::kWaiting;
  bool started_ = false;
  std::jthread thread_;
};

}  // namespace lab

#endif
