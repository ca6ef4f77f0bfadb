#include "grader/cli/mutate.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "grader/cli/files.h"

namespace lockstep::cli {
namespace {

using judge::CaseOutcome;
using judge::Verdict;
using mutants::Report;
using Fate = mutants::Judgement::Fate;

Verdict verdict(std::initializer_list<CaseOutcome> outcomes) {
  Verdict verdict;
  verdict.outcome = judge::Outcome::kGraded;
  for (const CaseOutcome outcome : outcomes) {
    judge::CaseVerdict& one = verdict.cases.emplace_back();
    one.number = static_cast<int>(verdict.cases.size());
    one.name = "a case";
    one.outcome = outcome;
    if (outcome == CaseOutcome::kFailed) one.rule = Rule::kLostWakeup;
    if (outcome == CaseOutcome::kError) one.message = "too slow";
  }
  return verdict;
}

TEST_CASE("what a verdict says of a mutant") {
  const auto none = CaseOutcome::kNotRun;
  const auto passed = CaseOutcome::kPassed;
  const auto failed = CaseOutcome::kFailed;
  const auto error = CaseOutcome::kError;
  CHECK(judgement_of(verdict({passed, none})).fate == Fate::kSurvived);
  CHECK(judgement_of(verdict({none, failed, passed})).fate == Fate::kKilled);
  CHECK(judgement_of(verdict({none, failed, passed})).by == "case 2 \"a case\" lost-wakeup");
  // One that fails is enough, whatever the machine did to another.
  CHECK(judgement_of(verdict({error, failed})).fate == Fate::kKilled);
  CHECK(judgement_of(verdict({passed, error})).fate == Fate::kNotJudged);
  CHECK(judgement_of(verdict({passed, error})).by == "too slow");
  CHECK(judgement_of(verdict({none, none})).fate == Fate::kNotJudged);  // no run is no pass
  Verdict not_built;
  not_built.outcome = judge::Outcome::kNotBuilt;
  CHECK(judgement_of(not_built).fate == Fate::kNotBuilt);
  CHECK(judgement_of(Verdict{}).fate == Fate::kNotJudged);
}

TEST_CASE("test files, and which of them is likely to kill") {
  const TemporaryDirectory kit;
  write_file(kit.path() / "04_lock/basics_test.cc", "Lock lock; lock.lock(); Tables; transfer");
  write_file(kit.path() / "04_lock/table_test.cc", "Table table; lab::Table other; put_down(1);");
  const std::vector<TestFile> files =
      test_files(kit.path(), {{1, "a", 50, {}, "04_lock/basics_test.cc"},
                              {2, "b", 25, {}, "04_lock/table_test.cc"},
                              {3, "c", 25, {}, "04_lock/basics_test.cc"}});
  REQUIRE(files.size() == 2);
  CHECK(files[0].cases == std::vector<int>{1, 3});
  CHECK(files[1].cases == std::vector<int>{2});

  mutants::Mutant mutant;
  mutant.around = {"Table", "left"};
  CHECK(by_likelihood(files, mutant).front() == &files[1]);
  mutant.around = {"Lock", "lock"};
  CHECK(by_likelihood(files, mutant).front() == &files[0]);
  mutant.around = {"unknown"};
  CHECK(by_likelihood(files, mutant).front() == &files[0]);
}

Report sample() {
  Report report;
  report.lab = "05_rlock";
  report.mutants = 114;
  report.killed = 107;
  report.equivalent = 6;
  report.weak_memory = 1;
  report.not_built = 2;
  report.seconds = 120.4;
  return report;
}

Report short_sample() {
  Report report = sample();
  mutants::Survivor& one = report.survivors.emplace_back();
  one.mutant.file = "rlock.h";
  one.mutant.line = 241;
  one.mutant.operator_name = "drop-notify";
  one.mutant.what = "drops `notify();`";
  one.difference = "@@ line 241 @@\n-  notify();\n";
  report.shortcomings = {"rlock.h:3: equivalent drop-lock: line 4 has no such mutant"};
  return report;
}

TEST_CASE("a report is well without survivors and shortcomings") {
  CHECK(sample().is_well());
  Report stale = short_sample();
  stale.survivors.clear();
  CHECK_FALSE(stale.is_well());
  Report survived = short_sample();
  survived.shortcomings.clear();
  CHECK_FALSE(survived.is_well());
}

TEST_CASE("the table") {
  const std::string table =
      "lab       mutants  killed  equivalent  weak memory  survivors  not compiled  seconds\n"
      "05_rlock      114     107           6            1          ";
  CHECK(mutate_table({sample()}) == table + "0             2      120\n\nnothing is short\n");
  CHECK(mutate_table({short_sample()}) ==
        table +
            "1             2      120\n"
            "\nsurvivor: 05_rlock rlock.h:241:drop-notify: drops `notify();`\n"
            "@@ line 241 @@\n-  notify();\n"
            "\nshort: 05_rlock rlock.h:3: equivalent drop-lock: line 4 has no such mutant\n"
            "\n2 things short\n");
}

TEST_CASE("the object") {
  const nlohmann::json document = nlohmann::json::parse(mutate_json({short_sample()}));
  REQUIRE(document["labs"].size() == 1);
  const nlohmann::json expected = {
      {"lab", "05_rlock"},
      {"mutants", 114},
      {"killed", 107},
      {"equivalent", 6},
      {"weak_memory", 1},
      {"not_judged", 0},
      {"not_built", 2},
      {"survivors",
       {{{"id", "rlock.h:241:drop-notify"},
         {"file", "rlock.h"},
         {"line", 241},
         {"operator", "drop-notify"},
         {"what", "drops `notify();`"},
         {"difference", "@@ line 241 @@\n-  notify();\n"}}}},
      {"shortcomings", {"rlock.h:3: equivalent drop-lock: line 4 has no such mutant"}},
      {"seconds", 120.4},
  };
  CHECK(document["labs"][0] == expected);
}

}  // namespace
}  // namespace lockstep::cli
