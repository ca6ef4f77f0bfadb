// A schedule string is enough to see a finding again: in the same process and in a fresh one, with
// the same report. And the reported interleaving has the fewest preemptions that cause the failure.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/bug_programs.h"
#include "grader/explorer/tests/describe.h"
#include "grader/explorer/tests/fresh_process.h"

namespace lockstep {
namespace {

struct Program {
  const char* name;
  void (*body)();
  bool past_races;
};

constexpr Program kPrograms[] = {
    {"lost update, as a race", bugs::lost_update, false},
    {"lost update, as a value", bugs::lost_update, true},
    {"lost update, atomic", bugs::lost_update_atomic, false},
    {"opposite locks", bugs::opposite_locks, false},
    {"if around a wait", bugs::if_around_wait, false},
    {"notify before wait", bugs::notify_before_wait, false},
    {"flag without the lock", bugs::flag_without_lock, false},
    {"double-checked locking", bugs::double_checked_locking, false},
    {"barrier notifies one", bugs::barrier_notifies_one, false},
    {"barrier without generation", bugs::barrier_without_generation, false},
    {"use after release", bugs::use_after_release, false},
    {"one condition for two", bugs::one_condition_for_two, false},
};

Options options_for(const Program& program) {
  Options options;
  if (program.past_races) options.ignore = {Rule::kDataRace};
  return options;
}

Result replay(const Program& program, const std::string& schedule) {
  Options options = options_for(program);
  options.schedule = schedule;
  return run(program.body, options);
}

// The one program below: a writer counts a cell up to kLast, a reader looks at it kLooks times.
// What the reader must see decides how often one of the two has to be stopped in the middle.
template <int kLast, int... kSeen>
void seen_in_turn() {
  static constexpr int kWanted[] = {kSeen...};
  std::atomic<int> cell{0};
  std::thread writer([&] {
    for (int value = 1; value <= kLast; ++value) cell.store(value);
  });
  std::thread reader([&] {
    bool all = true;
    for (const int wanted : kWanted) all = (cell.load() == wanted) && all;
    if (all) fail("the reader saw the forbidden values");
  });
  writer.join();
  reader.join();
}

struct Minimum {
  int preemptions;
  void (*body)();
};

constexpr Minimum kMinima[] = {
    {0, seen_in_turn<2, 0, 0>},     // the reader runs first
    {1, seen_in_turn<2, 0, 2>},     // the writer runs between the two looks
    {2, seen_in_turn<2, 1, 2>},     // writer, reader, writer to its end, reader
    {3, seen_in_turn<2, 0, 1, 2>},  // reader, writer, reader, writer to its end, reader
};

}  // namespace

TEST_CASE("replays what the environment asks for" * doctest::skip()) {
  const Program& program = kPrograms[std::atoi(std::getenv("LOCKSTEP_TEST_PROGRAM"))];
  const Result result = replay(program, std::getenv("LOCKSTEP_TEST_SCHEDULE"));
  std::printf("%s\n", result.finding ? tests::describe(*result.finding).c_str() : "nothing");
}

TEST_CASE("a schedule replays to the same finding with the same report") {
  for (const Strategy strategy : {Strategy::kAuto, Strategy::kRandom, Strategy::kPct}) {
    for (const Program& program : kPrograms) {
      CAPTURE(program.name);
      CAPTURE(static_cast<int>(strategy));
      Options options = options_for(program);
      options.strategy = strategy;
      const Result found = run(program.body, options);
      REQUIRE(found.finding);
      REQUIRE_FALSE(found.finding->schedule.empty());

      const Result here = replay(program, found.finding->schedule);
      REQUIRE(here.finding);
      CHECK_EQ(here.executions, 1);
      CHECK_EQ(here.strategy, "replay");
      CHECK_EQ(tests::describe(*here.finding), tests::describe(*found.finding));
    }
  }
}

TEST_CASE("a schedule replays to the same finding in a fresh process") {
  int number = 0;
  for (const Program& program : kPrograms) {
    CAPTURE(program.name);
    const Result found = run(program.body, options_for(program));
    REQUIRE(found.finding);
    const Result here = replay(program, found.finding->schedule);
    REQUIRE(here.finding);
    const std::string there =
        tests::output_of({.test_case = "replays what the environment asks for",
                          .environment = {{"LOCKSTEP_TEST_PROGRAM", std::to_string(number++)},
                                          {"LOCKSTEP_TEST_SCHEDULE", found.finding->schedule}}});
    const std::string wanted = tests::describe(*here.finding);
    CAPTURE(wanted);
    CHECK_EQ(there.substr(0, wanted.size()), wanted);
  }
}

TEST_CASE("the reported interleaving has the fewest preemptions") {
  for (const Minimum& minimum : kMinima) {
    CAPTURE(minimum.preemptions);
    const Result result = run(minimum.body);
    REQUIRE(result.finding);
    CHECK_EQ(result.finding->preemptions, minimum.preemptions);
    CHECK(result.finding->fewest);
    CHECK_EQ(std::ranges::count_if(result.finding->steps, &Step::preempts), minimum.preemptions);
  }
}

TEST_CASE("what a new thread did in the step that creates it counts as begun") {
  // The race is seen before its code is known to race: A reads as part of its creation.
  const Result result = run([] {
    int value = 0;
    const auto add = [&] { value = value + 1; };
    std::thread a([&] { add(); });
    std::thread b([&] { add(); });
    a.join();
    b.join();
    if (value != 2) fail("an update is lost");
  });
  REQUIRE(result.finding);
  CAPTURE(tests::describe(*result.finding));
  CHECK(name_of(result.finding->rule) == name_of(Rule::kDataRace));
  CHECK_EQ(result.finding->preemptions, 1);
  CHECK(result.finding->fewest);
  CHECK_EQ(std::ranges::count_if(result.finding->steps, &Step::preempts), 1);
}

TEST_CASE("no switch in mid-sentence is called no preemption") {
  for (const Program& program : kPrograms) {
    CAPTURE(program.name);
    const Result result = run(program.body, options_for(program));
    REQUIRE(result.finding);
    CAPTURE(tests::describe(*result.finding));
    CHECK_LE(std::ranges::count_if(result.finding->steps, &Step::preempts),
             result.finding->preemptions);
  }
}

TEST_CASE("fewer preemptions than needed are never enough") {
  for (const Minimum& minimum : kMinima) {
    if (minimum.preemptions == 0) continue;
    CAPTURE(minimum.preemptions);
    Options options;
    options.strategy = Strategy::kBounded;
    options.preemptions = minimum.preemptions - 1;
    CHECK_FALSE(run(minimum.body, options).finding);
    options.preemptions = minimum.preemptions;
    CHECK(run(minimum.body, options).finding);
  }
}

TEST_CASE("a random walk's finding is reported with fewer preemptions where they do") {
  for (const Minimum& minimum : kMinima) {
    CAPTURE(minimum.preemptions);
    Options options;
    options.strategy = Strategy::kRandom;
    const Result result = run(minimum.body, options);
    REQUIRE(result.finding);
    CHECK_EQ(result.finding->preemptions, minimum.preemptions);
  }
}

TEST_CASE("a schedule of another program does not crash the explorer") {
  for (const char* schedule : {"m3A2B2A1", "A", "m1A99999B1", "m2Z1", "nonsense", "~", "r~m1"}) {
    Options options;
    options.schedule = schedule;
    CAPTURE(schedule);
    const Result result = run(bugs::lost_update_atomic, options);
    CHECK_LE(result.executions, 1);
  }
}

}  // namespace lockstep
