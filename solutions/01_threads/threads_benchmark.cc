// The lab's Thread beside std::thread: what a name, a state and a place on the list cost.
//
// Making a thread is work for the system, some ten microseconds of it; the lock of the registry is
// lost in that. It shows in the rows that start no thread: asking, and making a Thread that is
// never started.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "01_threads/threads.h"

namespace {

// A skeleton throws in start(): then there is nothing to measure.
bool works(benchmark::State& state) {
  try {
    lab::Thread thread([] {});
    thread.start();
    thread.join();
    (void)lab::current_thread();
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

void StartAndJoin(benchmark::State& state) {
  if (!works(state)) return;
  for (auto _ : state) {
    lab::Thread thread([] {}, "worker");
    thread.start();
    thread.join();
  }
}
BENCHMARK(StartAndJoin)->UseRealTime();

void StdThreadStartAndJoin(benchmark::State& state) {
  for (auto _ : state) std::thread([] {}).join();
}
BENCHMARK(StdThreadStartAndJoin)->UseRealTime();

// All are started, then all are joined: every end wakes whoever joins, for which one condition
// variable for all threads is the worst case.
void StartAllAndJoinAll(benchmark::State& state) {
  if (!works(state)) return;
  for (auto _ : state) {
    std::vector<std::unique_ptr<lab::Thread>> threads;
    for (int i = 0; i < state.range(0); ++i) {
      threads.push_back(std::make_unique<lab::Thread>([] {}));
      threads.back()->start();
    }
    for (const auto& thread : threads) thread->join();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StartAllAndJoinAll)->Arg(8)->Arg(64)->UseRealTime();

void StdThreadStartAllAndJoinAll(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<std::thread> threads;
    for (int i = 0; i < state.range(0); ++i) threads.emplace_back([] {});
    for (std::thread& thread : threads) thread.join();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StdThreadStartAllAndJoinAll)->Arg(8)->Arg(64)->UseRealTime();

void MakeWithoutStart(benchmark::State& state) {
  if (!works(state)) return;
  for (auto _ : state) lab::Thread thread([] {});
}
BENCHMARK(MakeWithoutStart);

void CurrentThread(benchmark::State& state) {
  if (!works(state)) return;
  for (auto _ : state) benchmark::DoNotOptimize(&lab::current_thread());
}
BENCHMARK(CurrentThread)->Threads(1)->Threads(2)->UseRealTime();

void StdThisThreadGetId(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(std::this_thread::get_id());
}
BENCHMARK(StdThisThreadGetId)->Threads(1)->Threads(2)->UseRealTime();

void IsAlive(benchmark::State& state) {
  if (!works(state)) return;
  static lab::Thread made([] {});
  for (auto _ : state) benchmark::DoNotOptimize(made.is_alive());
}
BENCHMARK(IsAlive)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
