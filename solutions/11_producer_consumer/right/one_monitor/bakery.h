// Another design: one mutex and one condition for everything, and notify_all.
//
// The whole bakery is one monitor: basket, claims, closing time and failure are guarded by one
// mutex, and whoever waits for anything waits at one condition. Every change wakes everybody, who
// look whether it concerns them. More wake-ups than needed; but no question of who must be told of
// what, and what an eater waits for is written down in one line: a bun, or the end.

#ifndef LAB_11_PRODUCER_CONSUMER_BAKERY_H_
#define LAB_11_PRODUCER_CONSUMER_BAKERY_H_

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace lab {

template <typename T>
class Buffer {
 public:
  explicit Buffer(std::ptrdiff_t capacity) : capacity_(capacity) {
    if (capacity <= 0) throw std::invalid_argument("Buffer: capacity");
  }

  void put(T item) {
    std::unique_lock hold(mutex_);
    while (std::ssize(items_) == capacity_) changed_.wait(hold);
    items_.push_back(std::move(item));
    most_ = std::max(most_, std::ssize(items_));
    changed_.notify_all();
  }

  T get() {
    std::unique_lock hold(mutex_);
    while (items_.empty()) changed_.wait(hold);
    T item = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  std::ptrdiff_t most() const {
    const std::lock_guard hold(mutex_);
    return most_;
  }

 private:
  const std::ptrdiff_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
  std::ptrdiff_t most_ = 0;
};

struct Bun {
  std::ptrdiff_t producer = 0;
  std::ptrdiff_t number = 0;
};

struct BakeryPlan {
  std::ptrdiff_t producers = 0;
  std::ptrdiff_t consumers = 0;
  std::ptrdiff_t buns_each = 0;
  std::ptrdiff_t capacity = 1;
  std::function<void(const Bun&)> bake = {};
  std::function<void(const Bun&)> eat = {};
};

struct BakeryReport {
  std::vector<std::vector<Bun>> eaten;
  std::ptrdiff_t most_in_basket = 0;
};

class Day {
 public:
  explicit Day(const BakeryPlan& plan) : plan_(plan) {
    const bool counts = plan.producers >= 0 && plan.consumers >= 0 && plan.buns_each >= 0;
    if (!counts || plan.capacity < 1) throw std::invalid_argument("run_bakery: plan");
    uneaten_ = plan.producers * plan.buns_each;
    if (uneaten_ > 0 && plan.consumers == 0) throw std::invalid_argument("run_bakery: consumers");
    report_.eaten.resize(plan.consumers);
  }

  BakeryReport run() {
    std::vector<std::thread> staff;
    for (std::ptrdiff_t me = 0; me < plan_.consumers; ++me) {
      staff.emplace_back([this, me] { guarded([&] { eater(me); }); });
    }
    for (std::ptrdiff_t me = 0; me < plan_.producers; ++me) {
      staff.emplace_back([this, me] { guarded([&] { baker(me); }); });
    }
    for (std::thread& thread : staff) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(report_);
  }

 private:
  template <typename F>
  void guarded(const F& f) {
    try {
      f();
    } catch (...) {
      const std::lock_guard hold(mutex_);
      failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  void baker(std::ptrdiff_t me) {
    for (std::ptrdiff_t number = 0; number < plan_.buns_each; ++number) {
      const Bun bun{me, number};
      {
        const std::lock_guard hold(mutex_);
        if (failure_) return;
      }
      if (plan_.bake) plan_.bake(bun);
      std::unique_lock hold(mutex_);
      changed_.wait(hold, [&] { return failure_ || std::ssize(basket_) < plan_.capacity; });
      if (failure_) return;
      basket_.push_back(bun);
      report_.most_in_basket = std::max(report_.most_in_basket, std::ssize(basket_));
      changed_.notify_all();
    }
  }

  void eater(std::ptrdiff_t me) {
    for (;;) {
      std::unique_lock hold(mutex_);
      changed_.wait(hold, [&] { return failure_ || uneaten_ == 0 || !basket_.empty(); });
      if (failure_ || uneaten_ == 0) return;
      const Bun bun = basket_.front();
      basket_.pop_front();
      --uneaten_;
      changed_.notify_all();
      hold.unlock();
      if (plan_.eat) plan_.eat(bun);
      report_.eaten[me].push_back(bun);
    }
  }

  const BakeryPlan& plan_;
  std::mutex mutex_;  // guards what follows; but each list of eaten buns is its eater's alone
  std::condition_variable changed_;
  std::deque<Bun> basket_;
  std::ptrdiff_t uneaten_ = 0;
  std::exception_ptr failure_;
  BakeryReport report_;
};

inline BakeryReport run_bakery(const BakeryPlan& plan) { return Day(plan).run(); }
inline BakeryReport run_bakery_with_queue(const BakeryPlan& plan) { return Day(plan).run(); }
inline BakeryReport run_bakery_with_sentinels(const BakeryPlan& plan) { return Day(plan).run(); }

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_BAKERY_H_
