// The lab's Lock beside std::mutex and std::timed_mutex; transfers; a table of philosophers.
//
// Contended: a lock that lets whoever is awake take it again is fast and lets others starve. The
// reference is of that kind, as std::mutex is.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <mutex>
#include <stdexcept>

#include "04_lock/lock.h"

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

template <class Lock>
void Alone(benchmark::State& state) {
  Lock lock;
  if (!works(state, [&] { std::scoped_lock hold(lock); })) return;
  for (auto _ : state) {
    lock.lock();
    lock.unlock();
  }
}
BENCHMARK_TEMPLATE(Alone, lab::Lock);
BENCHMARK_TEMPLATE(Alone, std::mutex);
BENCHMARK_TEMPLATE(Alone, std::timed_mutex);

// All threads want the one lock all the time.
template <class Lock>
void Contended(benchmark::State& state) {
  static Lock lock;
  static long guarded = 0;
  if (!works(state, [&] { std::scoped_lock hold(lock); })) return;
  for (auto _ : state) {
    lock.lock();
    benchmark::DoNotOptimize(++guarded);
    lock.unlock();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_TEMPLATE(Contended, lab::Lock)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK_TEMPLATE(Contended, std::mutex)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK_TEMPLATE(Contended, std::timed_mutex)->Threads(2)->Threads(4)->UseRealTime();

// Money goes to and fro between two accounts, in both directions at once.
void Transfers(benchmark::State& state) {
  static lab::Account x{{}, 1'000'000};
  static lab::Account y{{}, 1'000'000};
  if (!works(state, [] { lab::transfer(x, y, 0); })) return;
  const bool there = state.thread_index() % 2 == 0;
  for (auto _ : state) lab::transfer(there ? x : y, there ? y : x, 1);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Transfers)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

// Everybody at a table for four eats all the time.
void Meals(benchmark::State& state) {
  static lab::Table* table = nullptr;
  if (!works(state, [] {
        static lab::Table four(4);
        table = &four;
      })) {
    return;
  }
  const std::ptrdiff_t seat = state.thread_index();
  for (auto _ : state) {
    table->pick_up(seat);
    table->put_down(seat);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Meals)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
