#ifndef LAB_11_PRODUCER_CONSUMER_BAKERY_H_
#define LAB_11_PRODUCER_CONSUMER_BAKERY_H_

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "10_queue/queue.h"

namespace lab {

template <typename T>
class Buffer {
 public:
  explicit Buffer(std::ptrdiff_t capacity) : capacity_(capacity) {
    if (capacity < 1) throw std::invalid_argument("Buffer: a basket that holds nothing");
  }

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void put(T item) {
    std::unique_lock hold(mutex_);
    not_full_.wait(hold, [this] { return count() < capacity_; });
    items_.push_back(std::move(item));
    most_ = std::max(most_, count());
    not_empty_.notify_one();
  }

  T get() {
    std::unique_lock hold(mutex_);
    not_empty_.wait(hold, [this] { return count() > 0; });
    T item = std::move(items_.front());
    items_.erase(items_.begin());
    not_full_.notify_one();
    return item;
  }

  std::ptrdiff_t most() const {
    const std::scoped_lock hold(mutex_);
    return most_;
  }

 private:
  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(items_.size()); }

  const std::ptrdiff_t capacity_;
  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::ptrdiff_t most_ = 0;
  std::vector<T> items_;
};

struct Bun {
  std::ptrdiff_t producer = 0;
  std::ptrdiff_t number = 0;
};

struct BakeryPlan {
  std::ptrdiff_t producers = 0;  // each a thread of its own, that makes `buns_each` buns
  std::ptrdiff_t consumers = 0;  // each a thread of its own
  std::ptrdiff_t buns_each = 0;
  std::ptrdiff_t capacity = 1;  // of the basket
  std::function<void(const Bun&)> bake = {};
  std::function<void(const Bun&)> eat = {};
};

struct BakeryReport {
  std::vector<std::vector<Bun>> eaten;  // for each consumer: its buns, in the order it ate them
  std::ptrdiff_t most_in_basket = 0;    // the most buns that were in the basket at once
};

namespace bakery {

inline std::ptrdiff_t check(const BakeryPlan& plan) {
  if (plan.producers < 0 || plan.consumers < 0 || plan.buns_each < 0 || plan.capacity < 1) {
    throw std::invalid_argument("run_bakery: a negative number, or a basket that holds nothing");
  }
  const std::ptrdiff_t buns = plan.producers * plan.buns_each;
  if (buns > 0 && plan.consumers == 0) throw std::invalid_argument("run_bakery: nobody eats");
  return buns;
}

class Team {
 public:
  template <typename Work>
  Team(std::ptrdiff_t size, const Work& work) {
    for (std::ptrdiff_t me = 0; me < size; ++me) threads_.emplace_back(work, me);
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team() { join(); }

  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

class Work {
 public:
  void call(const std::function<void(const Bun&)>& f, const Bun& bun) {
    if (!f || failed_) return;
    try {
      f(bun);
    } catch (...) {
      const std::scoped_lock hold(mutex_);
      failure_ = std::current_exception();
      failed_ = true;
    }
  }

  BakeryReport finish(BakeryReport report) {
    if (failure_) std::rethrow_exception(failure_);
    return report;
  }

 private:
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;  // guards failure_
  std::exception_ptr failure_;
};

}  // namespace bakery

inline BakeryReport run_bakery(const BakeryPlan& plan) {
  std::atomic<std::ptrdiff_t> unclaimed = bakery::check(plan);
  BakeryReport report{.eaten = std::vector<std::vector<Bun>>(plan.consumers)};
  Buffer<Bun> basket(plan.capacity);
  bakery::Work work;
  {
    const bakery::Team producers(plan.producers, [&](std::ptrdiff_t me) {
      for (std::ptrdiff_t i = 0; i < plan.buns_each; ++i) {
        const Bun bun{me, i};
        work.call(plan.bake, bun);
        basket.put(bun);
      }
    });
    const bakery::Team consumers(plan.consumers, [&](std::ptrdiff_t me) {
      // Looking and taking is one step. (To look first and take then would let two consumers claim
      // the last bun.)
      // It orders nothing, hence relaxed: the bun itself comes through the basket.
      while (unclaimed.fetch_sub(1, std::memory_order_relaxed) > 0) {
        const Bun bun = basket.get();
        work.call(plan.eat, bun);
        report.eaten[me].push_back(bun);
      }
    });
  }
  report.most_in_basket = basket.most();
  return work.finish(std::move(report));
}

inline BakeryReport run_bakery_with_queue(const BakeryPlan& plan) {
  bakery::check(plan);
  BakeryReport report{.eaten = std::vector<std::vector<Bun>>(plan.consumers)};
  std::vector<std::ptrdiff_t> seen(plan.producers, 0);  // by each: the most in the basket
  Queue<Bun> basket(plan.capacity);
  bakery::Work work;
  {
    bakery::Team producers(plan.producers, [&](std::ptrdiff_t me) {
      for (std::ptrdiff_t i = 0; i < plan.buns_each; ++i) {
        const Bun bun{me, i};
        work.call(plan.bake, bun);
        basket.put(bun);
        // By now others may have taken it. But it was there.
        seen[me] = std::max<std::ptrdiff_t>({seen[me], 1, basket.size()});
      }
    });
    const bakery::Team consumers(plan.consumers, [&](std::ptrdiff_t me) {
      try {
        for (;;) {
          const Bun bun = basket.get();
          work.call(plan.eat, bun);
          report.eaten[me].push_back(bun);
        }
      } catch (const ShutDown&) {  // it is closed, and empty
      }
    });
    producers.join();
    basket.shutdown();
  }
  for (const std::ptrdiff_t most : seen) {
    report.most_in_basket = std::max(report.most_in_basket, most);
  }
  return work.finish(std::move(report));
}

inline BakeryReport run_bakery_with_sentinels(const BakeryPlan& plan) {
  bakery::check(plan);
  BakeryReport report{.eaten = std::vector<std::vector<Bun>>(plan.consumers)};
  Buffer<std::optional<Bun>> basket(plan.capacity);  // nothing: the sentinel
  bakery::Work work;
  {
    bakery::Team producers(plan.producers, [&](std::ptrdiff_t me) {
      for (std::ptrdiff_t i = 0; i < plan.buns_each; ++i) {
        const Bun bun{me, i};
        work.call(plan.bake, bun);
        basket.put(bun);
      }
    });
    const bakery::Team consumers(plan.consumers, [&](std::ptrdiff_t me) {
      while (const std::optional<Bun> bun = basket.get()) {
        work.call(plan.eat, *bun);
        report.eaten[me].push_back(*bun);
      }
    });
    producers.join();
    report.most_in_basket = basket.most();  // all the buns have been in, and nothing else yet
    for (std::ptrdiff_t i = 0; i < plan.consumers; ++i) basket.put(std::nullopt);
  }
  return work.finish(std::move(report));
}

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_BAKERY_H_
