// A right design that differs: a line for each worker. A task that submits puts the new task into
// the line of its own worker, where nobody else has to go as long as everybody is busy; a task from
// outside goes to the workers in turn. A worker takes from the front of its own line, and when that
// is empty steals from the back of another one, so no task waits while a worker is free.
//
// `unclaimed_` counts the tasks in all lines that no worker has set out for. A worker sleeps until
// there is one, claims it by counting down, and then goes and finds it: there is a task for every
// claim, though perhaps in another line than a moment ago, hence the loop in `find`.

#ifndef LAB_12_THREAD_POOL_THREAD_POOL_H_
#define LAB_12_THREAD_POOL_THREAD_POOL_H_

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
  explicit ThreadPoolExecutor(std::ptrdiff_t max_workers) {
    if (max_workers < 1) throw std::invalid_argument("a pool needs at least one worker");
    for (std::ptrdiff_t i = 0; i < max_workers; ++i) lines_.push_back(std::make_unique<Line>());
    try {
      for (std::size_t mine = 0; mine < lines_.size(); ++mine) {
        workers_.emplace_back([this, mine] { work(mine); });
      }
    } catch (...) {
      shutdown();
      throw;
    }
  }

  ThreadPoolExecutor(const ThreadPoolExecutor&) = delete;
  ThreadPoolExecutor& operator=(const ThreadPoolExecutor&) = delete;

  ~ThreadPoolExecutor() { shutdown(); }

  template <typename F, typename... Args>
  auto submit(F&& f, Args&&... args)
      -> Future<std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>> {
    using T = std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;
    auto call = [f = std::forward<F>(f), ... args = std::forward<Args>(args)]() mutable {
      return std::invoke(std::move(f), std::move(args)...);
    };
    Future<T> future;
    auto task = std::make_unique<TaskOf<T, decltype(call)>>(future, std::move(call));
    const std::scoped_lock hold(mutex_);
    if (is_shut_down_) throw std::runtime_error("submit: the pool is shut down");
    Line& line = *lines_[my_pool_ == this ? my_line_ : next_++ % lines_.size()];
    {
      const std::scoped_lock hold_line(line.mutex);
      line.tasks.push_back(std::move(task));
    }
    ++unclaimed_;
    changed_.notify_one();
    return future;
  }

  template <typename F, typename Range>
  auto map(F f, const Range& range,
           std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
    using T = std::decay_t<std::invoke_result_t<F, std::decay_t<decltype(*std::begin(range))>>>;
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
  }

  void shutdown(bool wait = true, bool cancel_futures = false) {
    std::deque<std::unique_ptr<Task>> dropped;
    {
      const std::scoped_lock hold(mutex_);
      is_shut_down_ = true;
      // As many as are unclaimed, the newest: what is claimed stays for whoever comes for it.
      while (cancel_futures && unclaimed_ > 0) {
        for (const auto& line : lines_) {
          const std::scoped_lock hold_line(line->mutex);
          if (unclaimed_ == 0 || line->tasks.empty()) continue;
          dropped.push_back(std::move(line->tasks.back()));
          line->tasks.pop_back();
          --unclaimed_;
        }
      }
      changed_.notify_all();
    }
    for (const auto& task : dropped) task->drop();
    dropped.clear();
    if (!wait) return;
    const std::scoped_lock hold(joining_);
    for (std::thread& worker : workers_) {
      if (worker.joinable()) worker.join();
    }
  }

 private:
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
      } catch (...) {
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

  template <typename T>
  struct Rest {
    std::deque<Future<T>> futures;

    void cancel() {
      for (auto future = futures.rbegin(); future != futures.rend(); ++future) future->cancel();
      futures.clear();
    }
    ~Rest() { cancel(); }
  };

  struct Line {
    std::mutex mutex;
    std::deque<std::unique_ptr<Task>> tasks;
  };

  void work(std::size_t mine) {
    my_pool_ = this;
    my_line_ = mine;
    for (;;) {
      {
        std::unique_lock hold(mutex_);
        changed_.wait(hold, [this] { return unclaimed_ > 0 || is_shut_down_; });
        if (unclaimed_ == 0) return;
        --unclaimed_;
      }
      find(mine)->run();
    }
  }

  // The task that the caller has claimed.
  std::unique_ptr<Task> find(std::size_t mine) {
    for (std::size_t i = mine;; i = (i + 1) % lines_.size()) {
      Line& line = *lines_[i];
      const std::scoped_lock hold(line.mutex);
      if (line.tasks.empty()) continue;
      std::unique_ptr<Task> task;
      if (i == mine) {
        task = std::move(line.tasks.front());
        line.tasks.pop_front();
      } else {
        task = std::move(line.tasks.back());
        line.tasks.pop_back();
      }
      return task;
    }
  }

  static inline thread_local const ThreadPoolExecutor* my_pool_ = nullptr;
  static inline thread_local std::size_t my_line_ = 0;

  std::vector<std::unique_ptr<Line>> lines_;
  std::mutex mutex_;  // guards the next four; may be held when a line's mutex is taken
  std::condition_variable changed_;
  std::size_t unclaimed_ = 0;
  std::size_t next_ = 0;
  bool is_shut_down_ = false;
  std::mutex joining_;
  std::vector<std::thread> workers_;
};

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_THREAD_POOL_H_
