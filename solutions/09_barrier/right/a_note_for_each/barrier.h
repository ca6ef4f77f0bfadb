// Another right design: a list of those who wait, each with a note on its own stack. Whoever ends a
// generation writes the answer on every note and empties the list; a thread that wakes up reads its
// own note and nothing else. No number, no allocation, and no thread is woken for nothing.
//
// The action is called by the one who came first, not by the one who came last: the contract leaves
// that open.
//
// In the timer one atomic word decides who was first, and a promise wakes the thread.
#ifndef LAB_09_BARRIER_BARRIER_H_
#define LAB_09_BARRIER_BARRIER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <list>
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
    std::scoped_lock hold(mutex_);
    broken_ = false;
    tell_all(Answer::kBroken);
  }

  void abort() {
    std::scoped_lock hold(mutex_);
    broken_ = true;
    tell_all(Answer::kBroken);
  }

  std::ptrdiff_t parties() const { return parties_; }

  std::ptrdiff_t n_waiting() const {
    std::scoped_lock hold(mutex_);
    return static_cast<std::ptrdiff_t>(line_.size());
  }

  bool broken() const {
    std::scoped_lock hold(mutex_);
    return broken_;
  }

 private:
  enum class Answer { kNone, kComplete, kBroken };

  struct Note {
    Answer answer = Answer::kNone;
    bool call_the_action = false;
    std::condition_variable written;
  };

  static void check(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("Barrier: a negative timeout");
  }

  std::ptrdiff_t wait_at_most(std::optional<std::chrono::nanoseconds> timeout) {
    std::unique_lock hold(mutex_);
    action_is_over_.wait(hold, [this] { return !acting_; });
    if (broken_) throw BrokenBarrierError();
    const auto index = static_cast<std::ptrdiff_t>(line_.size());
    Note mine;
    line_.push_back(&mine);
    if (index + 1 == parties_) all_have_come();
    const auto in_motion = [&] { return acting_ || mine.answer != Answer::kNone; };
    if (timeout && !mine.written.wait_until(hold, deadline_after(*timeout), in_motion)) {
      broken_ = true;
      tell_all(Answer::kBroken);
    }
    mine.written.wait(hold, [&] { return mine.call_the_action || mine.answer != Answer::kNone; });
    if (mine.call_the_action) call_the_action(hold, mine);
    if (mine.answer == Answer::kBroken) throw BrokenBarrierError();
    return index;
  }

  // Needs mutex_, as all below.
  void all_have_come() {
    if (!action_) {
      tell_all(Answer::kComplete);
      return;
    }
    acting_ = true;
    line_.front()->call_the_action = true;
    line_.front()->written.notify_one();
  }

  void call_the_action(std::unique_lock<std::mutex>& hold, Note& mine) {
    std::exception_ptr thrown;
    if (mine.answer == Answer::kNone) {
      hold.unlock();
      try {
        action_();
      } catch (...) {
        thrown = std::current_exception();
      }
      hold.lock();
    }
    acting_ = false;
    action_is_over_.notify_all();
    if (mine.answer == Answer::kNone) {
      if (thrown) broken_ = true;
      tell_all(thrown ? Answer::kBroken : Answer::kComplete);
    }
    if (thrown) std::rethrow_exception(thrown);
  }

  void tell_all(Answer answer) {
    for (Note* note : line_) {
      note->answer = answer;
      note->written.notify_one();
    }
    line_.clear();
  }

  const std::ptrdiff_t parties_;
  const std::function<void()> action_;
  const std::optional<std::chrono::nanoseconds> timeout_;
  mutable std::mutex mutex_;
  std::condition_variable action_is_over_;
  std::list<Note*> line_;  // the first to come is in front
  bool acting_ = false;
  bool broken_ = false;
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
    if (thread_.joinable()) thread_.join();
  }

  void start() {
    std::scoped_lock hold(mutex_);
    if (started_) throw std::runtime_error("Timer: started twice");
    if (state_ != State::kCancelled) {
      thread_ = std::thread([this, deadline = deadline_after(interval_)] { run(deadline); });
    }
    started_ = true;
  }

  bool cancel() {
    State expected = State::kWaiting;
    if (state_.compare_exchange_strong(expected, State::kCancelled)) {
      cancel_.set_value();
      over_.set_value();
    }
    return state_ == State::kCancelled;
  }

  void join() {
    {
      std::scoped_lock hold(mutex_);
      if (!started_) throw std::runtime_error("Timer: joined before it was started");
      if (std::this_thread::get_id() == thread_.get_id()) {
        throw std::runtime_error("Timer: joined by its own function");
      }
    }
    std::shared_future<void>(when_over_).wait();
  }

 private:
  enum class State { kWaiting, kCancelled, kCalled };

  void run(std::chrono::steady_clock::time_point deadline) {
    if (cancel_.get_future().wait_until(deadline) == std::future_status::ready) return;
    State expected = State::kWaiting;
    if (!state_.compare_exchange_strong(expected, State::kCalled)) return;
    function_();
    over_.set_value();
  }

  const std::chrono::nanoseconds interval_;
  const std::function<void()> function_;
  std::atomic<State> state_ = State::kWaiting;
  std::promise<void> cancel_;
  std::promise<void> over_;
  const std::shared_future<void> when_over_ = over_.get_future().share();
  std::mutex mutex_;
  bool started_ = false;
  std::thread thread_;
};

}  // namespace lab

#endif
