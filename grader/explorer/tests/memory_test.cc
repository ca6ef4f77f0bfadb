// A long search does not grow: a million executions stay under 64 MiB of resident memory.

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/bug_programs.h"

namespace lockstep {
namespace {

constexpr long kExecutions = 1'000'000;
constexpr long kLimitKiB = 64 * 1024;

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void locked_increments() {
  std::mutex mutex;
  int counter = 0;
  const auto work = [&] {
    for (int turn = 0; turn < 3; ++turn) {
      std::lock_guard hold(mutex);
      ++counter;
    }
  };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
  if (counter != 6) fail("an increment was lost");
}

void search(const char* name, void (*body)(), Options options) {
  options.stop_at_first = false;
  options.clock = Clock::kStrict;
  const Result result = run(body, options);
  std::printf("%-40s %8ld executions, peak %ld KiB\n", name, result.executions, peak_kib());
  CHECK_MESSAGE(result.error.empty(), result.error);
  CHECK_LT(peak_kib(), kLimitKiB);
}

}  // namespace

TEST_CASE("a million executions stay under 64 MiB") {
  Options options;
  options.strategy = Strategy::kRandom;
  options.executions = kExecutions;
  search("locked increments, random", locked_increments, options);
}

TEST_CASE("searches with races, failures and a deep tree stay under 64 MiB") {
  Options options;
  options.executions = 100'000;
  options.ignore = {Rule::kDataRace};
  options.strategy = Strategy::kRandom;
  search("lost update, random", bugs::lost_update, options);
  search("one condition for two, random", bugs::one_condition_for_two, options);
  options.strategy = Strategy::kFull;
  search("pool, depth-first", bugs::pool_stops_one, options);
  options.strategy = Strategy::kDpor;
  search("pool, DPOR", bugs::pool_stops_one, options);
}

}  // namespace lockstep
