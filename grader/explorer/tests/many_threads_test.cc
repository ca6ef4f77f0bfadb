// Programs with many threads do not defeat the search. N setters each write `a`, then `b`; a
// checker must never see one without the other. The window is two neighbouring operations among 2 N
// + 2, and samplers that choose uniformly miss it more surely with every thread that is added
// ("reorder" of the suite SCTBench: P. Thomson, A. Donaldson, A. Betts, "Concurrency Testing Using
// Schedule Bounding: an Empirical Study", PPoPP 2014).

#include <doctest/doctest.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/explore.h"

namespace lockstep {
namespace {

constexpr int kSeeds = 20;
constexpr long kBudget = 1'000;

template <typename Value, int kSetters>
void setters_and_checker() {
  Value a{0};
  Value b{0};
  std::vector<std::thread> setters;
  for (int i = 0; i < kSetters; ++i) {
    setters.emplace_back([&] {
      a = 1;
      b = 1;
    });
  }
  std::thread checker([&] {
    const int seen_a = a;
    const int seen_b = b;
    if (seen_a == 1 && seen_b == 0) fail("the checker saw a without b");
    if (seen_a == 0 && seen_b == 1) fail("the checker saw b without a");
  });
  for (std::thread& setter : setters) setter.join();
  checker.join();
}

void check_found(const char* kind, int setters, void (*body)()) {
  long most = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    Options options;
    options.executions = kBudget;
    options.seed = static_cast<std::uint64_t>(seed);
    options.ignore = {Rule::kDataRace};  // the assertion must fail, not only the race be seen
    const Result result = run(body, options);
    CAPTURE(kind);
    CAPTURE(setters);
    CAPTURE(seed);
    CHECK(result.error.empty());
    REQUIRE(result.finding);
    CHECK_EQ(name_of(result.finding->rule), name_of(Rule::kCheckFailed));
    CHECK_LE(result.executions, kBudget);
    most = std::max(most, result.executions);
  }
  std::printf("%3d setters, %-6s  found within %ld executions with each of %d seeds\n", setters,
              kind, most, kSeeds);
}

template <int kSetters>
void check_setters() {
  check_found("plain", kSetters, setters_and_checker<int, kSetters>);
  check_found("atomic", kSetters, setters_and_checker<std::atomic<int>, kSetters>);
}

}  // namespace

TEST_CASE("3 setters") { check_setters<3>(); }
TEST_CASE("10 setters") { check_setters<10>(); }
TEST_CASE("20 setters") { check_setters<20>(); }
TEST_CASE("50 setters") { check_setters<50>(); }
TEST_CASE("100 setters") { check_setters<100>(); }

}  // namespace lockstep
