// Same input, same verdict, same report, byte for byte. What is compared is everything a Result
// says but the seconds, for found bugs and for searches that end without one, over fresh processes
// with and without load, pinned to one core and not; addresses differ from run to run (ASLR).

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/bug_programs.h"
#include "grader/explorer/tests/describe.h"
#include "grader/explorer/tests/fresh_process.h"

namespace lockstep {
namespace {

constexpr int kRuns = 50;
constexpr long kBudget = 1'000;

// What a critical section touches is the explorer's own code, which lies elsewhere in every
// process.
void section_without_a_lock() {
  CriticalSection section;
  std::thread other([&] { section.visit(); });
  section.visit();
  other.join();
}

struct Program {
  const char* name;
  void (*body)();
};

constexpr Program kPrograms[] = {
    {"lost update", bugs::lost_update},
    {"lost update, atomic", bugs::lost_update_atomic},
    {"opposite locks", bugs::opposite_locks},
    {"if around a wait", bugs::if_around_wait},
    {"flag without the lock", bugs::flag_without_lock},
    {"check then act", bugs::check_then_act},
    {"barrier notifies one", bugs::barrier_notifies_one},
    {"use after release", bugs::use_after_release},
    {"one condition for two", bugs::one_condition_for_two},
    {"pool stops one", bugs::pool_stops_one},
    {"section without a lock", section_without_a_lock},
};

constexpr Strategy kStrategies[] = {Strategy::kAuto, Strategy::kPct};

}  // namespace

// Skipped when the tests are run: it checks nothing itself. The case below runs it by its name in
// fresh processes, 50 times, and compares what they print.
TEST_CASE("prints every report" * doctest::skip()) {
  for (const Program& program : kPrograms) {
    for (const Strategy strategy : kStrategies) {
      for (const bool past_races : {false, true}) {
        Options options;
        options.strategy = strategy;
        options.executions = kBudget;
        if (past_races) options.ignore = {Rule::kDataRace};
        const Result result = run(program.body, options);
        std::printf("%s, strategy %d, past races %d\n%s\n", program.name,
                    static_cast<int>(strategy), past_races, tests::describe(result).c_str());
      }
    }
  }
}

TEST_CASE("addresses are randomised here, or this test would show little") {
  std::ifstream setting("/proc/sys/kernel/randomize_va_space");
  int level = 0;
  setting >> level;
  WARN_GT(level, 0);
}

TEST_CASE("50 runs, loaded or idle, on one core or all, print the same bytes") {
  const std::string first = tests::output_of({.test_case = "prints every report"});
  REQUIRE_GT(first.size(), 1000);
  const auto same_again = [&first](int runs, bool one_core) {
    for (int run = 0; run < runs; ++run) {
      const std::string again =
          tests::output_of({.test_case = "prints every report", .one_core = one_core});
      if (again == first) continue;
      const auto [here, there] =
          std::mismatch(first.begin(), first.end(), again.begin(), again.end());
      const auto line = std::count(first.begin(), here, '\n') + 1;
      FAIL("run ", run, ", one core ", one_core, ": differs from line ", line, " on:\n",
           std::string(here, first.end()).substr(0, 300), "\n--- and again ---\n",
           std::string(there, again.end()).substr(0, 300));
    }
  };
  constexpr int kEach = kRuns / 4;
  same_again(kEach, false);
  same_again(kEach, true);
  const tests::Load load;
  same_again(kEach, false);
  same_again(kRuns - 1 - 3 * kEach, true);
}

}  // namespace lockstep
