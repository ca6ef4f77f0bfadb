// must fail: "a wake-up for no reason is no permit" data-race
//
// Each waiter has a condition of its own, notified when a permit was put aside for it. So there is
// nothing left to look at after a wait(), or so it seems: a condition variable may wake a thread
// for no reason, too.
#ifndef LAB_07_SEMAPHORE_SEMAPHORE_H_
#define LAB_07_SEMAPHORE_SEMAPHORE_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lab {

class Semaphore {
 public:
  explicit Semaphore(std::ptrdiff_t permits = 1) : free_(permits) {
    if (permits < 0) throw std::invalid_argument("Semaphore: a negative number of permits");
  }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void acquire() {
    std::unique_lock hold(mutex_);
    if (take()) return;
    Waiter me;
    waiters_.push_back(&me);
    me.woken.wait(hold);
  }

  bool try_acquire() {
    std::scoped_lock hold(mutex_);
    return take();
  }

  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("try_acquire_for: negative timeout");
    const Clock::time_point deadline = deadline_after(timeout);
    std::unique_lock hold(mutex_);
    if (take()) return true;
    if (timeout == timeout.zero()) return false;
    Waiter me;
    const auto place = waiters_.insert(waiters_.end(), &me);
    if (me.woken.wait_until(hold, deadline, [&] { return me.has_permit; })) return true;
    waiters_.erase(place);
    return false;
  }

  void release(std::ptrdiff_t permits = 1) {
    if (permits < 1) throw std::invalid_argument("release: fewer than one permit");
    std::scoped_lock hold(mutex_);
    give(permits);
  }

  std::ptrdiff_t value() const {
    std::scoped_lock hold(mutex_);
    return free_;
  }

 private:
  friend class BoundedSemaphore;
  using Clock = std::chrono::steady_clock;

  struct Waiter {
    bool has_permit = false;
    std::condition_variable woken;
  };

  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    const Clock::time_point now = Clock::now();
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  bool take() {
    if (free_ == 0) return false;
    --free_;
    return true;
  }

  void give(std::ptrdiff_t permits) {
    for (; permits > 0 && !waiters_.empty(); --permits) {
      Waiter& next = *waiters_.front();
      waiters_.pop_front();
      next.has_permit = true;
      next.woken.notify_one();
    }
    free_ += permits;
  }

  mutable std::mutex mutex_;
  std::ptrdiff_t free_;
  std::list<Waiter*> waiters_;
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
    std::scoped_lock hold(semaphore_.mutex_);
    if (permits > most_ - semaphore_.free_) {
      throw std::logic_error("BoundedSemaphore: released more often than acquired");
    }
    semaphore_.give(permits);
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
      Lease old(std::move(other));
      std::swap(pool_, old.pool_);
      std::swap(id_, old.id_);
      return *this;
    }
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(id_);
    }

    std::ptrdiff_t id() const { return id_; }

   private:
    friend class ConnectionPool;
    Lease(ConnectionPool* pool, std::ptrdiff_t id) : pool_(pool), id_(id) {}

    ConnectionPool* pool_;
    std::ptrdiff_t id_;
  };

  explicit ConnectionPool(std::ptrdiff_t connections)
      : free_(std::max<std::ptrdiff_t>(connections, 0)) {
    if (connections < 1) throw std::invalid_argument("ConnectionPool: no connections");
    for (std::ptrdiff_t id = connections; id > 0; --id) ids_.push_back(id - 1);
  }
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  Lease acquire() {
    free_.acquire();
    return lend();
  }

  std::optional<Lease> try_acquire_for(std::chrono::nanoseconds timeout) {
    if (!free_.try_acquire_for(timeout)) return std::nullopt;
    return lend();
  }

  std::ptrdiff_t in_use() const {
    std::scoped_lock hold(mutex_);
    return in_use_;
  }

 private:
  Lease lend() {
    std::scoped_lock hold(mutex_);
    const std::ptrdiff_t id = ids_.back();
    ids_.pop_back();
    ++in_use_;
    return Lease(this, id);
  }

  void give_back(std::ptrdiff_t id) {
    {
      std::scoped_lock hold(mutex_);
      ids_.push_back(id);
      --in_use_;
    }
    free_.release();
  }

  Semaphore free_;
  mutable std::mutex mutex_;
  std::vector<std::ptrdiff_t> ids_;
  std::ptrdiff_t in_use_ = 0;
};

inline std::vector<std::string> crawl(const std::vector<std::string>& urls, std::ptrdiff_t limit,
                                      const std::function<std::string(const std::string&)>& fetch) {
  if (limit < 1) throw std::invalid_argument("crawl: a limit of less than one fetch");
  std::vector<std::string> pages(urls.size());
  std::vector<std::thread> fetchers;
  Semaphore under_way(limit);
  std::mutex mutex;
  std::exception_ptr failure;
  const auto failed = [&] {
    std::scoped_lock hold(mutex);
    return failure != nullptr;
  };
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
      under_way.release();
    });
  }
  for (std::thread& fetcher : fetchers) fetcher.join();
  if (failure) std::rethrow_exception(failure);
  return pages;
}

}  // namespace lab

#endif
