// The lab's Barrier beside std::barrier, and what a Timer costs that is cancelled.
//
// Look at the rows for two and for four threads: all must wake up before anybody can come again, so
// this is the price of sleeping and waking, and not of the few lines inside. std::barrier spins for
// a while before it sleeps. What the lab's has and the standard's has not, to be broken and to be
// given up, costs an object for each generation.

#include <benchmark/benchmark.h>

#include <barrier>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <thread>
#include <vector>

#include "09_barrier/barrier.h"

namespace {

using namespace std::chrono_literals;

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

struct StandardBarrier {
  explicit StandardBarrier(std::ptrdiff_t parties) : barrier(parties) {}
  void wait() { barrier.arrive_and_wait(); }
  std::barrier<> barrier;
};

template <class Barrier>
void Alone(benchmark::State& state) {
  Barrier barrier(1);
  if (!works(state, [&] { barrier.wait(); })) return;
  for (auto _ : state) barrier.wait();
}
BENCHMARK_TEMPLATE(Alone, lab::Barrier);
BENCHMARK_TEMPLATE(Alone, StandardBarrier);

// A hundred steps in step, with threads that are there already; the last step is for the end.
template <class Barrier>
void InStep(benchmark::State& state) {
  constexpr int kSteps = 100;
  const std::ptrdiff_t parties = state.range(0);
  Barrier alone(1);
  if (!works(state, [&] { alone.wait(); })) return;
  for (auto _ : state) {
    Barrier barrier(parties);
    std::vector<std::jthread> others;
    for (std::ptrdiff_t i = 1; i < parties; ++i) {
      others.emplace_back([&] {
        for (int step = 0; step < kSteps; ++step) barrier.wait();
      });
    }
    for (int step = 0; step < kSteps; ++step) barrier.wait();
    others.clear();
  }
  state.SetItemsProcessed(state.iterations() * kSteps);
}
BENCHMARK_TEMPLATE(InStep, lab::Barrier)->Arg(2)->Arg(4)->UseRealTime();
BENCHMARK_TEMPLATE(InStep, StandardBarrier)->Arg(2)->Arg(4)->UseRealTime();

void TimerStartedAndCancelled(benchmark::State& state) {
  lab::Timer probe(1h, [] {});
  if (!works(state, [&] { probe.cancel(); })) return;
  for (auto _ : state) {
    lab::Timer timer(1h, [] {});
    timer.start();
    benchmark::DoNotOptimize(timer.cancel());
  }
}
BENCHMARK(TimerStartedAndCancelled)->UseRealTime();

void ThreadStartedAndJoined(benchmark::State& state) {
  for (auto _ : state) std::jthread([] {});
}
BENCHMARK(ThreadStartedAndJoined)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
