// The pool beside what one would do without it: a thread for each task, std::async, a plain call.
//
// Short tasks show what handing over costs: a lock, a wake-up, a future. With longer ones all
// become alike, and the number of processors decides.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "12_thread_pool/thread_pool.h"

namespace {

// Runs `call` once. A skeleton throws: then there is nothing to measure.
template <class Call>
bool works(benchmark::State& state, Call call) {
  try {
    call();
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

// A task that keeps a processor busy, for about a nanosecond a turn.
unsigned work(long turns) {
  unsigned value = 1;
  for (long i = 0; i < turns; ++i) {
    value = value * 7 + 1;
    benchmark::DoNotOptimize(value);
  }
  return value;
}

constexpr int kTasks = 1000;

void count(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * kTasks); }

void PlainCalls(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < kTasks; ++i) benchmark::DoNotOptimize(work(state.range(0)));
  }
  count(state);
}

void Submit(benchmark::State& state) {
  if (!works(state, [] { lab::ThreadPoolExecutor pool(2); })) return;
  lab::ThreadPoolExecutor pool(2);
  std::vector<lab::Future<unsigned>> futures(kTasks);
  for (auto _ : state) {
    for (auto& future : futures) future = pool.submit(work, state.range(0));
    for (const auto& future : futures) benchmark::DoNotOptimize(future.result());
  }
  count(state);
}

void AsCompleted(benchmark::State& state) {
  if (!works(state, [] { lab::ThreadPoolExecutor pool(2); })) return;
  lab::ThreadPoolExecutor pool(2);
  std::vector<lab::Future<unsigned>> futures(kTasks);
  for (auto _ : state) {
    for (auto& future : futures) future = pool.submit(work, state.range(0));
    for (auto& future : lab::as_completed(futures)) benchmark::DoNotOptimize(future.result());
  }
  count(state);
}

void Map(benchmark::State& state) {
  if (!works(state, [] { lab::ThreadPoolExecutor pool(2); })) return;
  lab::ThreadPoolExecutor pool(2);
  const std::vector<long> turns(kTasks, state.range(0));
  for (auto _ : state) {
    for (unsigned value : pool.map(work, turns)) benchmark::DoNotOptimize(value);
  }
  count(state);
}

void AThreadForEachTask(benchmark::State& state) {
  std::vector<std::thread> threads(kTasks);
  for (auto _ : state) {
    for (auto& thread : threads) {
      thread = std::thread([&] { benchmark::DoNotOptimize(work(state.range(0))); });
    }
    for (auto& thread : threads) thread.join();
  }
  count(state);
}

void Async(benchmark::State& state) {
  std::vector<std::future<unsigned>> futures(kTasks);
  for (auto _ : state) {
    for (auto& future : futures) future = std::async(std::launch::async, work, state.range(0));
    for (auto& future : futures) benchmark::DoNotOptimize(future.get());
  }
  count(state);
}

void lengths(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("turns")->Arg(1)->Arg(10'000)->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(PlainCalls)->Apply(lengths);
BENCHMARK(Submit)->Apply(lengths);
BENCHMARK(AsCompleted)->Apply(lengths);
BENCHMARK(Map)->Apply(lengths);
BENCHMARK(Async)->Apply(lengths);
BENCHMARK(AThreadForEachTask)->Apply(lengths);

}  // namespace

BENCHMARK_MAIN();
