#ifndef LAB_11_PRODUCER_CONSUMER_BAKERY_H_
#define LAB_11_PRODUCER_CONSUMER_BAKERY_H_

// A bakery: bakers put buns into a basket, eaters take them out, the basket
// holds so many and no more, and in the evening everybody goes home.
// README.md has the idea, and the contract.
//
// Buffer is there already, in the version that everybody writes first. Mend
// it. The three bakeries are yours to write.
//
// Think before you write:
//  * What does an eater do while the basket is empty, and for how long? Who
//    could tell it?
//  * Between looking into the basket and taking a bun, who else may come?
//  * The basket is empty. Is a bun on its way, or will none ever come again?
//    Who can know?
//  * There are more eaters than buns. Who sends the last one home?

#include <cstddef>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "10_queue/queue.h"

namespace lab {

// A basket: holds at most `capacity` items, the oldest leaves first. All functions may be called by
// any thread at any time. T can be moved, and its move throws nothing.
template <typename T>
class Buffer {
 public:
  // Throws std::invalid_argument if `capacity` is less than 1.
  explicit Buffer(std::ptrdiff_t capacity) : capacity_(capacity) {
  }

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // Adds `item`. Blocks while the buffer is full.
  void put(T item) {
    for (;;) {
      const std::scoped_lock hold(mutex_);
      if (count() < capacity_) {
        items_.push_back(std::move(item));
        return;
      }
      // Full. Look again.
    }
  }

  // Removes the oldest item and returns it. Blocks while the buffer is empty.
  T get() {
    for (;;) {
      const std::scoped_lock hold(mutex_);
      if (count() > 0) {
        T item = std::move(items_.back());
        items_.pop_back();
        return item;
      }
      // Empty. Look again.
    }
  }

  // The most items that were in it at once, so far. Never blocks.
  std::ptrdiff_t most() const {
    throw std::logic_error("not implemented");
  }

 private:
  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(items_.size()); }

  const std::ptrdiff_t capacity_;
  std::mutex mutex_;
  std::vector<T> items_;
};

// The bun that `producer` (from 0) baked after `number` others.
struct Bun {
  std::ptrdiff_t producer = 0;
  std::ptrdiff_t number = 0;
};

// A day in the bakery: BakeryPlan{producers, consumers, buns_each, capacity}.
struct BakeryPlan {
  std::ptrdiff_t producers = 0;  // each a thread of its own, that makes `buns_each` buns
  std::ptrdiff_t consumers = 0;  // each a thread of its own
  std::ptrdiff_t buns_each = 0;
  std::ptrdiff_t capacity = 1;  // of the basket
  // The work, if there is any: a producer calls `bake` before it puts the bun into the basket, a
  // consumer calls `eat` after it took the bun out. They take their time: no lock is held, and
  // while one bakes or eats, all the others go on.
  std::function<void(const Bun&)> bake = {};
  std::function<void(const Bun&)> eat = {};
};

struct BakeryReport {
  std::vector<std::vector<Bun>> eaten;  // for each consumer: its buns, in the order it ate them
  std::ptrdiff_t most_in_basket = 0;    // the most buns that were in the basket at once
};

// Runs a bakery and returns when everybody has gone home. Every bun is eaten once, the buns of one
// producer come in order to each consumer, and no bun lies in the basket while a consumer has
// nothing to do.
//
// Throws std::invalid_argument, and starts nothing, if a number of the plan is negative, the
// capacity is less than 1, or there are buns and no consumers. If bake or eat throws, none of them
// is called any more once that is known; when all have gone home, the exception (one of them, if
// there are several) goes to the caller.
//
// This one: the basket is a Buffer<Bun>. There is no way to close it, and nothing but buns in it.
inline BakeryReport run_bakery(const BakeryPlan& plan) {
  (void)plan;
  throw std::logic_error("not implemented");
}

// The same: the basket is the Queue of lab 10, which can be shut down. It does not tell how full it
// was, so `most_in_basket` is what could be seen from outside: a number of buns that were there at
// one moment, 1 or more if there was a bun, and `capacity` if the basket was filled up while
// nobody took anything.
inline BakeryReport run_bakery_with_queue(const BakeryPlan& plan) {
  (void)plan;
  throw std::logic_error("not implemented");
}

// The same: whatever the basket is, the end comes through it, as something that is no bun. What is
// no bun is not counted in `most_in_basket` either, which is exact.
inline BakeryReport run_bakery_with_sentinels(const BakeryPlan& plan) {
  (void)plan;
  throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_BAKERY_H_
