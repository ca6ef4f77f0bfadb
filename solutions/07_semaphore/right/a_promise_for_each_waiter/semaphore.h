// Another right design: a promise for each waiter. There is no condition variable; the mutex guards
// a number and a queue of promises. Who finds no permit leaves a promise and waits for its future,
// and that is all there is to wait for: a promise that is kept cannot be missed, nor kept for
// somebody else. It costs an allocation for each wait.
//
// A Lease is a unique_ptr with a deleter of its own: it knows already what a move is. The crawler
// is std::async: each of its few threads takes the next url when it has done one, and an exception
// travels home in the thread's future.
#ifndef LAB_07_SEMAPHORE_SEMAPHORE_H_
#define LAB_07_SEMAPHORE_SEMAPHORE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
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
    std::future<void> permit;
    {
      std::scoped_lock hold(mutex_);
      if (take()) return;
      permit = promises_.emplace_back().get_future();
    }
    permit.wait();
  }

  bool try_acquire() {
    std::scoped_lock hold(mutex_);
    return take();
  }

  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("try_acquire_for: negative timeout");
    const auto now = Clock::now();
    const auto deadline =
        timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
    std::future<void> permit;
    std::list<std::promise<void>>::iterator promise;
    {
      std::scoped_lock hold(mutex_);
      if (take()) return true;
      promise = promises_.emplace(promises_.end());
      permit = promise->get_future();
    }
    if (permit.wait_until(deadline) == std::future_status::ready) return true;
    // It may have been kept since: then it is not in the list any more.
    std::scoped_lock hold(mutex_);
    if (permit.wait_for(std::chrono::seconds(0)) == std::future_status::ready) return true;
    promises_.erase(promise);
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

  // Needs mutex_, as below.
  bool take() {
    if (free_ == 0) return false;
    --free_;
    return true;
  }

  void give(std::ptrdiff_t permits) {
    for (; permits > 0 && !promises_.empty(); --permits) {
      promises_.front().set_value();
      promises_.pop_front();  // what they share lives on in the future
    }
    free_ += permits;
  }

  mutable std::mutex mutex_;
  std::ptrdiff_t free_;
  std::list<std::promise<void>> promises_;
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
    std::ptrdiff_t id() const { return id_; }

   private:
    friend class ConnectionPool;
    struct GiveBack {
      std::ptrdiff_t id = 0;
      void operator()(ConnectionPool* pool) const { pool->give_back(id); }
    };
    Lease(ConnectionPool* pool, std::ptrdiff_t id) : id_(id), pool_(pool, GiveBack{id}) {}

    std::ptrdiff_t id_;
    std::unique_ptr<ConnectionPool, GiveBack> pool_;
  };

  explicit ConnectionPool(std::ptrdiff_t connections)
      : all_(connections), free_(std::max<std::ptrdiff_t>(connections, 0)) {
    if (connections < 1) throw std::invalid_argument("ConnectionPool: no connections");
    for (std::ptrdiff_t id = 0; id < connections; ++id) ids_.insert(id);
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
    return all_ - static_cast<std::ptrdiff_t>(ids_.size());
  }

 private:
  Lease lend() {
    std::scoped_lock hold(mutex_);
    return Lease(this, ids_.extract(ids_.begin()).value());
  }

  void give_back(std::ptrdiff_t id) {
    {
      std::scoped_lock hold(mutex_);
      ids_.insert(id);
    }
    free_.release();
  }

  const std::ptrdiff_t all_;
  Semaphore free_;
  mutable std::mutex mutex_;
  std::set<std::ptrdiff_t> ids_;
};

inline std::vector<std::string> crawl(const std::vector<std::string>& urls, std::ptrdiff_t limit,
                                      const std::function<std::string(const std::string&)>& fetch) {
  if (limit < 1) throw std::invalid_argument("crawl: a limit of less than one fetch");
  std::mutex mutex;
  std::size_t begun = 0;
  std::vector<std::string> pages(urls.size());
  // The url that is to be fetched next, if there is one; each goes to one caller.
  const auto next = [&]() -> std::optional<std::size_t> {
    std::scoped_lock hold(mutex);
    if (begun == urls.size()) return std::nullopt;
    return begun++;
  };
  const auto fetcher = [&] {
    while (const auto i = next()) {
      try {
        pages[*i] = fetch(urls[*i]);
      } catch (...) {
        std::scoped_lock hold(mutex);
        begun = urls.size();  // no new ones
        throw;
      }
    }
  };
  std::vector<std::future<void>> fetchers;
  while (fetchers.size() < urls.size() && static_cast<std::ptrdiff_t>(fetchers.size()) < limit) {
    fetchers.push_back(std::async(std::launch::async, fetcher));
  }
  for (auto& each : fetchers) each.wait();
  for (auto& each : fetchers) each.get();  // throws what the first of them threw
  return pages;
}

}  // namespace lab

#endif
