#ifndef GRADER_EXPLORER_TESTS_ROWS_H_
#define GRADER_EXPLORER_TESTS_ROWS_H_

// What the tests of the explorer have in common: a row is a small program (the body) and what every
// strategy, on both back ends, must say about it.
//
//   TEST_CASE("a mutex keeps two increments apart") {
//     holds([] { ... EXPECT(counter == 2); });
//   }
//   TEST_CASE("two increments without a lock") {
//     finds(Rule::kDataRace, {"Counter::value_"}, [] { ... });
//   }
//
// Time in a body is virtual on either back end: an hour of sleep costs nothing, and nothing in a
// row waits for a real clock. A comment beside each sleep or time-out says what it stands for.

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/describe.h"

// Inside a body: ends the execution with check-failed unless `condition` holds.
#define EXPECT(condition) \
  ((condition) ? void() : ::lockstep::fail("a check of the row failed", #condition))

namespace lockstep::tests {

using Body = std::function<void()>;

// A strategy on a back end, with the executions that a row is worth there.
struct Way {
  const char* name;
  Strategy strategy;
  bool real_threads;
  long silent;  // executions in which a correct row must stay silent
  long found;   // executions within which a faulty row must be found
};

// The real-thread back end makes the same decisions, only slower: a few executions show that.
inline constexpr Way kWays[] = {
    {"random", Strategy::kRandom, false, 500, 5'000},
    {"pct", Strategy::kPct, false, 500, 5'000},
    {"bounded", Strategy::kBounded, false, 3'000, 20'000},
    {"dpor", Strategy::kDpor, false, 10'000, 10'000},
    {"auto", Strategy::kAuto, false, 1'000, 10'000},
    {"random on real threads", Strategy::kRandom, true, 20, 2'000},
    {"dpor on real threads", Strategy::kDpor, true, 50, 2'000},
};

// Everything a finding says, in one string: for messages, and to look for names in.
inline std::string text_of(const Finding& finding) {
  std::string text = std::string(name_of(finding.rule)) + ": " + finding.message;
  if (!finding.expected.empty()) text += "\n  expected " + finding.expected;
  if (!finding.seen.empty()) text += "\n  seen " + finding.seen;
  for (const std::string& detail : finding.details) text += "\n  " + detail;
  for (const Step& step : finding.steps) {
    text += "\n  " + std::to_string(step.number) + " " + step.thread + " " + step.place.file + ":" +
            std::to_string(step.place.line) + " " + step.operation + " " + step.object + " " +
            step.before + " -> " + step.after;
  }
  return text + "\n  schedule " + finding.schedule;
}

inline std::string text_of(const Result& result) {
  std::string text = result.error.empty() ? "" : "error: " + result.error + "\n";
  return text + (result.finding ? text_of(*result.finding) : "no finding");
}

enum class Size {
  kComplete,  // DPOR finishes within its executions and says so
  kSampled,   // too many interleavings (or an unbounded back-off): the row says which
  kFew,       // each execution takes long: a few must do
};

// Nothing is found in `body`, whatever the strategy.
inline void holds(const Body& body, Options options = {}, Size size = Size::kComplete) {
  for (const Way& way : kWays) {
    options.strategy = way.strategy;
    options.real_threads = way.real_threads;
    options.executions = size == Size::kFew ? std::min(way.silent, 20L) : way.silent;
    const Result result = run(body, options);
    const std::string seen = text_of(result);
    INFO(std::string(way.name), " after ", result.executions, " executions: ", seen);
    CHECK(result.error.empty());
    CHECK_FALSE(result.finding.has_value());
    CHECK(result.executions > 0);
    if (size == Size::kComplete && way.strategy == Strategy::kDpor && !way.real_threads) {
      CHECK(result.exhaustive);
    }
  }
}

inline void holds_sampled(const Body& body, const Options& options = {}) {
  holds(body, options, Size::kSampled);
}

inline const std::vector<Strategy> kEveryStrategy{
    Strategy::kRandom, Strategy::kPct, Strategy::kBounded, Strategy::kDpor, Strategy::kAuto};

// Each of `strategies` finds that `body` breaks `rule`; the report says each of `names` somewhere;
// and its schedule, replayed on either back end, gives the same report at once.
inline void finds(Rule rule, const std::vector<std::string>& names, const Body& body,
                  Options options = {}, const std::vector<Strategy>& strategies = kEveryStrategy) {
  for (const Way& way : kWays) {
    if (std::count(strategies.begin(), strategies.end(), way.strategy) == 0) continue;
    options.strategy = way.strategy;
    options.real_threads = way.real_threads;
    options.executions = way.found;
    options.schedule.clear();
    const Result result = run(body, options);
    const std::string seen = text_of(result);
    INFO(std::string(way.name), " after ", result.executions, " executions: ", seen);
    CHECK(result.error.empty());
    CHECK(result.finding.has_value());
    if (!result.finding) continue;
    CHECK(name_of(result.finding->rule) == name_of(rule));
    CHECK_FALSE(result.finding->message.empty());
    for (const std::string& name : names) {
      INFO("the report must say ", name);
      CHECK(seen.find(name) != std::string::npos);
    }
    options.schedule = result.finding->schedule;
    CHECK_FALSE(options.schedule.empty());
    for (const bool real_threads : {false, true}) {
      options.real_threads = real_threads;
      const Result replay = run(body, options);
      const std::string again = text_of(replay);
      INFO("replay on real threads ", real_threads, ": ", again);
      CHECK(replay.executions == 1);
      CHECK(again == seen);
      if (replay.finding) CHECK(describe(*replay.finding) == describe(*result.finding));
    }
  }
}

inline void finds(Rule rule, const Body& body, const Options& options = {}) {
  finds(rule, {}, body, options);
}

// Shows that an outcome can happen at all: `body` calls EXPECT with its opposite.
inline void reaches(const Body& body, const Options& options = {}) {
  finds(Rule::kCheckFailed, body, options);
}

// For programs that spin on purpose: the spin is a note, what it leads to is still found.
inline Options spinning() {
  Options options;
  options.only_note = {Rule::kBusyWait};
  return options;
}

// Time moves only when nobody can run: for rows whose times are exact.
inline Options strict_clock() {
  Options options;
  options.clock = Clock::kStrict;
  return options;
}

// Sleepers and timed waiters may be overtaken by time: for rows that show what then goes wrong.
inline Options slow_threads() {
  Options options;
  options.clock = Clock::kSlowThreads;
  return options;
}

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_ROWS_H_
