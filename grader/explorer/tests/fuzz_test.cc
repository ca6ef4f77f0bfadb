// Partial-order reduction against full search, on random programs. The reduction may leave out
// interleavings, never behaviour: both must reach the same final states, stop in the same deadlocks
// and see the same races. Condition variables, semaphores and try_lock are where a reduction goes
// wrong first (their operations release and acquire, or depend on what is not a memory access).

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <utility>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/outcomes.h"
#include "grader/explorer/tests/random_program.h"

namespace lockstep {
namespace {

using tests::RandomProgram;

constexpr int kPrograms = 400;         // compared, not merely tried
constexpr long kFullBudget = 100'000;  // a program whose full search is longer is left out
constexpr std::uint64_t kFirstSeed = 20'240'601;

// Made before the first exploration: a static local would be made again in every execution.
tests::Outcomes final_states;
tests::Outcomes
    stuck_states;  // where the threads of executions stood that did not come to their end

struct Seen {
  Result result;
  std::set<std::uint64_t> states;
  std::set<std::uint64_t> stuck;
  std::set<std::string> races;
};

Seen search(const RandomProgram& program, Strategy strategy, bool spurious_wakeups) {
  Options options;
  options.strategy = strategy;
  options.clock = Clock::kStrict;
  options.executions = kFullBudget;
  options.stop_at_first = false;
  options.spurious_wakeups = spurious_wakeups;
  options.only_note = {Rule::kDataRace};
  final_states.clear();
  stuck_states.clear();
  const std::uint64_t whole = tests::whole_progress(program);
  const auto note_stuck = [whole] {
    if (tests::progress() != whole) stuck_states.add(tests::progress());
  };
  tests::reset_progress();
  Seen seen;
  seen.result = run(
      [&] {
        note_stuck();  // of the execution before this one
        final_states.add(execute(program));
      },
      options);
  note_stuck();
  seen.states = final_states.values();
  seen.stuck = stuck_states.values();
  for (const Note& note : seen.result.notes) {
    seen.races.insert(note.place.file + ":" + std::to_string(note.place.line));
  }
  return seen;
}

std::string rule_of(const Result& result) {
  return result.finding ? std::string(name_of(result.finding->rule)) : "none";
}

}  // namespace

TEST_CASE("the reduction loses no final state, no deadlock and no race") {
  int compared = 0;
  int too_long = 0;
  int stuck = 0;
  long full_executions = 0;
  long dpor_executions = 0;
  for (std::uint64_t seed = kFirstSeed; compared < kPrograms; ++seed) {
    const RandomProgram program = RandomProgram::of_seed(seed);
    const bool spurious = seed % 4 == 0;
    const Seen full = search(program, Strategy::kFull, spurious);
    if (!full.result.exhaustive) {
      ++too_long;
      REQUIRE_MESSAGE(full.result.error.empty(), full.result.error);
      REQUIRE_LT(too_long, kPrograms);
      continue;
    }
    const Seen dpor = search(program, Strategy::kDpor, spurious);
    ++compared;
    stuck += full.result.finding ? 1 : 0;
    full_executions += full.result.executions;
    dpor_executions += dpor.result.executions;

    CAPTURE(seed);
    CAPTURE(program.text());
    CHECK(dpor.result.exhaustive);
    CHECK_EQ(full.states.size(), dpor.states.size());
    CHECK(full.states == dpor.states);
    // The reduction also leaves executions that it found to be redundant, in the middle.
    CHECK(std::ranges::includes(dpor.stuck, full.stuck));
    CHECK_EQ(rule_of(full.result), rule_of(dpor.result));
    CHECK(full.races == dpor.races);
  }
  std::printf(
      "%d programs compared (%d more too long), %d of them can get stuck: full %ld, dpor %ld "
      "executions, %.1f times fewer\n",
      compared, too_long, stuck, full_executions, dpor_executions,
      static_cast<double>(full_executions) / static_cast<double>(dpor_executions));
  CHECK_GE(compared, 300);
  CHECK_GT(stuck, 0);
}

}  // namespace lockstep
