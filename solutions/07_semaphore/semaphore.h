#ifndef LAB_07_SEMAPHORE_SEMAPHORE_H_
#define LAB_07_SEMAPHORE_SEMAPHORE_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
// LOCKSTEP BEGIN SOLUTION
#include <algorithm>
#include <condition_variable>
#include <exception>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
// LOCKSTEP END SOLUTION

namespace lab {

// Semaphore is a number of permits: Python's `threading.Semaphore`.
//
// acquire() takes one permit and blocks while there is none; release() gives permits, its own or
// new ones. Nobody owns a permit: one thread may take it and another give it back. With one permit
// it is a lock without an owner; with n it lets n threads in; with none it makes one thread wait
// until another has done something.
//
// Memory ordering: if a thread takes a permit that thread X gave with release(), then everything X
// did before that release() happens before everything the taker does after.
//
// Lifetime: a Semaphore may be destroyed while permits are taken, but not while a thread waits.
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
//   free_      permits that anybody may take.
//   waiters_   threads that sleep in acquire() or try_acquire_for(), the oldest first.
//
// The invariant: *while somebody waits, nothing is free*. release() keeps it by giving each permit
// to the oldest waiter, by name, before that one even wakes up; only what no waiter wants becomes
// free. Hence
//
//   bounded waiting   a waiter only moves forwards in the line, and no permit passes it by.
//   no lost permit    a permit is free, or a waiter has been told of it, or it is taken. A waiter
//                     whose time is up was told, and then has the permit and says so, or was not,
//                     and then takes itself out of the line; the mutex decides which.
//
//   who sleeps                  until                who wakes it
//   acquire()                   it has a permit      release(), on the waiter's own condition
//   try_acquire_for()           the same, or time    variable: nobody is woken for nothing
//
// The simpler design, "add to free_, notify one, let it compete", is a right semaphore too, but it
// starves: whoever releases and acquires in a loop is awake, and takes its permit back before the
// waiter runs. And it must not notify *one* for release(k), or only when free_ was zero. (Faster
// than both is a number that may fall below zero: right/below_zero_is_a_line.)
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * release(3) comes, and five threads sleep. Who is woken?
// LOCKSTEP SKELETON: //  * A thread that was woken has to get the mutex first. Who may be quicker,
// LOCKSTEP SKELETON: //    and how often?
// LOCKSTEP SKELETON: //  * A thread's time is up in the moment when a permit comes for it. Where
// LOCKSTEP SKELETON: //    is the permit then?
class Semaphore {
 public:
  // Throws std::invalid_argument if `permits` is negative.
  // LOCKSTEP BEGIN SOLUTION
  explicit Semaphore(std::ptrdiff_t permits = 1) : free_(permits) {
    if (permits < 0) throw std::invalid_argument("Semaphore: a negative number of permits");
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit Semaphore(std::ptrdiff_t permits = 1) { (void)permits; }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // Takes one permit. Blocks while there is none.
  void acquire() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    if (take()) return;
    Waiter me;
    waiters_.push_back(&me);
    me.woken.wait(hold, [&] { return me.has_permit; });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Takes one permit if there is one. Returns whether it did; never blocks.
  bool try_acquire() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return take();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As acquire(), but gives up after `timeout`. Returns whether a permit was taken. Zero tries
  // once; nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    if (timeout < timeout.zero()) throw std::invalid_argument("try_acquire_for: negative timeout");
    const Clock::time_point deadline = deadline_after(timeout);
    std::unique_lock hold(mutex_);
    if (take()) return true;
    // equivalent drop-guard: a wait whose end has come looks once more, and gives up
    if (timeout == timeout.zero()) return false;
    Waiter me;
    const auto place = waiters_.insert(waiters_.end(), &me);
    // In its last look wait_until() holds the mutex again: a permit that came while the time ran
    // out is ours, and is not lost.
    if (me.woken.wait_until(hold, deadline, [&] { return me.has_permit; })) return true;
    waiters_.erase(place);
    return false;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Gives `permits` permits, and lets as many of those who wait go on. Never blocks. Throws
  // std::invalid_argument if `permits` is less than 1, and then changes nothing.
  void release(std::ptrdiff_t permits = 1) {
    // LOCKSTEP BEGIN SOLUTION
    if (permits < 1) throw std::invalid_argument("release: fewer than one permit");
    std::scoped_lock hold(mutex_);
    give(permits);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)permits;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // How many permits are free now. Never blocks.
  std::ptrdiff_t value() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return free_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  friend class BoundedSemaphore;
  using Clock = std::chrono::steady_clock;  // wall clocks are set back by people; this one is not

  // A thread in line, on that thread's own stack: gone as soon as the thread runs on. Whoever
  // touches it holds mutex_ and found it in waiters_ under the same hold.
  struct Waiter {
    bool has_permit = false;
    std::condition_variable woken;
  };

  // now() + timeout, or the end of time where that would overflow.
  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    const Clock::time_point now = Clock::now();
    // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  // Needs mutex_.
  bool take() {
    if (free_ == 0) return false;
    --free_;
    return true;
  }

  // Needs mutex_, also for the notify: the waiter could otherwise see its permit, return, and take
  // its condition variable away while we are about to use it.
  void give(std::ptrdiff_t permits) {
    for (; permits > 0 && !waiters_.empty(); --permits) {
      Waiter& next = *waiters_.front();
      // equivalent swap-statements: mutex_ is held, and nobody sees which of the two comes first
      waiters_.pop_front();
      // equivalent swap-statements: mutex_ is held; who is woken needs it before it looks
      next.has_permit = true;
      next.woken.notify_one();
    }
    free_ += permits;
  }

  mutable std::mutex mutex_;  // guards everything below
  std::ptrdiff_t free_;
  std::list<Waiter*> waiters_;  // oldest first; empty while anything is free
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

// BoundedSemaphore is a Semaphore that finds a mistake: more was given back than there ever was.
// Python's `threading.BoundedSemaphore`.
class BoundedSemaphore {
 public:
  // Throws std::invalid_argument if `permits` is negative.
  // LOCKSTEP BEGIN SOLUTION
  explicit BoundedSemaphore(std::ptrdiff_t permits = 1) : most_(permits), semaphore_(permits) {}
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit BoundedSemaphore(std::ptrdiff_t permits = 1) { (void)permits; }

  // As those of Semaphore.
  void acquire() {
    // LOCKSTEP BEGIN SOLUTION
    semaphore_.acquire();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }
  bool try_acquire() {
    // LOCKSTEP BEGIN SOLUTION
    return semaphore_.try_acquire();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }
  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    return semaphore_.try_acquire_for(timeout);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }
  std::ptrdiff_t value() const {
    // LOCKSTEP BEGIN SOLUTION
    return semaphore_.value();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As Semaphore's. Throws std::logic_error if value() would be above the number at the start, and
  // then changes nothing.
  void release(std::ptrdiff_t permits = 1) {
    // LOCKSTEP BEGIN SOLUTION
    if (permits < 1) throw std::invalid_argument("release: fewer than one permit");
    std::scoped_lock hold(semaphore_.mutex_);  // look and give are one step
    if (permits > most_ - semaphore_.free_) {
      throw std::logic_error("BoundedSemaphore: released more often than acquired");
    }
    semaphore_.give(permits);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)permits;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  const std::ptrdiff_t most_;
  Semaphore semaphore_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

// ConnectionPool lends out n connections, numbered from 0 to n - 1, each to one holder at a time.
//
//   lab::ConnectionPool pool(3);
//   {
//     const lab::ConnectionPool::Lease lease = pool.acquire();
//     query(lease.id());
//   }  // given back here, also when query() throws
//
// Lifetime: a pool outlives its leases.
class ConnectionPool {
 public:
  // The right to use one connection; gives it back when it is destroyed, or assigned another. A
  // lease that was moved from has nothing to give back, and no id.
  class Lease {
   public:
    // LOCKSTEP BEGIN SOLUTION
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), id_(other.id_) {}
    Lease& operator=(Lease&& other) noexcept {
      Lease old(std::move(other));  // what we have goes with it at the end of the block
      // equivalent swap-statements: nobody sees which of the two comes first
      std::swap(pool_, old.pool_);
      std::swap(id_, old.id_);
      return *this;
    }
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(id_);
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: Lease(Lease&& other) = default;
    // LOCKSTEP SKELETON: Lease& operator=(Lease&& other) = default;

    // The number of the connection.
    std::ptrdiff_t id() const {
      // LOCKSTEP BEGIN SOLUTION
      return id_;
      // LOCKSTEP END SOLUTION
      // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
    }

   private:
    // LOCKSTEP BEGIN SOLUTION
    friend class ConnectionPool;
    Lease(ConnectionPool* pool, std::ptrdiff_t id) : pool_(pool), id_(id) {}

    ConnectionPool* pool_;  // null: moved from
    std::ptrdiff_t id_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: // Your members.
  };

  // Throws std::invalid_argument if `connections` is less than 1.
  // LOCKSTEP BEGIN SOLUTION
  explicit ConnectionPool(std::ptrdiff_t connections)
      : free_(std::max<std::ptrdiff_t>(connections, 0)) {
    // equivalent swap-statements: where it throws, there is no id to be put in
    if (connections < 1) throw std::invalid_argument("ConnectionPool: no connections");
    for (std::ptrdiff_t id = connections; id > 0; --id) ids_.push_back(id - 1);
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit ConnectionPool(std::ptrdiff_t connections) { (void)connections; }
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Lends a connection. Blocks while all are lent.
  Lease acquire() {
    // LOCKSTEP BEGIN SOLUTION
    free_.acquire();
    return lend();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As acquire(), but gives up after `timeout` and returns nothing. Zero tries once. Throws
  // std::invalid_argument if `timeout` is negative.
  std::optional<Lease> try_acquire_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    if (!free_.try_acquire_for(timeout)) return std::nullopt;
    return lend();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // How many connections are lent now.
  std::ptrdiff_t in_use() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return in_use_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  // The caller has a permit of free_, so there is an id for it.
  Lease lend() {
    std::scoped_lock hold(mutex_);
    const std::ptrdiff_t id = ids_.back();
    // equivalent swap-statements: one critical section; nobody sees what comes first in it
    ids_.pop_back();
    ++in_use_;
    return Lease(this, id);
  }

  // First the id, then the permit: who gets the permit finds the id.
  void give_back(std::ptrdiff_t id) {
    {
      std::scoped_lock hold(mutex_);
      // equivalent swap-statements: one critical section; nobody sees what comes first in it
      ids_.push_back(id);  // has room: it came from there
      --in_use_;
    }
    free_.release();
  }

  Semaphore free_;                   // as many permits as there are ids, or fewer for a moment
  mutable std::mutex mutex_;         // guards ids_ and in_use_
  std::vector<std::ptrdiff_t> ids_;  // those that are not lent
  std::ptrdiff_t in_use_ = 0;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

// Fetches every one of `urls` with `fetch`, and returns what it returned, in the order of `urls`.
//
// As many fetches as possible are under way at once, but never more than `limit`: whenever one ends
// and there is a url that nobody has begun, the next begins. `fetch` is called from several threads
// at once. If a fetch throws, no new ones begin; when those under way have ended, the exception
// (one of them, if there are several) goes to the caller.
//
// Throws std::invalid_argument if `limit` is less than 1.
inline std::vector<std::string> crawl(const std::vector<std::string>& urls, std::ptrdiff_t limit,
                                      const std::function<std::string(const std::string&)>& fetch) {
  // LOCKSTEP BEGIN SOLUTION
  if (limit < 1) throw std::invalid_argument("crawl: a limit of less than one fetch");
  std::vector<std::string> pages(urls.size());  // each element is written by one thread
  Semaphore under_way(limit);
  std::mutex mutex;
  std::exception_ptr failure;  // guarded by mutex
  const auto failed = [&] {
    std::scoped_lock hold(mutex);
    return failure != nullptr;
  };
  // Last, so that it goes first: a jthread that goes is joined, on every way out, and all that the
  // threads use is still there.
  std::vector<std::jthread> fetchers;
  // A thread is started only when there is a permit for it, so at most `limit` are at work. (That
  // each url has a thread of its own is the simple way: see right/a_few_fetchers for the other.)
  for (std::size_t i = 0; i < urls.size(); ++i) {
    under_way.acquire();
    if (failed()) break;
    fetchers.emplace_back([&, i] {
      try {
        pages[i] = fetch(urls[i]);
      } catch (...) {
        std::scoped_lock hold(mutex);
        if (!failure) failure = std::current_exception();
      }
      under_way.release();  // after the failure is known: nobody begins in between
    });
  }
  fetchers.clear();  // joins them
  if (failure) std::rethrow_exception(failure);
  return pages;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)urls;
  // LOCKSTEP SKELETON: (void)limit;
  // LOCKSTEP SKELETON: (void)fetch;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_07_SEMAPHORE_SEMAPHORE_H_
