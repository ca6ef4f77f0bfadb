// The three bakeries beside each other: how many buns a second go through a basket, when baking and
// eating cost nothing. A basket of one makes every bun a change of threads; a larger one lets each
// side work off a few at a time. The pipeline's rows are items that do nothing in three stages,
// beside a plain loop over three functions: what an item must be worth before a line pays.
//
//   bazel run -c opt //solutions/11_producer_consumer:benchmark       the reference
//   bazel run -c opt //labs/11_producer_consumer:benchmark            yours

#include <benchmark/benchmark.h>

#include <cstddef>
#include <exception>
#include <vector>

#include "11_producer_consumer/bakery.h"
#include "11_producer_consumer/pipeline.h"

namespace {

constexpr std::ptrdiff_t kBuns = 10'000;  // of each producer, in one iteration

// range(0) producers and as many consumers, and room for range(1) in the basket.
template <lab::BakeryReport (*Run)(const lab::BakeryPlan&)>
void Bakery(benchmark::State& state) {
  const lab::BakeryPlan plan{state.range(0), state.range(0), kBuns, state.range(1)};
  try {
    for (auto _ : state) benchmark::DoNotOptimize(Run(plan));
  } catch (const std::exception& error) {  // a skeleton: there is nothing to measure
    state.SkipWithError(error.what());
  }
  state.SetItemsProcessed(state.iterations() * plan.producers * kBuns);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"each", "capacity"})->UseRealTime()->Unit(benchmark::kMillisecond);
  benchmark->ArgsProduct({{1, 4}, {1, 100}});
}
BENCHMARK_TEMPLATE(Bakery, lab::run_bakery)->Apply(sizes);
BENCHMARK_TEMPLATE(Bakery, lab::run_bakery_with_queue)->Apply(sizes);
BENCHMARK_TEMPLATE(Bakery, lab::run_bakery_with_sentinels)->Apply(sizes);

// One thread, a basket that is never empty: what it costs that a vector moves up at every get.
void BasketHalfFull(benchmark::State& state) {
  lab::Buffer<int> basket(state.range(0));
  try {
    for (int item = 0; item < state.range(0) / 2; ++item) basket.put(item);
    for (auto _ : state) {
      basket.put(1);
      benchmark::DoNotOptimize(basket.get());
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}
BENCHMARK(BasketHalfFull)->ArgName("capacity")->Arg(10)->Arg(1'000)->Arg(100'000);

int add_one(int n) { return n + 1; }

void LoopOverThreeFunctions(benchmark::State& state) {
  std::vector<int> items(state.range(0));
  for (auto _ : state) {
    for (int& item : items) item = add_one(add_one(add_one(item)));
    benchmark::DoNotOptimize(items.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(LoopOverThreeFunctions)->Arg(10'000)->UseRealTime();

// range(1): the workers of each stage.
void PipelineOfThree(benchmark::State& state) {
  try {
    lab::Pipeline<int> line(100);
    for (int stage = 0; stage < 3; ++stage) line.stage(add_one, state.range(1));
    const std::vector<int> items(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(line.run(items));
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(PipelineOfThree)
    ->ArgNames({"items", "workers"})
    ->Args({10'000, 1})
    ->Args({10'000, 4})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
