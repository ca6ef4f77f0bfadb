#include "grader/explorer/benchmark/programs.h"

#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

// LOCKSTEP_PROGRAMS is the name that this copy defines: explored_programs, graded_programs
// or plain_programs.

namespace lockstep::benchmarks {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

template <typename First, typename Second>
void together(const First& first, const Second& second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

int counter = 0;
std::mutex counter_mutex;

void locked_increments() {
  counter = 0;
  const auto work = [] {
    for (int turn = 0; turn < 3; ++turn) {
      std::lock_guard hold(counter_mutex);
      ++counter;
    }
  };
  together(work, work);
  check(counter == 6);
}

void racing_increments() {
  counter = 0;
  const auto work = [] {
    counter++;
    counter++;
  };
  together(work, work);
}

class QueueOfOne {
 public:
  void put(int item) {
    std::unique_lock hold(mutex_);
    not_full_.wait(hold, [this] { return items_.empty(); });
    items_.push_back(item);
    not_empty_.notify_one();
  }
  int get() {
    std::unique_lock hold(mutex_);
    not_empty_.wait(hold, [this] { return !items_.empty(); });
    const int item = items_.front();
    items_.pop_front();
    not_full_.notify_one();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::deque<int> items_;
};

void queue_of_one() {
  QueueOfOne queue;
  int sum = 0;
  together(
      [&] {
        for (int item = 1; item <= 3; ++item) queue.put(item);
      },
      [&] {
        for (int item = 1; item <= 3; ++item) sum += queue.get();
      });
  check(sum == 6);
}

class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
  }
  ~Pool() {
    {
      std::lock_guard hold(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  std::future<int> submit(std::function<int()> function) {
    auto task = std::make_shared<std::packaged_task<int()>>(std::move(function));
    std::future<int> result = task->get_future();
    {
      std::lock_guard hold(mutex_);
      tasks_.push([task] { (*task)(); });
    }
    changed_.notify_one();
    return result;
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock hold(mutex_);
      changed_.wait(hold, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop();
      hold.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

void pool_of_three() {
  std::vector<std::future<int>> results;
  int sum = 0;
  {
    Pool pool(3);
    for (int i = 1; i <= 6; ++i) results.push_back(pool.submit([i] { return i * i; }));
    for (std::future<int>& result : results) sum += result.get();
  }
  check(sum == 91);
}

}  // namespace

const Programs LOCKSTEP_PROGRAMS{
    .locked_increments = locked_increments,
    .racing_increments = racing_increments,
    .queue_of_one = queue_of_one,
    .pool_of_three = pool_of_three,
};

}  // namespace lockstep::benchmarks
