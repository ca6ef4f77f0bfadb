// How many items a second go through lab::Queue, beside the least that can be called a queue
// between threads: std::queue with a mutex and a condition variable, unbounded, without join and
// shutdown. What the lab's queue costs on top of that is the price of its promises.
//
//   bazel run -c opt //solutions/10_queue:benchmark       the reference
//   bazel run -c opt //labs/10_queue:benchmark            yours

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "10_queue/queue.h"

namespace {

template <typename T>
class PlainQueue {
 public:
  explicit PlainQueue(std::ptrdiff_t) {}

  void put(T item) {
    {
      const std::lock_guard lock(mutex_);
      items_.push(std::move(item));
    }
    not_empty_.notify_one();
  }

  T get() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return !items_.empty(); });
    T item = std::move(items_.front());
    items_.pop();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_empty_;
  std::queue<T> items_;
};

// One thread, nobody to wait for: the cost of the two calls themselves. The queue holds `depth`
// items all the time, which matters to a priority queue.
template <typename Queue>
void put_then_get(benchmark::State& state) {
  Queue queue(0);
  for (int depth = 0; depth < state.range(0); ++depth) queue.put(depth);
  int item = 0;
  for (auto _ : state) {
    queue.put(item);
    item = queue.get() ^ 1;
  }
  state.SetItemsProcessed(state.iterations());
}

constexpr int kBatch = 20'000;  // items a producer puts in one iteration

// As many producers as consumers, range(0) of each, over a queue of maxsize range(1).
template <typename Queue>
void hand_over(benchmark::State& state) {
  const auto pairs = static_cast<int>(state.range(0));
  for (auto _ : state) {
    Queue queue(static_cast<std::ptrdiff_t>(state.range(1)));
    std::vector<std::thread> threads;
    for (int pair = 0; pair < pairs; ++pair) {
      threads.emplace_back([&queue] {
        for (int item = 0; item < kBatch; ++item) queue.put(item);
      });
      threads.emplace_back([&queue] {
        for (int item = 0; item < kBatch; ++item) benchmark::DoNotOptimize(queue.get());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  state.SetItemsProcessed(state.iterations() * pairs * kBatch);
}

BENCHMARK_TEMPLATE(put_then_get, PlainQueue<int>)->ArgName("depth")->Arg(0);
BENCHMARK_TEMPLATE(put_then_get, lab::Queue<int>)->ArgName("depth")->Arg(0);
BENCHMARK_TEMPLATE(put_then_get, lab::LifoQueue<int>)->ArgName("depth")->Arg(0);
BENCHMARK_TEMPLATE(put_then_get, lab::PriorityQueue<int>)->ArgName("depth")->Arg(0)->Arg(1000);

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"pairs", "maxsize"})->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_TEMPLATE(hand_over, PlainQueue<int>)->Apply(sizes)->Args({1, 0})->Args({4, 0});
BENCHMARK_TEMPLATE(hand_over, lab::Queue<int>)->Apply(sizes)->ArgsProduct({{1, 4}, {0, 1, 100}});

}  // namespace

BENCHMARK_MAIN();
