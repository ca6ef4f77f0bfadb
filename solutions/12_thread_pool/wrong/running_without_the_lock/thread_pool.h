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
    max_workers_ = static_cast<std::size_t>(max_workers);
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
    if (workers_.size() < max_workers_) workers_.emplace_back([this] { work(); });
    tasks_.push_back(std::move(task));
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
      if (cancel_futures) dropped.swap(tasks_);
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

  void work() {
    for (;;) {
      std::unique_ptr<Task> task;
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
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Task>> tasks_;
  bool is_shut_down_ = false;
  std::vector<std::thread> workers_;
  std::mutex joining_;
};

}  // namespace lab

#endif  // LAB_12_THREAD_POOL_THREAD_POOL_H_
