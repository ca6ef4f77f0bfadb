#ifndef LAB_12_THREAD_POOL_THREAD_POOL_H_
#define LAB_12_THREAD_POOL_THREAD_POOL_H_

// A pool of threads that do what they are given. README.md has the idea, and
// the contract.
//
// Think before you write:
//  * Where does a task wait for a worker, and where a worker for a task? What
//    guards that place, and for how long at a time?
//  * What does a worker do with an exception? Nobody above it catches it.
//  * shutdown() comes while a worker sleeps, while it works, or in between.
//  * std::function wants copies. Functions and arguments here may be movable
//    only. What can be copied, and points to what cannot?

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "12_thread_pool/future.h"

namespace lab {

class ThreadPoolExecutor {
 public:
  // A pool that works on at most `max_workers` tasks at the same time. Throws std::invalid_argument
  // if that is less than 1.
  explicit ThreadPoolExecutor(std::ptrdiff_t max_workers) {
    not_implemented("ThreadPoolExecutor", max_workers);
  }

  ThreadPoolExecutor(const ThreadPoolExecutor&) = delete;
  ThreadPoolExecutor& operator=(const ThreadPoolExecutor&) = delete;

  // shutdown(): everything that was submitted is done first.
  ~ThreadPoolExecutor() {
  }

  // Has f(args...) called by a worker, with copies of f and args (moved in, where they can be;
  // std::ref for a reference), and returns the future of what it returns or throws. Never blocks.
  // Throws std::runtime_error after shutdown().
  template <typename F, typename... Args>
  auto submit(F&& f, Args&&... args)
      -> Future<std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>> {
    using T = std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;
    not_implemented("submit", f, args...);
    return Future<T>();
  }

  // Submits f(x) for every x of `range` before it returns, and yields the results in the order of
  // the range, each as soon as it is there. An exception comes out of the loop where its result
  // would; so does TimeoutError if the next result is not there when `timeout` is over, which
  // counts from this call (negative: std::invalid_argument, and nothing is submitted). After an
  // exception, and when the Generator is destroyed, what has not begun is cancelled.
  // f returns a value that can be copied.
  template <typename F, typename Range>
  auto map(F f, const Range& range,
           std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
    using T = std::decay_t<std::invoke_result_t<F, std::decay_t<decltype(*std::begin(range))>>>;
    // The Generator calls a function of yours for each result, later.
    // What must have happened by then? And what if it is never called again?
    not_implemented("map", f, range, timeout);
    return Generator<T>(nullptr);
  }

  // No submit() any more. With `cancel_futures`, the tasks that have not begun are destroyed and
  // their futures cancelled, and whoever waits for them is told; otherwise they are still done.
  // With `wait`, blocks until all workers have ended (so not from one of the pool's own tasks). May
  // be called again, also by several threads at once.
  void shutdown(bool wait = true, bool cancel_futures = false) {
    not_implemented("shutdown", wait, cancel_futures);
  }

 private:
  // Your members.
};

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_THREAD_POOL_H_
