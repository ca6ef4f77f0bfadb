// The headline of the course: work that computes and work that sleeps, done one after the other, by
// threads under the Gil, by threads without it, and by processes.
//
// Four jobs each. What to look at: threads under the Gil compute no faster than one after the
// other, and sleep four times as fast. Without the Gil they compute as fast as there are
// processors; so do processes, which have an interpreter each.

#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "02_gil/gil.h"

namespace {

constexpr int kJobs = 4;

using Globals = std::map<std::string, std::int64_t>;

const char kComputes[] = "LOAD n\nCONST 1\nSUB\nSTORE n\nLOAD n\nJUMP_IF 1";
const char kSleeps[] = "SLEEP 20";
constexpr std::int64_t kLoops = 20'000;

// Each job has variables of its own, so that also without a common Gil there is no race.
struct Job {
  explicit Job(lab::Gil& gil) : interpreter(gil, globals) {}
  Globals globals{{"n", kLoops}};
  lab::Interpreter interpreter;
};

bool works(benchmark::State& state) {
  try {
    lab::Gil gil;
    Job(gil).interpreter.run("CONST 1");
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

void OneByOne(benchmark::State& state, const char* program) {
  if (!works(state)) return;
  for (auto _ : state) {
    lab::Gil gil;
    for (int i = 0; i < kJobs; ++i) Job(gil).interpreter.run(program);
  }
}

void ThreadsUnderTheGil(benchmark::State& state, const char* program) {
  if (!works(state)) return;
  for (auto _ : state) {
    lab::Gil gil;
    std::vector<std::thread> threads;
    for (int i = 0; i < kJobs; ++i) {
      threads.emplace_back([&] { Job(gil).interpreter.run(program); });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

void ThreadsWithout(benchmark::State& state, const char* program) {
  if (!works(state)) return;
  for (auto _ : state) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kJobs; ++i) {
      threads.emplace_back([&] {
        lab::Gil gil_of_its_own;
        Job(gil_of_its_own).interpreter.run(program);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

void Processes(benchmark::State& state, const char* program) {
  if (!works(state)) return;
  for (auto _ : state) {
    std::vector<pid_t> children;
    for (int i = 0; i < kJobs; ++i) {
      const pid_t child = fork();
      if (child < 0) break;
      if (child == 0) {
        lab::Gil gil;
        Job(gil).interpreter.run(program);
        _exit(0);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) waitpid(child, nullptr, 0);
  }
}

BENCHMARK_CAPTURE(OneByOne, computes, kComputes)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ThreadsUnderTheGil, computes, kComputes)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ThreadsWithout, computes, kComputes)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Processes, computes, kComputes)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OneByOne, sleeps, kSleeps)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ThreadsUnderTheGil, sleeps, kSleeps)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ThreadsWithout, sleeps, kSleeps)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Processes, sleeps, kSleeps)->UseRealTime()->Unit(benchmark::kMillisecond);

// What the Gil itself costs.
void AcquireAndRelease(benchmark::State& state) {
  if (!works(state)) return;
  lab::Gil gil;
  for (auto _ : state) {
    gil.acquire();
    gil.release();
  }
}
BENCHMARK(AcquireAndRelease);

void CheckWhenNobodyAsked(benchmark::State& state) {
  if (!works(state)) return;
  lab::Gil gil;
  gil.acquire();
  for (auto _ : state) gil.check();
  gil.release();
}
BENCHMARK(CheckWhenNobodyAsked);

}  // namespace

BENCHMARK_MAIN();
