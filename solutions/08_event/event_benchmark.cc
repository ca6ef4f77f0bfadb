// The lab's Event beside what the standard has for one-time news: std::latch and
// std::shared_future.
//
// The rows to look at are those of an event that is set already: most calls of wait() and is_set()
// in a real program find it so. A mutex makes them wait for each other; an atomic load would not
// (right/even_and_odd is built around that).

#include <benchmark/benchmark.h>

#include <chrono>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

#include "08_event/event.h"

namespace {

// A skeleton throws in set(): then there is nothing to measure.
bool works(lab::Event& event, benchmark::State& state) {
  try {
    event.set();
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

void EventIsSet(benchmark::State& state) {
  static lab::Event event;
  if (!works(event, state)) return;
  for (auto _ : state) benchmark::DoNotOptimize(event.is_set());
}
BENCHMARK(EventIsSet)->Threads(1)->Threads(2)->UseRealTime();

void EventWaitWhenSet(benchmark::State& state) {
  static lab::Event event;
  if (!works(event, state)) return;
  for (auto _ : state) event.wait();
}
BENCHMARK(EventWaitWhenSet)->Threads(1)->Threads(2)->UseRealTime();

void LatchWaitWhenOpen(benchmark::State& state) {
  static std::latch latch(0);
  for (auto _ : state) latch.wait();
}
BENCHMARK(LatchWaitWhenOpen)->Threads(1)->Threads(2)->UseRealTime();

void FutureWaitWhenReady(benchmark::State& state) {
  std::promise<void> promise;
  const std::shared_future<void> future = promise.get_future().share();
  promise.set_value();
  for (auto _ : state) future.wait();
}
BENCHMARK(FutureWaitWhenReady);

// There and back between two threads: two events, two wake-ups.
void EventPingPong(benchmark::State& state) {
  lab::Event ping;
  lab::Event pong;
  lab::Event works_at_all;
  if (!works(works_at_all, state)) return;
  bool stop = false;
  std::thread other([&] {
    for (;;) {
      ping.wait();
      ping.clear();
      if (stop) return;
      pong.set();
    }
  });
  for (auto _ : state) {
    ping.set();
    pong.wait();
    pong.clear();
  }
  stop = true;
  ping.set();
  other.join();
}
BENCHMARK(EventPingPong)->UseRealTime();

void SetAndClearWithNobodyThere(benchmark::State& state) {
  lab::Event event;
  if (!works(event, state)) return;
  for (auto _ : state) {
    event.set();
    event.clear();
  }
}
BENCHMARK(SetAndClearWithNobodyThere);

}  // namespace

BENCHMARK_MAIN();
