#ifndef LAB_11_PRODUCER_CONSUMER_BAKERY_H_
#define LAB_11_PRODUCER_CONSUMER_BAKERY_H_

// LOCKSTEP BEGIN SOLUTION
// A bakery: bakers put buns into a basket, eaters take them out, the basket holds so many and no
// more, and in the evening everybody goes home.
//
// The basket is the easy half. A bounded buffer is a vector, a mutex, and two reasons to sleep:
//
//   who sleeps   until               condition    woken by
//   -----------  ------------------  -----------  ---------
//   put          there is room       not_full_    get (one)
//   get          there is an item    not_empty_   put (one)
//
// Invariants of Buffer, true whenever the mutex is free:
//
//   (1) 0 <= items_.size() <= capacity_, and most_ is the largest size there ever was.
//   (2) items_ is in the order of the puts: the oldest in front.
//   (3) Of the threads asleep in get, as many have been notified as there are items, or all of
//       them; and the same for the threads asleep in put and the free places.
//
// Two conditions, because a wake-up must reach somebody who can use it. With one for both, a put
// may wake a baker, who finds the basket full and sleeps on, and the eater sleeps for ever.
//
// Going home is the hard half. An eater who finds the basket empty cannot know whether a bun is on
// its way or none will ever come again: both look the same, and "are the bakers still at work?" is
// out of date as soon as it was asked. So the news must travel where it cannot be overtaken:
//
//   way              how an eater learns that there is nothing more to come
//   ---------------  -------------------------------------------------------------------------
//   run_bakery       It never asks the basket. It is known how many buns there will be, and an
//                    eater claims one before it waits for it. Who gets no claim goes home; who
//                    got one is sure to be served, for there are as many buns as claims.
//   ..._with_queue   The queue is closed, by one who knows that all bakers have ended. What lies
//                    in it can still be taken; get throws when it is closed *and* empty.
//   ..._with_        The news goes through the basket like a bun, a *sentinel*: one for each
//     sentinels      eater, put in after the last bun. The basket is first in, first out, so no
//                    eater can meet a sentinel while there is a bun before it.
//
// In the last two, "after the last bun" is one thing that only one thread can know: whoever has
// joined all the bakers. A baker knows only of itself.
//
// In order per producer: a baker puts its buns in order, the basket keeps the order, and an eater
// eats what it got before it gets the next. Across eaters there is no order: of two eaters, the one
// with the later bun may be the first to bite.
//
// How full was the basket? Buffer counts under its own mutex, where nobody can come in between,
// and is exact. A queue cannot be asked afterwards, and size() is already out of date when it
// returns: then all that can be said from outside is "so many were there at one moment".
//
// Memory order: the mutex gives all of it. What a baker did before a put happens before what the
// eater of that bun does after its get; what all of them did happens before run_bakery returns,
// since it joins them.
//
// When somebody fails, everybody else counts on it: eaters have claimed its buns, a baker waits for
// the room that it would make. So in all three ways the work stops, and the buns do not: see Work.
//
// Sources: E. W. Dijkstra, Cooperating sequential processes (EWD 123, 1965), for the problem.
// C. A. R. Hoare, Monitors (1974), for the buffer with two conditions.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: // A bakery: bakers put buns into a basket, eaters take them out, the basket
// LOCKSTEP SKELETON: // holds so many and no more, and in the evening everybody goes home.
// LOCKSTEP SKELETON: // README.md has the idea, and the contract.
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Buffer is there already, in the version that everybody writes first. Mend
// LOCKSTEP SKELETON: // it. The three bakeries are yours to write.
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Think before you write:
// LOCKSTEP SKELETON: //  * What does an eater do while the basket is empty, and for how long? Who
// LOCKSTEP SKELETON: //    could tell it?
// LOCKSTEP SKELETON: //  * Between looking into the basket and taking a bun, who else may come?
// LOCKSTEP SKELETON: //  * The basket is empty. Is a bun on its way, or will none ever come again?
// LOCKSTEP SKELETON: //    Who can know?
// LOCKSTEP SKELETON: //  * There are more eaters than buns. Who sends the last one home?

#include <cstddef>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>
// LOCKSTEP BEGIN SOLUTION
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <optional>
#include <thread>
// LOCKSTEP END SOLUTION

#include "10_queue/queue.h"

namespace lab {

// A basket: holds at most `capacity` items, the oldest leaves first. All functions may be called by
// any thread at any time. T can be moved, and its move throws nothing.
template <typename T>
class Buffer {
 public:
  // Throws std::invalid_argument if `capacity` is less than 1.
  explicit Buffer(std::ptrdiff_t capacity) : capacity_(capacity) {
    // LOCKSTEP BEGIN SOLUTION
    if (capacity < 1) throw std::invalid_argument("Buffer: a basket that holds nothing");
    // LOCKSTEP END SOLUTION
  }

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // Adds `item`. Blocks while the buffer is full.
  void put(T item) {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    not_full_.wait(hold, [this] { return count() < capacity_; });
    items_.push_back(std::move(item));
    // equivalent swap-statements: nobody wakes up before the mutex is free
    most_ = std::max(most_, count());
    not_empty_.notify_one();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: for (;;) {
    // LOCKSTEP SKELETON:   const std::scoped_lock hold(mutex_);
    // LOCKSTEP SKELETON:   if (count() < capacity_) {
    // LOCKSTEP SKELETON:     items_.push_back(std::move(item));
    // LOCKSTEP SKELETON:     return;
    // LOCKSTEP SKELETON:   }
    // LOCKSTEP SKELETON:   // Full. Look again.
    // LOCKSTEP SKELETON: }
  }

  // Removes the oldest item and returns it. Blocks while the buffer is empty.
  T get() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    not_empty_.wait(hold, [this] { return count() > 0; });
    T item = std::move(items_.front());
    // equivalent swap-statements: nobody wakes up before the mutex is free
    items_.erase(items_.begin());  // moves the others up; right/semaphores_and_a_ring does without
    not_full_.notify_one();
    return item;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: for (;;) {
    // LOCKSTEP SKELETON:   const std::scoped_lock hold(mutex_);
    // LOCKSTEP SKELETON:   if (count() > 0) {
    // LOCKSTEP SKELETON:     T item = std::move(items_.back());
    // LOCKSTEP SKELETON:     items_.pop_back();
    // LOCKSTEP SKELETON:     return item;
    // LOCKSTEP SKELETON:   }
    // LOCKSTEP SKELETON:   // Empty. Look again.
    // LOCKSTEP SKELETON: }
  }

  // The most items that were in it at once, so far. Never blocks.
  std::ptrdiff_t most() const {
    // LOCKSTEP BEGIN SOLUTION
    const std::scoped_lock hold(mutex_);
    return most_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(items_.size()); }

  const std::ptrdiff_t capacity_;
  // LOCKSTEP BEGIN SOLUTION
  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::ptrdiff_t most_ = 0;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: std::mutex mutex_;
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

// LOCKSTEP BEGIN SOLUTION
namespace bakery {

// Throws if no bakery can be run like this. Returns how many buns there will be.
inline std::ptrdiff_t check(const BakeryPlan& plan) {
  if (plan.producers < 0 || plan.consumers < 0 || plan.buns_each < 0 || plan.capacity < 1) {
    throw std::invalid_argument("run_bakery: a negative number, or a basket that holds nothing");
  }
  const std::ptrdiff_t buns = plan.producers * plan.buns_each;
  if (buns > 0 && plan.consumers == 0) throw std::invalid_argument("run_bakery: nobody eats");
  return buns;
}

// Threads that are joined together, on every way out.
class Team {
 public:
  // Starts `size` threads; each calls work(its number).
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

// Calls foreign code for all the threads of a bakery, and keeps what it throws: out of a thread's
// own function an exception would end the program.
//
// After a failure nothing is called any more, and everything else goes on: the buns still go
// through the basket, unbaked and uneaten. So whoever counts on a bun, or on room, still gets it,
// and all go home by the same way as ever.
class Work {
 public:
  // Calls f(bun), unless there was a failure before. Returns the bun.
  const Bun& done(const std::function<void(const Bun&)>& f, const Bun& bun) {
    if (!f || failed_) return bun;
    try {
      f(bun);
    } catch (...) {
      const std::scoped_lock hold(mutex_);
      // equivalent swap-statements: failure_ is read when all threads have been joined
      failure_ = std::current_exception();
      failed_ = true;
    }
    return bun;
  }

  // When all threads have been joined: throws what was thrown, or returns the report.
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

// LOCKSTEP END SOLUTION
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
  // LOCKSTEP BEGIN SOLUTION
  std::atomic<std::ptrdiff_t> unclaimed = bakery::check(plan);
  BakeryReport report{.eaten = std::vector<std::vector<Bun>>(plan.consumers)};
  Buffer<Bun> basket(plan.capacity);
  bakery::Work work;
  {
    const bakery::Team producers(plan.producers, [&](std::ptrdiff_t me) {
      for (std::ptrdiff_t i = 0; i < plan.buns_each; ++i) {
        basket.put(work.done(plan.bake, {me, i}));
      }
    });
    const bakery::Team consumers(plan.consumers, [&](std::ptrdiff_t me) {
      // Looking and taking is one step. (To look first and take then would let two consumers claim
      // the last bun.)
      // It orders nothing, hence relaxed: the bun itself comes through the basket.
      while (unclaimed.fetch_sub(1, std::memory_order_relaxed) > 0) {
        report.eaten[me].push_back(work.done(plan.eat, basket.get()));
      }
    });
  }
  report.most_in_basket = basket.most();
  return work.finish(std::move(report));
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)plan;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// The same: the basket is the Queue of lab 10, which can be shut down. It does not tell how full it
// was, so `most_in_basket` is what could be seen from outside: a number of buns that were there at
// one moment, 1 or more if there was a bun, and `capacity` if the basket was filled up while
// nobody took anything.
inline BakeryReport run_bakery_with_queue(const BakeryPlan& plan) {
  // LOCKSTEP BEGIN SOLUTION
  bakery::check(plan);
  BakeryReport report{.eaten = std::vector<std::vector<Bun>>(plan.consumers)};
  std::vector<std::ptrdiff_t> seen(plan.producers, 0);  // by each: the most in the basket
  Queue<Bun> basket(plan.capacity);
  bakery::Work work;
  {
    bakery::Team producers(plan.producers, [&](std::ptrdiff_t me) {
      for (std::ptrdiff_t i = 0; i < plan.buns_each; ++i) {
        basket.put(work.done(plan.bake, {me, i}));
        // By now others may have taken it. But it was there.
        seen[me] = std::max<std::ptrdiff_t>({seen[me], 1, basket.size()});
      }
    });
    const bakery::Team consumers(plan.consumers, [&](std::ptrdiff_t me) {
      try {
        for (;;) {
          report.eaten[me].push_back(work.done(plan.eat, basket.get()));
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
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)plan;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// The same: whatever the basket is, the end comes through it, as something that is no bun. What is
// no bun is not counted in `most_in_basket` either, which is exact.
inline BakeryReport run_bakery_with_sentinels(const BakeryPlan& plan) {
  // LOCKSTEP BEGIN SOLUTION
  bakery::check(plan);
  BakeryReport report{.eaten = std::vector<std::vector<Bun>>(plan.consumers)};
  Buffer<std::optional<Bun>> basket(plan.capacity);  // nothing: the sentinel
  bakery::Work work;
  {
    bakery::Team producers(plan.producers, [&](std::ptrdiff_t me) {
      for (std::ptrdiff_t i = 0; i < plan.buns_each; ++i) {
        basket.put(work.done(plan.bake, {me, i}));
      }
    });
    const bakery::Team consumers(plan.consumers, [&](std::ptrdiff_t me) {
      while (const std::optional<Bun> bun = basket.get()) {
        report.eaten[me].push_back(work.done(plan.eat, *bun));
      }
    });
    producers.join();
    report.most_in_basket = basket.most();  // all the buns have been in, and nothing else yet
    // equivalent shift-bound: one sentinel too many stays in the basket, and goes with it
    for (std::ptrdiff_t i = 0; i < plan.consumers; ++i) basket.put(std::nullopt);
  }
  return work.finish(std::move(report));
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)plan;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_BAKERY_H_
