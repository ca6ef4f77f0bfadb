#ifndef LAB_12_THREAD_POOL_THREAD_POOL_H_
#define LAB_12_THREAD_POOL_THREAD_POOL_H_

// LOCKSTEP BEGIN SOLUTION
// A pool of threads that do what they are given: Python's `concurrent.futures.ThreadPoolExecutor`.
//
// A thread costs memory, and a good many microseconds to begin and to end. So a few are started,
// one with each of the first tasks, and kept: the workers. What is to be done is put into a line as
// a Task, and a Future is handed out for its result. Each worker goes round:
//
//      .--> sleep until there is a task, or the pool is shut down
//      |      |                               |
//      |    take the first task             no task left: go home
//      |      |
//      |    (the mutex is free) run it: the result, or what it throws, goes into its Future,
//      |      |                 which wakes those who wait and calls the callbacks
//      '--- destroy it, and with it all its arguments
//
// Invariants, true whenever the mutex is free:
//
//   (1) A task is in exactly one place: in tasks_, in the hands of one worker, or in those of a
//       shutdown that drops it. So it is run or dropped, and never both or twice.
//   (2) No task is in tasks_ while a worker sleeps that was not notified, or while fewer workers
//       than tasks were started and fewer than allowed. So a task waits only for a busy worker.
//   (3) Once is_shut_down_ is true it stays true, and neither tasks_ nor workers_ grows. So workers
//       that go home leave nothing behind.
//
//   who sleeps                 until                          woken by
//   -------------------------  -----------------------------  --------------------------------
//   a worker                   there is a task, or shut down  submit (one), shutdown (all)
//   shutdown(true)             every worker has ended         the worker's end (join)
//
// submit() looks at is_shut_down_ and puts the task in line in *one* critical section. Otherwise a
// shutdown could come in between, the last worker go home, and the task lie there for ever.
//
// The mutex is held for a push or a pop, and never while foreign code runs: not a task, not a
// callback, not the destructor of an argument. All of them may come back to this pool, to submit,
// to cancel, or to shut it down without waiting.
//
// What a pool cannot mend: a task that *waits* for a task of the same pool keeps a worker busy
// doing nothing. If all workers do so, nobody is left to do what they wait for.
//
// Memory ordering: what a thread did before submit() happens before the task; and the task happens
// before what follows a result() of its future, or a shutdown(true).
//
// Sources: the class of the same name in Python's concurrent.futures (PEP 3148). M. Welsh,
// D. Culler, E. Brewer, SEDA: an architecture for well-conditioned, scalable internet services
// (2001), for why a bounded number of threads. A. Williams, C++ Concurrency in Action, 2nd edition,
// chapter 9, which goes on to work stealing: see right/work_stealing.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: // A pool of threads that do what they are given. README.md has the idea, and
// LOCKSTEP SKELETON: // the contract.
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Think before you write:
// LOCKSTEP SKELETON: //  * Where does a task wait for a worker, and where a worker for a task? What
// LOCKSTEP SKELETON: //    guards that place, and for how long at a time?
// LOCKSTEP SKELETON: //  * What does a worker do with an exception? Nobody above it catches it.
// LOCKSTEP SKELETON: //  * shutdown() comes while a worker sleeps, while it works, or in between.
// LOCKSTEP SKELETON: //  * std::function wants copies. Functions and arguments here may be movable
// LOCKSTEP SKELETON: //    only. What can be copied, and points to what cannot?

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
    // LOCKSTEP BEGIN SOLUTION
    // equivalent swap-statements: where it throws, there is no pool that could have a wrong number
    if (max_workers < 1) throw std::invalid_argument("a pool needs at least one worker");
    max_workers_ = static_cast<std::size_t>(max_workers);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("ThreadPoolExecutor", max_workers);
  }

  ThreadPoolExecutor(const ThreadPoolExecutor&) = delete;
  ThreadPoolExecutor& operator=(const ThreadPoolExecutor&) = delete;

  // shutdown(): everything that was submitted is done first.
  ~ThreadPoolExecutor() {
    // LOCKSTEP BEGIN SOLUTION
    shutdown();
    // LOCKSTEP END SOLUTION
  }

  // Has f(args...) called by a worker, with copies of f and args (moved in, where they can be;
  // std::ref for a reference), and returns the future of what it returns or throws. Never blocks.
  // Throws std::runtime_error after shutdown().
  template <typename F, typename... Args>
  auto submit(F&& f, Args&&... args)
      -> Future<std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>> {
    using T = std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;
    // LOCKSTEP BEGIN SOLUTION
    auto call = [f = std::forward<F>(f), ... args = std::forward<Args>(args)]() mutable {
      return std::invoke(std::move(f), std::move(args)...);
    };
    Future<T> future;
    auto task = std::make_unique<TaskOf<T, decltype(call)>>(future, std::move(call));
    const std::scoped_lock hold(mutex_);
    if (is_shut_down_) throw std::runtime_error("submit: the pool is shut down");
    // If the system has no more threads, this throws, and the task is in nobody's line yet.
    //
    // equivalent swap-statements: shows only there, and the contract leaves such a system out
    if (workers_.size() < max_workers_) workers_.emplace_back([this] { work(); });
    // equivalent swap-statements: who is woken needs mutex_ before it looks
    tasks_.push_back(std::move(task));
    changed_.notify_one();
    return future;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("submit", f, args...);
    // LOCKSTEP SKELETON: return Future<T>();
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
    // LOCKSTEP BEGIN SOLUTION
    const Deadline deadline(timeout);
    auto rest = std::make_shared<Rest<T>>();
    for (const auto& x : range) rest->futures.push_back(submit(f, x));
    return Generator<T>([rest, deadline]() -> std::optional<T> {
      if (rest->futures.empty()) return std::nullopt;
      try {
        const Future<T>& next = rest->futures.front();
        const auto left = deadline.left();
        std::optional<T> result(left ? next.result_for(*left) : next.result());
        rest->futures.pop_front();
        return result;
      } catch (...) {
        rest->cancel();
        throw;
      }
    });
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: // The Generator calls a function of yours for each result, later.
    // LOCKSTEP SKELETON: // What must have happened by then? And what if it is never called again?
    // LOCKSTEP SKELETON: not_implemented("map", f, range, timeout);
    // LOCKSTEP SKELETON: return Generator<T>(nullptr);
  }

  // No submit() any more. With `cancel_futures`, the tasks that have not begun are destroyed and
  // their futures cancelled, and whoever waits for them is told; otherwise they are still done.
  // With `wait`, blocks until all workers have ended (so not from one of the pool's own tasks). May
  // be called again, also by several threads at once.
  void shutdown(bool wait = true, bool cancel_futures = false) {
    // LOCKSTEP BEGIN SOLUTION
    std::deque<std::unique_ptr<Task>> dropped;
    {
      const std::scoped_lock hold(mutex_);
      // equivalent swap-statements: nobody sees either before mutex_ is free
      is_shut_down_ = true;
      // equivalent swap-statements: who is woken needs mutex_ before it looks
      if (cancel_futures) dropped.swap(tasks_);
      changed_.notify_all();
    }
    for (const auto& task : dropped) task->drop();
    // equivalent swap-statements: who does not wait returns, and there they go as well
    dropped.clear();  // with the arguments, whose destructors are foreign code, too
    if (!wait) return;
    const std::scoped_lock hold(joining_);
    for (std::thread& worker : workers_) {
      if (worker.joinable()) worker.join();
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: not_implemented("shutdown", wait, cancel_futures);
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  // Something to be done, of whatever type: what C++23 has std::move_only_function for.
  class Task {
   public:
    virtual ~Task() = default;
    virtual void run() = 0;
    virtual void drop() = 0;
  };

  template <typename T, typename Call>
  class TaskOf : public Task {
   public:
    TaskOf(const Future<T>& future, Call&& call) : future_(future), call_(std::move(call)) {}

    void run() override {
      if (!future_.set_running_or_notify_cancel()) return;
      try {
        if constexpr (std::is_void_v<T>) {
          call_();
          future_.set_result();
        } else {
          future_.set_result(call_());
        }
      } catch (...) {  // whatever it is: out of a thread's function it would end the program
        future_.set_exception(std::current_exception());
      }
    }

    void drop() override {
      if (future_.cancel()) future_.set_running_or_notify_cancel();
    }

   private:
    const Future<T> future_;
    Call call_;
  };

  // The results of a map that nobody has read. Cancels them in the end.
  template <typename T>
  struct Rest {
    std::deque<Future<T>> futures;

    void cancel() {
      // From the end: workers come from the other side.
      for (auto future = futures.rbegin(); future != futures.rend(); ++future) future->cancel();
    }
    ~Rest() { cancel(); }
  };

  void work() {
    for (;;) {
      std::unique_ptr<Task> task;  // of one round: destroyed before the next sleep
      {
        std::unique_lock hold(mutex_);
        changed_.wait(hold, [this] { return !tasks_.empty() || is_shut_down_; });
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task->run();
    }
  }

  std::size_t max_workers_;
  std::mutex mutex_;  // guards the next four
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Task>> tasks_;
  bool is_shut_down_ = false;
  std::vector<std::thread> workers_;  // grows until the shutdown
  std::mutex joining_;                // guards the joins: a thread can be joined once, by one
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_THREAD_POOL_H_
