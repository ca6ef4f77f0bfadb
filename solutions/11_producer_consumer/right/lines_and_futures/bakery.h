// Another design: a line of eaters, each with a bell of its own, and futures for the failures.
//
// An eater that finds the basket empty stands in line; the next bun is given to the first of them
// by name, before it has even woken up, and never lies in the basket where a passer-by could take
// it. Bakers stand in line with their buns in the same way. So nobody looks again after waking up,
// and all are served in the order in which they came.
//
// Everybody's day is a task with a future. What a task throws is in its future, and whoever asks
// the futures one after the other meets it.

#ifndef LAB_11_PRODUCER_CONSUMER_BAKERY_H_
#define LAB_11_PRODUCER_CONSUMER_BAKERY_H_

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "10_queue/queue.h"

namespace lab {

template <typename T>
class Buffer {
 public:
  explicit Buffer(std::ptrdiff_t capacity) : capacity_(capacity) {
    if (capacity < 1) throw std::invalid_argument("Buffer: capacity");
  }

  void put(T item) {
    std::unique_lock hold(mutex_);
    if (!eaters_.empty()) {
      most_ = std::max<std::ptrdiff_t>(most_, 1);  // it was in the basket, for no time at all
      serve(eaters_, std::move(item));
      return;
    }
    if (std::ssize(items_) < capacity_) {
      add(std::move(item));
      return;
    }
    Place place{std::move(item), false, {}};
    bakers_.push_back(&place);
    place.bell.wait(hold, [&] { return place.served; });
  }

  T get() {
    std::unique_lock hold(mutex_);
    if (items_.empty()) {
      Place place{std::nullopt, false, {}};
      eaters_.push_back(&place);
      place.bell.wait(hold, [&] { return place.served; });
      return std::move(*place.item);
    }
    T item = std::move(items_.front());
    items_.pop_front();
    if (!bakers_.empty()) {
      add(std::move(*bakers_.front()->item));
      serve(bakers_, std::nullopt);
    }
    return item;
  }

  std::ptrdiff_t most() const {
    const std::scoped_lock hold(mutex_);
    return most_;
  }

 private:
  struct Place {
    std::optional<T> item;
    bool served;
    std::condition_variable bell;
  };

  void add(T item) {
    items_.push_back(std::move(item));
    most_ = std::max<std::ptrdiff_t>(most_, std::ssize(items_));
  }

  static void serve(std::deque<Place*>& line, std::optional<T> item) {
    Place& place = *line.front();
    line.pop_front();
    place.item = std::move(item);
    place.served = true;
    place.bell.notify_one();
  }

  const std::ptrdiff_t capacity_;
  mutable std::mutex mutex_;
  std::deque<T> items_;
  std::ptrdiff_t most_ = 0;
  std::deque<Place*> eaters_;
  std::deque<Place*> bakers_;
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

inline std::ptrdiff_t look_at(const BakeryPlan& plan) {
  if (plan.producers < 0 || plan.consumers < 0 || plan.buns_each < 0 || plan.capacity < 1) {
    throw std::invalid_argument("run_bakery: plan");
  }
  const std::ptrdiff_t buns = plan.producers * plan.buns_each;
  if (plan.consumers == 0 && buns > 0) throw std::invalid_argument("run_bakery: nobody eats");
  return buns;
}

// The days of so many people.
template <typename F>
std::list<std::future<void>> days(std::ptrdiff_t people, const F& f) {
  std::list<std::future<void>> all;
  for (std::ptrdiff_t me = 0; me < people; ++me) {
    all.push_back(std::async(std::launch::async, f, me));
  }
  return all;
}

// Waits for all; the first failure in the list stays in `failure`, if there is none in it yet.
inline void wait_for(std::list<std::future<void>>& all, std::exception_ptr& failure) {
  for (std::future<void>& day : all) {
    try {
      day.get();
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
}

// A switch that is turned once, and a lock for it.
class Stop {
 public:
  bool is_set() {
    const std::scoped_lock hold(mutex_);
    return set_;
  }
  void set() {
    const std::scoped_lock hold(mutex_);
    set_ = true;
  }
  // Calls f(bun), if the switch is off; a failure turns it, and goes on to the caller's future.
  void call(const std::function<void(const Bun&)>& f, const Bun& bun) {
    if (!f || is_set()) return;
    try {
      f(bun);
    } catch (...) {
      set();
      throw;
    }
  }

 private:
  std::mutex mutex_;
  bool set_ = false;
};

// Buns are claimed as at a counter: each eater draws a number, under a lock. Who has failed keeps
// serving the basket, in the block after the failure, until its share of the work is done.
inline BakeryReport run_bakery(const BakeryPlan& plan) {
  const std::ptrdiff_t buns = look_at(plan);
  BakeryReport report;
  report.eaten.resize(plan.consumers);
  Buffer<Bun> basket(plan.capacity);
  Stop stop;
  std::mutex counter;
  std::ptrdiff_t drawn = 0;
  const auto draw = [&] {
    const std::scoped_lock hold(counter);
    return drawn < buns && ++drawn > 0;
  };
  auto eaters = days(plan.consumers, [&](std::ptrdiff_t me) {
    std::exception_ptr failure;
    while (draw()) {
      const Bun bun = basket.get();
      try {
        stop.call(plan.eat, bun);
        report.eaten[me].push_back(bun);
      } catch (...) {
        failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  });
  auto bakers = days(plan.producers, [&](std::ptrdiff_t me) {
    std::exception_ptr failure;
    for (std::ptrdiff_t number = 0; number < plan.buns_each; ++number) {
      try {
        stop.call(plan.bake, {me, number});
      } catch (...) {
        failure = std::current_exception();
      }
      basket.put({me, number});
    }
    if (failure) std::rethrow_exception(failure);
  });
  std::exception_ptr failure;
  wait_for(bakers, failure);
  wait_for(eaters, failure);
  if (failure) std::rethrow_exception(failure);
  report.most_in_basket = basket.most();
  return report;
}

inline BakeryReport run_bakery_with_queue(const BakeryPlan& plan) {
  look_at(plan);
  BakeryReport report;
  report.eaten.resize(plan.consumers);
  Queue<Bun> basket(plan.capacity);
  Stop stop;
  std::vector<std::ptrdiff_t> seen(plan.producers, 0);
  // A day that ends in a failure of its own closes the basket for all; ShutDown is no failure.
  const auto ends_well = [&](const auto& day) {
    try {
      day();
    } catch (const ShutDown&) {
    } catch (...) {
      basket.shutdown(true);
      throw;
    }
  };
  auto eaters = days(plan.consumers, [&](std::ptrdiff_t me) {
    ends_well([&] {
      for (;;) {
        const Bun bun = basket.get();
        stop.call(plan.eat, bun);
        report.eaten[me].push_back(bun);
      }
    });
  });
  auto bakers = days(plan.producers, [&](std::ptrdiff_t me) {
    ends_well([&] {
      for (std::ptrdiff_t number = 0; number < plan.buns_each; ++number) {
        stop.call(plan.bake, {me, number});
        basket.put({me, number});
        seen[me] = std::max({seen[me], std::ptrdiff_t{1}, basket.size()});
      }
    });
  });
  std::exception_ptr failure;
  wait_for(bakers, failure);
  basket.shutdown();
  wait_for(eaters, failure);
  if (failure) std::rethrow_exception(failure);
  for (const std::ptrdiff_t number : seen) {
    report.most_in_basket = std::max(report.most_in_basket, number);
  }
  return report;
}

// The sentinel is a bun of producer -1.
inline BakeryReport run_bakery_with_sentinels(const BakeryPlan& plan) {
  look_at(plan);
  BakeryReport report;
  report.eaten.resize(plan.consumers);
  Buffer<Bun> basket(plan.capacity);
  Stop stop;
  auto eaters = days(plan.consumers, [&](std::ptrdiff_t me) {
    std::exception_ptr failure;
    for (Bun bun = basket.get(); bun.producer != -1; bun = basket.get()) {
      try {
        stop.call(plan.eat, bun);
        report.eaten[me].push_back(bun);
      } catch (...) {
        failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  });
  auto bakers = days(plan.producers, [&](std::ptrdiff_t me) {
    for (std::ptrdiff_t number = 0; number < plan.buns_each && !stop.is_set(); ++number) {
      stop.call(plan.bake, {me, number});
      basket.put({me, number});
    }
  });
  std::exception_ptr failure;
  wait_for(bakers, failure);
  report.most_in_basket = basket.most();
  for (std::ptrdiff_t i = 0; i < plan.consumers; ++i) basket.put({-1, 0});
  wait_for(eaters, failure);
  if (failure) std::rethrow_exception(failure);
  return report;
}

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_BAKERY_H_
