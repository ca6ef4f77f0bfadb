// Executions and steps per second of the explorer, on fibers and on real threads, beside plain
// std::thread running the same bodies without exploring anything (engine.md's first table).
// Both are compiled with -O2; "as graded" is what a student's code gets, -Og.
//
//   bazel run -c opt //grader/explorer:benchmark
//
// The last lines repeat the figures as ratios, with the peak resident memory of the whole run.
// Every check of the explorer is on: races, leaks, lifetimes, deadlocks.

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "grader/explorer/benchmark/programs.h"
#include "grader/explorer/explore.h"

namespace lockstep::benchmarks {
namespace {

constexpr long kChunk = 10'000;  // executions of one search on fibers
constexpr long kChunkRealThreads = 1'000;
constexpr long kMemoryExecutions = 1'000'000;
constexpr double kWantedRatio = 60;  // against plain threads, on the first program
constexpr long kWantedKiB = 64 * 1024;

struct Row {
  const char* name;
  void (*Programs::*body)();
};

constexpr Row kRows[] = {
    {"2 threads x 3 locked increments", &Programs::locked_increments},
    {"2 threads x 2 racing increments", &Programs::racing_increments},
    {"queue of one, 3 items", &Programs::queue_of_one},
    {"pool of 3, 6 futures", &Programs::pool_of_three},
};

struct Way {
  const char* name;
  const Programs& programs;
  Strategy strategy;
  bool real_threads;
};

constexpr Way kWays[] = {
    {"fibers, random", explored_programs, Strategy::kRandom, false},
    {"fibers, random, as graded", graded_programs, Strategy::kRandom, false},
    {"fibers, dpor, as graded", graded_programs, Strategy::kDpor, false},
    {"real threads, random", explored_programs, Strategy::kRandom, true},
};

Options options_for(const Way& way) {
  Options options;
  options.strategy = way.strategy;
  options.real_threads = way.real_threads;
  options.executions = way.real_threads ? kChunkRealThreads : kChunk;
  options.stop_at_first = false;
  options.ignore = {Rule::kDataRace};  // seen and counted, or the second program would stop at once
  return options;
}

void explored(benchmark::State& state, const Row& row, const Way& way) {
  Options options = options_for(way);
  long executions = 0;
  long steps = 0;
  for (auto _ : state) {
    const Result result = run(way.programs.*row.body, options);
    if (!result.error.empty() || result.finding) {
      state.SkipWithError("the program failed under the explorer");
      return;
    }
    executions += result.executions;
    steps += result.steps;
    ++options.seed;
  }
  const auto rate = benchmark::Counter::kIsRate;
  state.counters["executions"] = benchmark::Counter(static_cast<double>(executions), rate);
  state.counters["steps"] = benchmark::Counter(static_cast<double>(steps), rate);
}

void plain(benchmark::State& state, const Row& row) {
  void (*body)() = plain_programs.*row.body;
  long executions = 0;
  for (auto _ : state) {
    body();
    ++executions;
  }
  state.counters["executions"] =
      benchmark::Counter(static_cast<double>(executions), benchmark::Counter::kIsRate);
}

// Prints as usual and keeps the rates for the summary.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto found = run.counters.find("executions");
      if (found != run.counters.end()) rates_[run.run_name.function_name] = found->second.value;
    }
  }

  double rate(const std::string& name) const {
    const auto found = rates_.find(name);
    return found == rates_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, double> rates_;
};

std::string name_of_run(const Row& row, const char* way) {
  return std::string(row.name) + "/" + way;
}

void register_ways(bool real_threads) {
  for (const Row& row : kRows) {
    for (const Way& way : kWays) {
      if (way.real_threads != real_threads) continue;
      benchmark::RegisterBenchmark(name_of_run(row, way.name).c_str(), explored, row, way)
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
    }
    if (real_threads) continue;
    benchmark::RegisterBenchmark(name_of_run(row, "plain std::thread").c_str(), plain, row)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
}

using Rates = std::array<double, std::size(kRows)>;

Rates rates_of(const Reporter& reporter, const char* way) {
  Rates rates{};
  for (std::size_t i = 0; i < rates.size(); ++i) {
    rates[i] = reporter.rate(name_of_run(kRows[i], way));
  }
  return rates;
}

// A process explores on fibers or on real threads, whichever came first: so the second kind is
// measured in a child.
Rates measure_real_threads() {
  Rates rates{};
  int ends[2];
  if (pipe(ends) != 0) return rates;
  const pid_t child = fork();
  if (child == 0) {
    register_ways(true);
    Reporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    rates = rates_of(reporter, "real threads, random");
    std::fflush(nullptr);
    _exit(write(ends[1], rates.data(), sizeof rates) == sizeof rates ? 0 : 1);
  }
  close(ends[1]);
  if (child < 0 || read(ends[0], rates.data(), sizeof rates) != sizeof rates) rates = {};
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return rates;
}

void print_ratios(const Reporter& reporter, const Rates& real_threads) {
  const Rates fibers = rates_of(reporter, "fibers, random");
  const Rates graded = rates_of(reporter, "fibers, random, as graded");
  const Rates threads = rates_of(reporter, "plain std::thread");
  std::printf("\n%-34s %10s %10s %13s %12s %8s %8s %6s\n", "executions per second", "fibers",
              "as graded", "real threads", "std::thread", "fibers/", "graded/", "real/");
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (threads[i] == 0) continue;
    std::printf("%-34s %10.0f %10.0f %13.0f %12.0f %7.1fx %7.1fx %5.1fx\n", kRows[i].name,
                fibers[i], graded[i], real_threads[i], threads[i], fibers[i] / threads[i],
                graded[i] / threads[i], real_threads[i] / threads[i]);
  }
  std::printf("wanted on the first: at least %.0fx plain std::thread\n", kWantedRatio);
}

void print_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak resident memory: %.1f MiB; wanted over %ld executions: under %ld MiB\n",
              static_cast<double>(usage.ru_maxrss) / 1024, kMemoryExecutions, kWantedKiB / 1024);
}

// At least so many executions, whatever was selected and however short it ran.
void run_a_million() {
  Options options = options_for(kWays[0]);
  options.executions = kMemoryExecutions;
  const Result result = run(explored_programs.locked_increments, options);
  std::printf("%ld executions, %ld steps in %.2f s: %.0f executions per second\n",
              result.executions, result.steps, result.seconds,
              static_cast<double>(result.executions) / result.seconds);
}

}  // namespace
}  // namespace lockstep::benchmarks

int main(int argc, char** argv) {
  using namespace lockstep::benchmarks;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const Rates real_threads = measure_real_threads();
  register_ways(false);
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  print_ratios(reporter, real_threads);
  run_a_million();
  print_memory();
}
