#ifndef LAB_07_SEMAPHORE_SEMAPHORE_H_
#define LAB_07_SEMAPHORE_SEMAPHORE_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

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
//
// --- Think before you write --------------------------------------------
//
//  * release(3) comes, and five threads sleep. Who is woken?
//  * A thread that was woken has to get the mutex first. Who may be quicker,
//    and how often?
//  * A thread's time is up in the moment when a permit comes for it. Where
//    is the permit then?
class Semaphore {
 public:
  // Throws std::invalid_argument if `permits` is negative.
  explicit Semaphore(std::ptrdiff_t permits = 1) { (void)permits; }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // Takes one permit. Blocks while there is none.
  void acquire() {
    throw std::logic_error("not implemented");
  }

  // Takes one permit if there is one. Returns whether it did; never blocks.
  bool try_acquire() {
    throw std::logic_error("not implemented");
  }

  // As acquire(), but gives up after `timeout`. Returns whether a permit was taken. Zero tries
  // once; nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    throw std::logic_error("not implemented");
  }

  // Gives `permits` permits, and lets as many of those who wait go on. Never blocks. Throws
  // std::invalid_argument if `permits` is less than 1, and then changes nothing.
  void release(std::ptrdiff_t permits = 1) {
    (void)permits;
    throw std::logic_error("not implemented");
  }

  // How many permits are free now. Never blocks.
  std::ptrdiff_t value() const {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

// BoundedSemaphore is a Semaphore that finds a mistake: more was given back than there ever was.
// Python's `threading.BoundedSemaphore`.
class BoundedSemaphore {
 public:
  // Throws std::invalid_argument if `permits` is negative.
  explicit BoundedSemaphore(std::ptrdiff_t permits = 1) { (void)permits; }

  // As those of Semaphore.
  void acquire() {
    throw std::logic_error("not implemented");
  }
  bool try_acquire() {
    throw std::logic_error("not implemented");
  }
  bool try_acquire_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    throw std::logic_error("not implemented");
  }
  std::ptrdiff_t value() const {
    throw std::logic_error("not implemented");
  }

  // As Semaphore's. Throws std::logic_error if value() would be above the number at the start, and
  // then changes nothing.
  void release(std::ptrdiff_t permits = 1) {
    (void)permits;
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
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
    Lease(Lease&& other) = default;
    Lease& operator=(Lease&& other) = default;

    // The number of the connection.
    std::ptrdiff_t id() const {
      throw std::logic_error("not implemented");
    }

   private:
    // Your members.
  };

  // Throws std::invalid_argument if `connections` is less than 1.
  explicit ConnectionPool(std::ptrdiff_t connections) { (void)connections; }
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Lends a connection. Blocks while all are lent.
  Lease acquire() {
    throw std::logic_error("not implemented");
  }

  // As acquire(), but gives up after `timeout` and returns nothing. Zero tries once. Throws
  // std::invalid_argument if `timeout` is negative.
  std::optional<Lease> try_acquire_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    throw std::logic_error("not implemented");
  }

  // How many connections are lent now.
  std::ptrdiff_t in_use() const {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
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
  (void)urls;
  (void)limit;
  (void)fetch;
  throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_07_SEMAPHORE_SEMAPHORE_H_
