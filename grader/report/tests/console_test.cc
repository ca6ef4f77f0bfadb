#include "grader/report/console.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "grader/report/tests/sample_verdicts.h"
#include "grader/report/text.h"

namespace lockstep::report {
namespace {

std::vector<std::string> report(const judge::Verdict& verdict, const ConsoleOptions& options = {}) {
  const std::string text = console(verdict, options);
  REQUIRE(text.ends_with('\n'));
  std::vector<std::string> lines;
  for (const std::string_view line : split_lines(text)) lines.emplace_back(line);
  return lines;
}

// The index of the line; fails the test when it is not there.
std::size_t find(const std::vector<std::string>& lines, const std::string& line) {
  const auto found = std::ranges::find(lines, line);
  std::string all;
  for (const std::string& one : lines) all += one + "\n";
  INFO("in\n" << all);
  REQUIRE_MESSAGE(found != lines.end(), "no line `" << line << "`");
  return found - lines.begin();
}

bool has(const std::vector<std::string>& lines, const std::string& part) {
  return std::ranges::any_of(
      lines, [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

// `expected` stands there line by line, in one piece.
void check_block(const std::vector<std::string>& lines, const std::vector<std::string>& expected) {
  const std::size_t first = find(lines, expected[0]);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    REQUIRE(first + i < lines.size());
    CHECK(lines[first + i] == expected[i]);
  }
}

TEST_CASE("a data race: rule, expected and seen, interleaving, why, next") {
  check_block(
      report(samples::data_race()),
      {
          "03_races · case 2 of 3 · \"two adders lose nothing\"                              "
          "FAILED   0/10 points",
          "",
          "    Data race: two threads use `Counter::value_` at the same time, and at least one of "
          "them writes.",
          "",
          "      expected   value() == 2",
          "      seen       value() == 1",
          "      found      in the 3rd interleaving searched",
          "",
          "         A (counter_test.cc:31)              B (counter_test.cc:32)",
          "      1  counter.h:14  value_ = value_ + 1;",
          "                       reads  value_  0",
          "         -- switch --",
          "      2                                      counter.h:14  value_ = value_ + "
          "1;",
          "                                                           reads  value_  0",
          "      3                                                    writes value_  0 -> "
          "1",
          "         -- switch --",
          "      4                writes value_  0 -> 1  <- B's update is lost",
          "",
          "      A holds no lock, B holds no lock: nothing orders step 3 and step 4.",
          "      1 preemption; no interleaving with fewer shows it.",
          "",
          "    Why: `value_ = value_ + 1` is a read and a write; another thread can run in "
          "between.",
          "         docs/rules/data-race.md",
          "    The same in case 3.",
          "    Next: ./lab hint 03_races --case 2   replay: ./lab replay 03_races --case 2 "
          "--schedule A2B2A",
          "",
          "03_races                                                                              "
          "   0/20 points",
          "  ok      0   1  one adder counts                                        1 "
          "interleaving",
          "  FAIL 0/10   2  two adders lose nothing                                 data-race, 3rd "
          "interleaving",
          "  FAIL 0/10   3  adders and subtracters meet at zero                     data-race, 3rd "
          "interleaving",
          "verified completely: 1 of 3 cases · 2.1 s (build 1.6, cases 0.4)",
          "Next: ./lab hint 03_races",
      });
}

TEST_CASE("a write over what its thread has not read says so") {
  judge::Verdict verdict = samples::data_race();
  verdict.cases[1].interleaving.steps[3].before = "1";
  const std::vector<std::string> lines = report(verdict);
  CHECK(has(lines, "writes value_  1 over 1 (A read 0)"));
  CHECK(has(lines, "<- B's update is lost"));
  // One that overwrites what it has read is told as a change.
  CHECK(has(lines, "writes value_  0 -> 1"));
}

TEST_CASE("a replay is the same report, but for the line that says how it was found") {
  ConsoleOptions options;
  options.only_failures = true;
  const judge::Verdict found = samples::data_race();
  judge::Verdict replayed = found;
  for (judge::CaseVerdict& one : replayed.cases) {
    one.executions = 1;
    one.exhaustive = false;
    one.strategy = "replay";
  }
  const std::vector<std::string> first = report(found, options);
  const std::vector<std::string> again = report(replayed, options);
  REQUIRE(first.size() == again.size());
  const std::size_t how = find(first, "      found      in the 3rd interleaving searched");
  CHECK(again[how] == "      found      replayed from A2B2A");
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (i != how) CHECK(first[i] == again[i]);
  }
}

TEST_CASE("a failure that several cases share is told once") {
  const std::vector<std::string> lines = report(samples::data_race());
  CHECK(std::ranges::count(lines, "      expected   value() == 2") == 1);
  find(lines, "    The same in case 3.");
}

TEST_CASE("a deadlock without steps shows its cycle") {
  check_block(report(samples::deadlock()),
              {
                  "    Deadlock: no thread can go on.",
                  "",
                  "      found      in the 11th interleaving searched",
                  "",
                  "      A  waits at bank.h:22 for  accounts[1].lock   held by B since bank.h:21",
                  "      B  waits at bank.h:22 for  accounts[0].lock   held by A since bank.h:21",
                  "      A -> B -> A",
                  "",
                  "      note (busy-wait): B asked 3 times in a row  bank.h:30",
                  "",
                  "    Why: each of them waits for something that only another one of them can do.",
                  "         docs/rules/deadlock.md",
              });
}

TEST_CASE("when everything holds: how far it was searched, and under which bounds") {
  const std::vector<std::string> expected = {
      "05_rlock                                                                              "
      "100/100 points",
      "  ok   10   1  owner may lock again                                         1 interleaving",
      "  ok   30   2  two threads are never inside together                        all 20 "
      "interleavings",
      "  ok   30   3  a timed lock gives up in time                                all 46 "
      "interleavings [1]",
      "  ok   20   4  nobody is overtaken for ever                                 10,000 of "
      "more, seed 1",
      "  ok   10   5  it is not copyable                                           no threads",
      "  [1] within: time-outs in the order of their deadlines",
      "verified completely: 4 of 5 cases · 2.1 s (build 1.6, cases 0.4)",
  };
  CHECK(report(samples::all_holds()) == expected);
}

TEST_CASE("it does not compile") {
  const std::vector<std::string> expected = {
      "05_rlock could not be built:  rlock.h:27: `owner` was not declared; did you mean `owner_`?",
      "",
      "    27 |     if (owner == std::this_thread::get_id()) {",
      "    (1 of 3 errors; --all shows them)",
      "",
      "    Why: nothing can be run before it compiles.   docs/rules/compile-error.md",
      "    Next: mend it, then ./lab grade 05_rlock",
  };
  CHECK(report(samples::not_built()) == expected);
  const std::vector<std::string> all = report(samples::not_built(), {.all_errors = true});
  find(all, "    (1 of 3 errors)");
  check_block(all, {"    rlock.h:27:9: error: one", "    rlock.h:30:1: error: two"});
}

TEST_CASE("a forbidden shortcut says which and where") {
  check_block(
      report(samples::forbidden()),
      {
          "05_rlock uses what the lab forbids:",
          "    rlock.h:27: `std::recursive_mutex`: it is the lock that you build in this lab",
          "",
          "    27 |   std::recursive_mutex mutex_;",
          "",
          "    Why: the lab asks you to build this yourself.   docs/rules/forbidden.md",
      });
}

TEST_CASE("a loop, an error and a case that was not run are told apart") {
  const std::vector<std::string> lines = report(samples::stuck());
  check_block(lines, {
                         "    Endless loop: thread A has run 2 s of processor time at queue.h:51 "
                         "`while (items_.empty());`",
                         "    without letting go of the lock taken at queue.h:48.",
                         "",
                         "      The cases after it were run in a new process.",
                         "",
                         "      printed    1",
                         "                 2",
                     });
  find(lines, "                 ... and 2 lines more");
  CHECK_FALSE(has(lines, "                 9"));
  find(lines,
       "10_queue · case 2 of 3 · \"put wakes one getter\"                                  ERROR   "
       "0/30 points");
  check_block(lines,
              {
                  "  FAIL 0/40   1  get waits for an item                                    "
                  "              endless-loop",
                  "  ERR  0/30   2  put wakes one getter                                     "
                  "              no verdict",
                  "  -    0/30   3  join waits for task_done                                 "
                  "              not run",
              });
  find(lines, "note: no cgroup: the limit of memory is watched from outside");
}

TEST_CASE("what could not be graded is nobody's zero") {
  const std::vector<std::string> expected = {
      "10_queue could not be graded",
      "note: bubblewrap is not installed and --require-jail was given",
  };
  CHECK(report(samples::not_graded()) == expected);
}

TEST_CASE("hostile text cannot command the terminal") {
  for (const bool colour : {false, true}) {
    const std::string text = console(samples::hostile(), {.colour = colour});
    CHECK(text.find("\x1b[2J") == std::string::npos);
    CHECK(text.find("\x1b]") == std::string::npos);
    CHECK(text.find('\x07') == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
    CHECK(text.find("\x1b[31mred") == std::string::npos);
  }
  const std::vector<std::string> lines = report(samples::hostile());
  check_block(lines, {"      expected   text == \"two", "                 lines\""});
  check_block(lines, {"      printed    <failure/>", "                 \\x1b[31mred\\x1b[0m"});
}

TEST_CASE("many threads share one column, and a long execution keeps both ends") {
  const std::vector<std::string> lines = report(samples::crowd());
  check_block(lines,
              {
                  "         A (buffer_test.cc:40), B (buffer_test.cc:41), C (buffer_test.cc:42), D "
                  "(buffer_test.cc:43),",
                  "         E (buffer_test.cc:44), F (buffer_test.cc:45), G (buffer_test.cc:46), H "
                  "(buffer_test.cc:47)",
                  "      1  A  buffer.h:8  items_.push_back(item);",
                  "                        writes items_",
                  "      2  B  buffer.h:8  items_.push_back(item);",
              });
  check_block(
      lines, {"     12  D              writes items_", "         ... 40 steps left out (--all) ...",
              "     53  E  buffer.h:8  items_.push_back(item);"});
  find(lines, "    100  D              writes items_");
}

judge::Verdict long_runs() {
  judge::Verdict verdict = samples::crowd();
  judge::CaseVerdict& one = verdict.cases[0];
  one.interleaving.threads.resize(2);
  one.interleaving.steps.resize(30);
  for (Step& step : one.interleaving.steps) step.thread = step.number <= 25 ? "A" : "B";
  return verdict;
}

TEST_CASE("a long run of one thread keeps its ends, and what the text speaks of") {
  judge::Verdict verdict = long_runs();
  check_block(report(verdict), {
                                   "                     writes items_",
                                   "      2              writes items_",
                                   "      3              writes items_",
                                   "         ... 19 steps left out (--all) ...",
                                   "     23  buffer.h:8  items_.push_back(item);",
                                   "                     writes items_",
                                   "     24              writes items_",
                                   "     25              writes items_",
                                   "         -- switch --",
                               });
  verdict.cases[0].details = {"nothing orders step 10 and step 26"};
  check_block(report(verdict), {
                                   "         ... 6 steps left out (--all) ...",
                                   "     10  buffer.h:8  items_.push_back(item);",
                                   "                     writes items_",
                                   "         ... 12 steps left out (--all) ...",
                               });
  const std::vector<std::string> all = report(verdict, {.every_step = true});
  CHECK_FALSE(has(all, "left out"));
  CHECK(std::ranges::count(all, "     20              writes items_") == 1);
}

TEST_CASE("loop turns are folded, and a schedule is never broken") {
  const std::vector<std::string> lines = report(samples::folded());
  check_block(lines, {
                         "         A (lock_test.cc:7)",
                         "      1  lock.h:12  while (locked_.load()) {}",
                         "                    reads  locked_  true  (repeats 12x)",
                     });
  find(lines, "    Next: ./lab hint 04_lock --case 1");
  find(lines, "    replay: ./lab replay 04_lock --case 1 --schedule " + std::string(120, 'A'));
}

TEST_CASE("no line is wider than asked for, but for what is there to be copied") {
  for (const auto& [name, verdict] : samples::all()) {
    for (const int columns : {60, 72, 100, 160}) {
      for (const std::string& line : report(verdict, {.width = columns})) {
        if (line.find("./lab ") != std::string::npos) continue;
        CAPTURE(name);
        CAPTURE(columns);
        CAPTURE(line);
        CHECK(width(line) <= columns);
      }
    }
  }
}

TEST_CASE("colours change nothing but colours") {
  for (const auto& [name, verdict] : samples::all()) {
    const std::string plain = console(verdict, {});
    std::string coloured = console(verdict, {.colour = true});
    CAPTURE(name);
    CHECK(plain.find('\x1b') == std::string::npos);
    CHECK(coloured.find('\x1b') != std::string::npos);
    for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;) {
      coloured.erase(at, coloured.find('m', at) - at + 1);
    }
    CHECK(coloured == plain);
  }
}

TEST_CASE("only so many failures in full, and --all for the rest") {
  judge::Verdict verdict = samples::data_race();
  verdict.cases[2].message = "Data race: another one.";
  const std::vector<std::string> one = report(verdict, {.in_full = 1});
  CHECK_FALSE(has(one, "another one."));
  find(one, "Next: ./lab hint 03_races   the other failures: ./lab grade 03_races --all");
  CHECK(has(report(verdict, {.in_full = 2}), "another one."));
}

}  // namespace
}  // namespace lockstep::report
