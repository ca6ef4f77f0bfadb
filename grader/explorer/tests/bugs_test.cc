// The bug table: how many executions each strategy needs until a known bug shows.
//
// The bounds are what the prototype behind ../shared/engine.md ("Executions to the first failure")
// needed on these very programs, measured with 100 seeds; where that table has the row, the figures
// agree with it. No strategy may need more than kSlack times as many. A mean over 100 fixed seeds
// is a number like any other here: nothing depends on time or on the machine.
//
// A complete DPOR search must not run more executions than the prototype's. Two rows differ, and
// say so: where the prototype missed traces, the bound is their exact number; and an execution that
// races goes on here, so that the totals of racing rows are the prototype's with races ignored.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/bug_programs.h"

namespace lockstep {
namespace {

constexpr double kSlack = 1.25;
constexpr int kSeeds = 100;
constexpr long kBudget = 20'000;       // of one search with a random strategy
constexpr long kDeepBudget = 300'000;  // of one depth-first search
constexpr double kUnbounded = 0;       // the prototype did not find it, or did not end

// `x++; x++` is read, write, write with g++ -Og, which keeps the value in a register, and read,
// write, read, write with clang -O0. Two threads of that have 14 and 34 traces (counted by
// enumeration), and one more execution goes to a search that starts over: it learnt which code
// races.
#ifdef __clang__
constexpr double kTwiceTotal = 34 + 1;
#else
constexpr double kTwiceTotal = 14 + 1;
#endif

// Executions to the first failure.
struct Baseline {
  double random;    // mean
  double pct2;      // mean, depth 2
  double pct3;      // mean, depth 3
  double bounded1;  // depth-first, at most one preemption
  double bounded2;  // at most two
  double full;      // depth-first
  double dpor;
  double dpor_total;  // executions of the whole search
};

struct Row {
  const char* name;
  void (*body)();
  bool past_races;          // a race is not yet the failure: look for what it does
  std::vector<Rule> rules;  // a right name for the failure
  Baseline baseline;
};

const std::vector<Row>& rows() {
  using enum Rule;
  static const std::vector<Row> table{
      // clang-format off
      // The figures: random, pct2, pct3 | bounded1, bounded2, full | dpor, dpor_total
      {"lost update, as a race", bugs::lost_update, false, {kDataRace},
       {1, 1, 1, 1, 1, 1, 1, 5}},
      {"lost update, as a value", bugs::lost_update, true, {kCheckFailed},
       {3.5, 22.8, 12.6, 6, 6, 6, 3, 5}},
      {"lost update twice, as a race", bugs::lost_update_twice, false, {kDataRace},
       {1, 1, 1, 1, 1, 1, 1, kTwiceTotal}},
      {"lost update twice, as a value", bugs::lost_update_twice, true, {kCheckFailed},
       {2.6, 11.7, 6.8, 7, 7, 7, 3, kTwiceTotal}},
      {"lost update, atomic", bugs::lost_update_atomic, false, {kCheckFailed},
       {1.5, 10.3, 5.3, 7, 7, 7, 2, 34}},
      {"opposite locks", bugs::opposite_locks, false, {kDeadlock},
       {1.5, 9.9, 5.7, 7, 7, 7, 2, 11}},
      {"if around a wait", bugs::if_around_wait, false, {kCheckFailed},
       {7.9, 29.4, 17.5, 47, 50, 60, 15, 46}},
      {"notify before wait", bugs::notify_before_wait, false, {kLostWakeup},
       {1.8, 2.0, 2.4, 1, 1, 1, 1, 3}},
      {"flag without the lock", bugs::flag_without_lock, false, {kLostWakeup},
       {33.2, 38.9, 22.4, kUnbounded, 6, 6, 3, 3}},
      {"double-checked locking", bugs::double_checked_locking, false, {kDataRace},
       {1, 1, 1, 1, 1, 1, 1, 5}},
      {"check then act", bugs::check_then_act, false, {kDataRace, kCheckFailed, kLeak},
       {2.6, 20.9, 9.4, 4, 4, 4, 2, 12}},
      {"barrier notifies one", bugs::barrier_notifies_one, false, {kLostWakeup},
       {1, 1, 1, 1, 1, 1, 1, 13}},
      {"barrier without generation", bugs::barrier_without_generation, false, {kLostWakeup},
       {2.2, 22.4, 10.7, 1, 1, 1, 1, 6}},
      {"use after release", bugs::use_after_release, false, {kUseAfterFree, kDataRace},
       {1, 1, 1, 1, 1, 1, 1, 5}},
      // There are 40 orders in which the mutex can be taken (the full search of either explorer shows
      // them all). The prototype's reduction ended after 34 executions and had seen 30.
      {"one condition for two", bugs::one_condition_for_two, false, {kLostWakeup},
       {10.8, 78.3, 43.5, 119, 358, 651, 19, 40}},
      {"pool stops one", bugs::pool_stops_one, false, {kLostWakeup},
       {1.9, 1.9, 1.5, kUnbounded, 6'460, kUnbounded, kUnbounded, kUnbounded}},
      // clang-format on
  };
  return table;
}

Options options_for(const Row& row, Strategy strategy) {
  Options options;
  options.strategy = strategy;
  options.clock = Clock::kStrict;
  options.executions = kDeepBudget;
  if (row.past_races) options.ignore = {Rule::kDataRace};
  return options;
}

bool right_rule(const Row& row, const Result& result) {
  return result.finding && std::ranges::count(row.rules, result.finding->rule) > 0;
}

std::string told(const Result& result) {
  if (!result.error.empty()) return "error: " + result.error;
  if (!result.finding) return "nothing";
  return std::string(name_of(result.finding->rule)) + ": " + result.finding->message;
}

void check_bound(const char* what, double needed, double baseline) {
  std::printf(" | %s %.6g/%.6g", what, needed, baseline);
  if (baseline == kUnbounded) return;
  CAPTURE(what);
  CHECK_LE(needed, kSlack * baseline);
}

double mean_over_seeds(const Row& row, Strategy strategy, int depth) {
  Options options = options_for(row, strategy);
  options.executions = kBudget;
  options.depth = depth;
  long executions = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    options.seed = static_cast<std::uint64_t>(seed);
    const Result result = run(row.body, options);
    CAPTURE(seed);
    CAPTURE(depth);
    CHECK_MESSAGE(right_rule(row, result), told(result));
    executions += result.executions;
  }
  return static_cast<double>(executions) / kSeeds;
}

double until_found(const Row& row, Strategy strategy, int preemptions) {
  Options options = options_for(row, strategy);
  options.preemptions = preemptions;
  const Result result = run(row.body, options);
  CAPTURE(preemptions);
  CHECK_MESSAGE(right_rule(row, result), told(result));
  return static_cast<double>(result.executions);
}

}  // namespace

TEST_CASE("samplers find every bug of the table as soon as the prototype") {
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    std::printf("%-28s", row.name);
    check_bound("random", mean_over_seeds(row, Strategy::kRandom, 0), row.baseline.random);
    check_bound("pct2", mean_over_seeds(row, Strategy::kPct, 2), row.baseline.pct2);
    check_bound("pct3", mean_over_seeds(row, Strategy::kPct, 3), row.baseline.pct3);
    std::printf("\n");
  }
}

TEST_CASE("bounded and full search find every bug of the table as soon as the prototype") {
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    const Baseline& baseline = row.baseline;
    std::printf("%-28s", row.name);
    if (baseline.bounded1 != kUnbounded) {
      check_bound("bounded 1", until_found(row, Strategy::kBounded, 1), baseline.bounded1);
    }
    if (baseline.bounded2 != kUnbounded) {
      check_bound("bounded 2", until_found(row, Strategy::kBounded, 2), baseline.bounded2);
    }
    if (baseline.full != kUnbounded) {
      check_bound("full", until_found(row, Strategy::kFull, 0), baseline.full);
    }
    std::printf("\n");
  }
}

TEST_CASE("partial-order reduction finds every bug of the table, and ends") {
  for (const Row& row : rows()) {
    if (row.baseline.dpor == kUnbounded) continue;
    CAPTURE(row.name);
    std::printf("%-28s", row.name);
    check_bound("dpor", until_found(row, Strategy::kDpor, 0), row.baseline.dpor);

    Options whole = options_for(row, Strategy::kDpor);
    whole.stop_at_first = false;
    const Result result = run(row.body, whole);
    std::printf(" | total %ld/%.6g\n", result.executions, row.baseline.dpor_total);
    CHECK(result.exhaustive);
    CHECK_LE(static_cast<double>(result.executions), row.baseline.dpor_total);
  }
}

TEST_CASE("a search that may not preempt finds nothing that needs a preemption") {
  Options options;
  options.strategy = Strategy::kBounded;
  options.preemptions = 0;
  options.clock = Clock::kStrict;
  const Result result = run(bugs::lost_update_atomic, options);
  CHECK_FALSE(result.finding);
  CHECK(result.error.empty());
}

}  // namespace lockstep
