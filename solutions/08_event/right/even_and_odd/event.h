// Another right design: one atomic number is the whole event. It is even while the event is cleared
// and odd while it is set; set() and clear() add one. "It has been set since I came" is then simply
// "it is not the number that I saw", and an event that is set lets everybody pass without a mutex.
//
// std::atomic cannot wait with a deadline, so those who do have a condition variable beside it; its
// mutex is taken by set() so that none of them is between its look and its sleep.
//
// The gate is a flag with a turnstile for those who come too early, a semaphore with room for one:
// open() lets in one thread, who lets in the next. One post is enough for all. (A. B. Downey, The
// Little Book of Semaphores, 2016, section 3.5.)
#ifndef LAB_08_EVENT_EVENT_H_
#define LAB_08_EVENT_EVENT_H_

#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <functional>
#include <mutex>
#include <stdexcept>

namespace lab {

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const { return is_odd(number_.load(std::memory_order_acquire)); }

  void set() {
    {
      std::scoped_lock hold(mutex_);
      if (is_set()) return;
      number_.fetch_add(1, std::memory_order_release);
    }
    number_.notify_all();
    changed_.notify_all();
  }

  void clear() {
    std::scoped_lock hold(mutex_);
    if (is_set()) number_.fetch_add(1, std::memory_order_release);
  }

  void wait() {
    const std::uint32_t before = number_.load(std::memory_order_acquire);
    if (!is_odd(before)) number_.wait(before, std::memory_order_acquire);
  }

  bool wait_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    const std::uint32_t before = number_.load(std::memory_order_acquire);
    if (is_odd(before)) return true;
    const auto now = std::chrono::steady_clock::now();
    const auto last = std::chrono::steady_clock::time_point::max();
    std::unique_lock hold(mutex_);
    return changed_.wait_until(hold, timeout < last - now ? now + timeout : last,
                               [&] { return number_.load(std::memory_order_acquire) != before; });
  }

 private:
  static bool is_odd(std::uint32_t number) { return number % 2 == 1; }

  std::atomic<std::uint32_t> number_ = 0;
  std::mutex mutex_;  // who changes number_ holds it
  std::condition_variable changed_;
};

class ServiceGate {
 public:
  explicit ServiceGate(std::chrono::nanoseconds period = std::chrono::seconds(2))
      : period_(std::min<std::chrono::nanoseconds>(period, std::chrono::hours(24 * 365 * 100))) {
    if (period <= period.zero()) throw std::invalid_argument("the period is not positive");
    sem_init(&turnstile_, 0, 0);
  }
  ~ServiceGate() { sem_destroy(&turnstile_); }
  ServiceGate(const ServiceGate&) = delete;
  ServiceGate& operator=(const ServiceGate&) = delete;

  void enter(const std::function<void()>& on_waiting) {
    while (!opened_.load(std::memory_order_acquire)) {
      if (pass_within_a_period()) {
        sem_post(&turnstile_);
      } else if (on_waiting) {
        on_waiting();
      }
    }
  }

  void open() {
    if (!opened_.exchange(true)) sem_post(&turnstile_);
  }

 private:
  bool pass_within_a_period() {
    timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    const long long nanoseconds = deadline.tv_nsec + period_.count();
    deadline.tv_sec += nanoseconds / 1'000'000'000;
    deadline.tv_nsec = nanoseconds % 1'000'000'000;
    int error;
    do {
      error = sem_clockwait(&turnstile_, CLOCK_MONOTONIC, &deadline) == 0 ? 0 : errno;
    } while (error == EINTR);
    return error == 0;
  }

  const std::chrono::nanoseconds period_;
  sem_t turnstile_;
  std::atomic<bool> opened_ = false;
};

}  // namespace lab

#endif  // LAB_08_EVENT_EVENT_H_
