// The lab's RLock beside std::recursive_mutex, and beside std::mutex where no recursion is needed.
//
// The row to look at is the contended one. A lock that is handed over in order must switch to the
// next thread at every unlock; the standard's locks let the thread that is awake take it again,
// which is faster, and lets others starve. Fairness has a price, and this is it.

#include <benchmark/benchmark.h>

#include <mutex>
#include <stdexcept>

#include "05_rlock/rlock.h"

namespace {

// A skeleton throws in lock(): then there is nothing to measure.
template <class Lock>
bool works(Lock& lock, benchmark::State& state) {
  try {
    lock.lock();
    lock.unlock();
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

template <class Lock>
void Alone(benchmark::State& state) {
  Lock lock;
  if (!works(lock, state)) return;
  for (auto _ : state) {
    lock.lock();
    lock.unlock();
  }
}
BENCHMARK_TEMPLATE(Alone, lab::RLock);
BENCHMARK_TEMPLATE(Alone, std::recursive_mutex);
BENCHMARK_TEMPLATE(Alone, std::mutex);

// `range(0)` levels deep and out again.
template <class Lock>
void Nested(benchmark::State& state) {
  Lock lock;
  if (!works(lock, state)) return;
  for (auto _ : state) {
    for (int level = 0; level < state.range(0); ++level) lock.lock();
    for (int level = 0; level < state.range(0); ++level) lock.unlock();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_TEMPLATE(Nested, lab::RLock)->Arg(2)->Arg(8);
BENCHMARK_TEMPLATE(Nested, std::recursive_mutex)->Arg(2)->Arg(8);

// All threads want the one lock all the time.
template <class Lock>
void Contended(benchmark::State& state) {
  static Lock lock;
  static long guarded = 0;
  if (!works(lock, state)) return;
  for (auto _ : state) {
    lock.lock();
    benchmark::DoNotOptimize(++guarded);
    lock.unlock();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_TEMPLATE(Contended, lab::RLock)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK_TEMPLATE(Contended, std::recursive_mutex)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK_TEMPLATE(Contended, std::mutex)->Threads(2)->Threads(4)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
