// must fail: "a permit that comes when the time is up is neither lost nor doubled" check-failed
//
// The number says how many wait. Who gives up adds itself back and goes, whatever the number says
// by then. A release that has counted on this thread finds nobody in line and puts its permit aside
// as well: one permit has become two.
#ifndef LAB_07_SEMAPHORE_SEMAPHORE_H_
#define LAB_07_SEMAPHORE_SEMAPHORE_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lab {

using SteadyClock = std::chrono::steady_clock;

// now() + timeout, or the end of time where that would overflow.
inline SteadyClock::time_point deadline_after(std::chrono::nanoseconds timeout) {
  if (timeout < timeout.zero()) throw std::invalid_argument("a negative timeout");
  const SteadyClock::time_point now = SteadyClock::now();
  return timeout < SteadyClock::time_point::max() - now ? now + timeout
                                                        : SteadyClock::time_point::max();
}

class Semaphore {
 public:
  explicit Semaphore(std::ptrdiff_t permits = 1) : count_(permits) {
    if (permits < 0) throw std::invalid_argument("Semaphore: a negative number of permits");
  }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void acquire() { (void)take_until(SteadyClock::time_point::max()); }

  bool try_acquire() {
    std::ptrdiff_t count = count_.load();
    while (count > 0) {
      if (count_.compare_exchange_weak(count, count - 1)) return true;
    }
    return false;
  }

  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    const SteadyClock::time_point deadline = deadline_after(timeout);
    if (timeout == timeout.zero()) return try_acquire();
    return take_until(deadline);
  }

  void release(std::ptrdiff_t permits = 1) {
    if (permits < 1) throw std::invalid_argument("release: fewer than one permit");
    (void)give(permits, std::numeric_limits<std::ptrdiff_t>::max());
  }

  std::ptrdiff_t value() const { return std::max<std::ptrdiff_t>(count_.load(), 0); }

 private:
  friend class BoundedSemaphore;

  struct Waiter {
    bool has_permit = false;
    std::condition_variable woken;
  };

  bool take_until(SteadyClock::time_point deadline) {
    if (count_.fetch_sub(1) > 0) return true;
    std::unique_lock hold(mutex_);
    if (owed_ > 0) {
      --owed_;
      return true;
    }
    Waiter me;
    const auto place = line_.insert(line_.end(), &me);
    const auto served = [&] { return me.has_permit; };
    if (deadline == SteadyClock::time_point::max()) {
      me.woken.wait(hold, served);
      return true;
    }
    if (me.woken.wait_until(hold, deadline, served)) return true;
    ++count_;
    line_.erase(place);
    return false;
  }

  // Gives `permits`, unless more than `most` would be free then; says whether it did.
  bool give(std::ptrdiff_t permits, std::ptrdiff_t most) {
    std::ptrdiff_t count = count_.load();
    do {
      if (count > most - permits) return false;
    } while (!count_.compare_exchange_weak(count, count + permits));
    const std::ptrdiff_t wanted = std::min(-count, permits);
    if (wanted <= 0) return true;
    std::scoped_lock hold(mutex_);
    for (std::ptrdiff_t given = 0; given < wanted; ++given) {
      if (line_.empty()) {
        ++owed_;
        continue;
      }
      line_.front()->has_permit = true;
      line_.front()->woken.notify_one();
      line_.pop_front();
    }
    return true;
  }

  std::atomic<std::ptrdiff_t> count_;  // free permits, or minus those who wait for one
  std::mutex mutex_;                   // guards the two below
  std::list<Waiter*> line_;            // oldest first
  std::ptrdiff_t owed_ = 0;            // given to threads that are on their way to the line
};

class BoundedSemaphore {
 public:
  explicit BoundedSemaphore(std::ptrdiff_t permits = 1) : most_(permits), semaphore_(permits) {}

  void acquire() { semaphore_.acquire(); }
  bool try_acquire() { return semaphore_.try_acquire(); }
  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    return semaphore_.try_acquire_for(timeout);
  }
  std::ptrdiff_t value() const { return semaphore_.value(); }

  void release(std::ptrdiff_t permits = 1) {
    if (permits < 1) throw std::invalid_argument("release: fewer than one permit");
    if (!semaphore_.give(permits, most_)) {
      throw std::logic_error("BoundedSemaphore: released more often than acquired");
    }
  }

 private:
  const std::ptrdiff_t most_;
  Semaphore semaphore_;
};

class ConnectionPool {
 public:
  class Lease {
   public:
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), id_(other.id_) {}
    Lease& operator=(Lease&& other) noexcept {
      if (this == &other) return *this;
      give_back();
      pool_ = std::exchange(other.pool_, nullptr);
      id_ = other.id_;
      return *this;
    }
    ~Lease() { give_back(); }

    std::ptrdiff_t id() const { return id_; }

   private:
    friend class ConnectionPool;
    Lease(ConnectionPool* pool, std::ptrdiff_t id) : pool_(pool), id_(id) {}

    void give_back() {
      if (pool_ != nullptr) pool_->give_back(id_);
    }

    ConnectionPool* pool_;
    std::ptrdiff_t id_;
  };

  explicit ConnectionPool(std::ptrdiff_t connections) : all_(connections) {
    if (connections < 1) throw std::invalid_argument("ConnectionPool: no connections");
    for (std::ptrdiff_t id = 0; id < connections; ++id) free_.push_back(id);
  }
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  Lease acquire() {
    std::unique_lock hold(mutex_);
    given_back_.wait(hold, [&] { return !free_.empty(); });
    return lend();
  }

  std::optional<Lease> try_acquire_for(std::chrono::nanoseconds timeout) {
    const SteadyClock::time_point deadline = deadline_after(timeout);
    std::unique_lock hold(mutex_);
    if (!given_back_.wait_until(hold, deadline, [&] { return !free_.empty(); })) {
      return std::nullopt;
    }
    return lend();
  }

  std::ptrdiff_t in_use() const {
    std::scoped_lock hold(mutex_);
    return all_ - static_cast<std::ptrdiff_t>(free_.size());
  }

 private:
  // Needs mutex_, and that one is free.
  Lease lend() {
    Lease lease(this, free_.front());
    free_.pop_front();
    return lease;
  }

  void give_back(std::ptrdiff_t id) {
    std::scoped_lock hold(mutex_);
    free_.push_back(id);
    given_back_.notify_one();
  }

  const std::ptrdiff_t all_;
  mutable std::mutex mutex_;
  std::deque<std::ptrdiff_t> free_;
  std::condition_variable given_back_;
};

inline std::vector<std::string> crawl(const std::vector<std::string>& urls, std::ptrdiff_t limit,
                                      const std::function<std::string(const std::string&)>& fetch) {
  if (limit < 1) throw std::invalid_argument("crawl: a limit of less than one fetch");
  std::vector<std::string> pages(urls.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < urls.size(); i = next++) {
      try {
        pages[i] = fetch(urls[i]);
      } catch (...) {
        std::scoped_lock hold(mutex);
        if (!failure) failure = std::current_exception();
        next = urls.size();
      }
    }
  };
  std::vector<std::thread> fetchers;
  const auto workers = std::min<std::size_t>(static_cast<std::size_t>(limit), urls.size());
  while (fetchers.size() < workers) fetchers.emplace_back(work);
  for (std::thread& fetcher : fetchers) fetcher.join();
  if (failure) std::rethrow_exception(failure);
  return pages;
}

}  // namespace lab

#endif
