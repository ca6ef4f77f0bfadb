// What mending costs: the lab's classes beside the standard's own, and beside nothing at all.
//
// Read the threaded rows with care: more threads on one number are slower than one thread, with a
// lock and with an atomic, because the cache line that holds the number can be in one core only.
// What was bought is a right answer, not speed.

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <stdexcept>

#include "03_races/races.h"

namespace {

// --- Counting ----------------------------------------------------------------------------------

lab::Counter counter;
std::atomic<std::ptrdiff_t> atomic_counter = 0;

void LabCounter(benchmark::State& state) {
  for (auto _ : state) counter.increment();
}
BENCHMARK(LabCounter)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void StandardAtomic(benchmark::State& state) {
  for (auto _ : state) atomic_counter.fetch_add(1, std::memory_order_relaxed);
}
BENCHMARK(StandardAtomic)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

// One thread, so that it is right: what all the others are measured against.
void PlainNumber(benchmark::State& state) {
  std::ptrdiff_t number = 0;
  for (auto _ : state) benchmark::DoNotOptimize(++number);
}
BENCHMARK(PlainNumber);

// --- Looking at the board, and buying ----------------------------------------------------------

lab::TicketOffice office(std::ptrdiff_t{1} << 62);

void LabTicketOfficeSearch(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(office.search());
}
BENCHMARK(LabTicketOfficeSearch)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void LabTicketOfficeBuy(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(office.buy());
}
BENCHMARK(LabTicketOfficeBuy)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

// --- A value that is there already -------------------------------------------------------------

lab::Lazy<int> lazy([] { return 42; });

void LabLazy(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(lazy.get());
}
BENCHMARK(LabLazy)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

std::once_flag once;
int built_once = 0;

void StandardCallOnce(benchmark::State& state) {
  for (auto _ : state) {
    std::call_once(once, [] { built_once = 42; });
    benchmark::DoNotOptimize(built_once);
  }
}
BENCHMARK(StandardCallOnce)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void StandardStaticLocal(benchmark::State& state) {
  for (auto _ : state) {
    static const int value = [] { return built_once + 42; }();
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK(StandardStaticLocal)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
