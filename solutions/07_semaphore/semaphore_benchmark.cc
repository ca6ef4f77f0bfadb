// The lab's Semaphore beside std::counting_semaphore, and beside std::mutex where one permit is
// enough. The contended rows show the price of handing permits over in order: with more threads
// than permits, each permit goes to a thread that has to wake up first. The pool's row is a
// semaphore and a list behind a lock, as compared with the semaphore alone.

#include <benchmark/benchmark.h>

#include <mutex>
#include <semaphore>
#include <stdexcept>

#include "07_semaphore/semaphore.h"

namespace {

struct Mutex {
  explicit Mutex(std::ptrdiff_t) {}
  void acquire() { mutex.lock(); }
  void release() { mutex.unlock(); }
  std::mutex mutex;
};

// A skeleton throws in acquire(): then there is nothing to measure.
template <class Semaphore>
bool works(Semaphore& semaphore, benchmark::State& state) {
  try {
    semaphore.acquire();
    semaphore.release();
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

template <class Semaphore>
void Alone(benchmark::State& state) {
  Semaphore semaphore(1);
  if (!works(semaphore, state)) return;
  for (auto _ : state) {
    semaphore.acquire();
    semaphore.release();
  }
}
BENCHMARK_TEMPLATE(Alone, lab::Semaphore);
BENCHMARK_TEMPLATE(Alone, lab::BoundedSemaphore);
BENCHMARK_TEMPLATE(Alone, std::counting_semaphore<>);
BENCHMARK_TEMPLATE(Alone, Mutex);

// All threads want one of two permits all the time.
template <class Semaphore>
void Contended(benchmark::State& state) {
  static Semaphore semaphore(2);
  if (!works(semaphore, state)) return;
  for (auto _ : state) {
    semaphore.acquire();
    semaphore.release();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_TEMPLATE(Contended, lab::Semaphore)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK_TEMPLATE(Contended, std::counting_semaphore<>)->Threads(2)->Threads(4)->UseRealTime();

void PoolLendsAndGetsBack(benchmark::State& state) {
  lab::ConnectionPool pool(2);
  lab::Semaphore semaphore(2);
  if (!works(semaphore, state)) return;
  for (auto _ : state) {
    const auto lease = pool.acquire();
    benchmark::DoNotOptimize(lease.id());
  }
}
BENCHMARK(PoolLendsAndGetsBack);

}  // namespace

BENCHMARK_MAIN();
