// Another design: semaphores, where the reference has conditions, and a ring of places, where it
// has a vector that is moved up.
//
// `free_` counts the empty places, `full_` the items: Dijkstra's own solution. Who has a permit is
// sure of its place, so nobody looks again. Both ends of the ring have a lock of their own, and a
// baker and an eater can be at work in the basket at the same time, at different places.
//
// In the evening a single sentinel goes from hand to hand: who takes it out puts it back for the
// next one. The last of them leaves it in the basket. With the queue, the last baker to end closes
// it, where "last" is a count; and a day without bakers is closed before it begins.

#ifndef LAB_11_PRODUCER_CONSUMER_BAKERY_H_
#define LAB_11_PRODUCER_CONSUMER_BAKERY_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "10_queue/queue.h"

namespace lab {

template <typename T>
class Buffer {
 public:
  explicit Buffer(std::ptrdiff_t capacity)
      : places_(checked(capacity)), free_(capacity), full_(0) {}

  void put(T item) {
    free_.acquire();
    {
      const std::scoped_lock hold(back_);
      places_[next_in_++ % places_.size()] = std::move(item);
      count();
    }
    full_.release();
  }

  T get() {
    full_.acquire();
    const std::scoped_lock hold(front_);
    std::optional<T>& place = places_[next_out_++ % places_.size()];
    T item = std::move(*place);
    place.reset();
    --in_it_;
    free_.release();
    return item;
  }

  std::ptrdiff_t most() const { return most_; }

 private:
  static std::size_t checked(std::ptrdiff_t capacity) {
    if (capacity < 1) throw std::invalid_argument("Buffer: capacity");
    return static_cast<std::size_t>(capacity);
  }

  // With back_ held: only who gets may change in_it_ meanwhile, and makes it less. So what is seen
  // here was so at one moment, and no larger number was ever there.
  void count() { most_ = std::max<std::ptrdiff_t>(most_, ++in_it_); }

  std::vector<std::optional<T>> places_;
  std::counting_semaphore<> free_;
  std::counting_semaphore<> full_;
  std::mutex back_;
  std::size_t next_in_ = 0;
  std::mutex front_;
  std::size_t next_out_ = 0;
  std::atomic<std::ptrdiff_t> in_it_ = 0;
  std::atomic<std::ptrdiff_t> most_ = 0;
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

class Bakery {
 public:
  explicit Bakery(const BakeryPlan& plan) : plan_(plan) {
    if (std::min({plan.producers, plan.consumers, plan.buns_each}) < 0 || plan.capacity < 1) {
      throw std::invalid_argument("run_bakery: plan");
    }
    if (plan.consumers == 0 && plan.producers * plan.buns_each > 0) {
      throw std::invalid_argument("run_bakery: nobody eats");
    }
    report.eaten.resize(plan.consumers);
  }

  // Calls baker(me, bun) for all the buns of all the bakers, and eater(me) once for each eater.
  template <typename Baker, typename BakerEnds, typename Eater>
  void run(const Baker& baker, const BakerEnds& ends, const Eater& eater) {
    std::vector<std::thread> staff;
    for (std::ptrdiff_t me = 0; me < plan_.consumers; ++me) staff.emplace_back(eater, me);
    std::atomic<std::ptrdiff_t> at_work = plan_.producers;
    if (plan_.producers == 0) ends();
    for (std::ptrdiff_t me = 0; me < plan_.producers; ++me) {
      staff.emplace_back([&, me] {
        for (std::ptrdiff_t number = 0; number < plan_.buns_each; ++number) {
          const Bun bun{me, number};
          guarded(plan_.bake, bun);
          baker(bun);
        }
        if (--at_work == 0) ends();
      });
    }
    for (std::thread& thread : staff) thread.join();
    if (failure_) std::rethrow_exception(failure_);
  }

  void eat(std::ptrdiff_t me, const Bun& bun) {
    guarded(plan_.eat, bun);
    report.eaten[me].push_back(bun);
  }

  void saw(std::ptrdiff_t number) {
    const std::scoped_lock hold(mutex_);
    report.most_in_basket = std::max(report.most_in_basket, number);
  }

  BakeryReport report;

 private:
  void guarded(const std::function<void(const Bun&)>& f, const Bun& bun) {
    if (!f || failed_) return;
    try {
      f(bun);
    } catch (...) {
      // The first one to fail, and only that one, writes; run() reads when all have ended.
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
  }

  const BakeryPlan& plan_;
  std::mutex mutex_;
  std::atomic<bool> failed_ = false;
  std::exception_ptr failure_;
};

inline BakeryReport run_bakery_with_sentinels(const BakeryPlan& plan) {
  Bakery bakery(plan);
  Buffer<const Bun*> basket(plan.capacity);
  bakery.run([&](const Bun& bun) { basket.put(new Bun(bun)); },
             [&] {
               bakery.saw(basket.most());
               basket.put(nullptr);
             },
             [&](std::ptrdiff_t me) {
               while (const auto bun = std::unique_ptr<const Bun>(basket.get())) {
                 bakery.eat(me, *bun);
               }
               basket.put(nullptr);
             });
  return std::move(bakery.report);
}

// The sentinel needs nothing but put and get, so it will do here, too.
inline BakeryReport run_bakery(const BakeryPlan& plan) { return run_bakery_with_sentinels(plan); }

inline BakeryReport run_bakery_with_queue(const BakeryPlan& plan) {
  Bakery bakery(plan);
  Queue<Bun> basket(plan.capacity);
  bakery.run(
      [&](const Bun& bun) {
        basket.put(bun);
        bakery.saw(std::max<std::ptrdiff_t>(basket.size(), 1));
      },
      [&] { basket.shutdown(); },
      [&](std::ptrdiff_t me) {
        try {
          for (;;) bakery.eat(me, basket.get());
        } catch (const ShutDown&) {
        }
      });
  return std::move(bakery.report);
}

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_BAKERY_H_
