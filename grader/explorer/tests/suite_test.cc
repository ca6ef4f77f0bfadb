// The goal of engine.md ("Where others stand"): every known bug of the public suites within 10,000
// executions, with any seed, and no false alarm on the correct twins.

#include "grader/explorer/tests/suite.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/describe.h"

namespace lockstep {
namespace {

constexpr int kSeeds = 5;
constexpr long kBudget = 10'000;

Options options_for(int seed) {
  Options options;
  options.executions = kBudget;
  options.seed = static_cast<std::uint64_t>(seed);
  options.only_note = {Rule::kBusyWait};  // several wait by spinning, and that is not their mistake
  return options;
}

void check_wrong(const tests::Pair& pair) {
  long most = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const Result result = run(pair.wrong, options_for(seed));
    CAPTURE(pair.name);
    CAPTURE(seed);
    CAPTURE(result.error);
    CHECK(result.finding);
    if (!result.finding) continue;
    CHECK_MESSAGE(std::ranges::count(pair.rules, result.finding->rule) == 1,
                  tests::describe(*result.finding));
    most = std::max(most, result.executions);
  }
  std::printf("%-20s found within %5ld executions", pair.name, most);
}

void check_right(const tests::Pair& pair) {
  const Result result = run(pair.right, options_for(1));
  CAPTURE(pair.name);
  CHECK(result.error.empty());
  CHECK_MESSAGE(!result.finding, tests::describe(*result.finding));
  std::printf(" | twin silent in %s%ld\n", result.exhaustive ? "all " : "", result.executions);
}

void check(std::span<const tests::Pair> pairs) {
  for (const tests::Pair& pair : pairs) {
    check_wrong(pair);
    check_right(pair);
  }
}

}  // namespace

TEST_CASE("mutexes") { check(tests::lock_pairs()); }
TEST_CASE("condition variables, semaphores, lifetimes") { check(tests::wait_pairs()); }
TEST_CASE("atomics") { check(tests::atomic_pairs()); }

}  // namespace lockstep
