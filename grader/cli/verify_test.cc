#include "grader/cli/verify.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"

namespace lockstep::cli {
namespace {

using judge::CaseOutcome;
using judge::Verdict;
using Kind = CourseSubmission::Kind;

Verdict verdict(bool first_passes, bool second_passes, Rule rule = Rule::kDataRace) {
  Verdict verdict;
  verdict.lab = "05_rlock";
  verdict.outcome = judge::Outcome::kGraded;
  int number = 0;
  for (const bool passes : {first_passes, second_passes}) {
    judge::CaseVerdict& one = verdict.cases.emplace_back();
    one.number = ++number;
    one.name = number == 1 ? "first" : "second";
    one.points = 50;
    one.earned = passes ? 50 : 0;
    one.outcome = passes ? CaseOutcome::kPassed : CaseOutcome::kFailed;
    if (!passes) one.rule = rule;
    one.executions = 10;
    one.strategy = "dpor";
    one.exhaustive = passes && number == 1;
    verdict.points += one.earned;
    verdict.max_points += one.points;
  }
  return verdict;
}

// A repository with one lab.
class Tree {
 public:
  Tree() : workspace_(folder_.path()) {
    write_file(folder_.path() / "solutions/05_rlock/rlock.h",
               "int a;\n// LOCKSTEP BEGIN SOLUTION\nint b;\n// LOCKSTEP END SOLUTION\n");
    write_file(folder_.path() / "solutions/05_rlock/rlock_benchmark.cc", "");
    write_file(folder_.path() / "solutions/05_rlock/BUILD", "");
    add("right/other", "int c;\n");
    add("wrong/races", "// must fail: \"second\" data-race\n// A comment.\n");
    add("wrong/nothing_said", "int d;\n");
  }
  void add(const std::string& name, const std::string& text) {
    write_file(folder_.path() / "solutions/05_rlock" / name / "rlock.h", text);
  }
  std::vector<CourseSubmission> submissions() {
    return submissions_of(workspace_, "05_rlock", folder_.path() / "scratch");
  }
  CourseSubmission named(const std::string& name) {
    for (const CourseSubmission& one : submissions()) {
      if (one.name == name) return one;
    }
    FAIL("no submission " << name);
    return {};
  }

 private:
  const TemporaryDirectory folder_;
  const Workspace workspace_;
};

TEST_CASE("the submissions of a lab: skeleton, reference, right, wrong") {
  Tree tree;
  const std::vector<CourseSubmission> all = tree.submissions();
  REQUIRE(all.size() == 5);
  const char* names[] = {"skeleton", "reference", "right/other", "wrong/nothing_said",
                         "wrong/races"};
  const Kind kinds[] = {Kind::kSkeleton, Kind::kReference, Kind::kRight, Kind::kWrong,
                        Kind::kWrong};
  for (int i = 0; i < 5; ++i) {
    CHECK(all[i].name == names[i]);
    CHECK(all[i].kind == kinds[i]);
    CHECK(std::filesystem::exists(all[i].folder / "rlock.h"));
  }
  CHECK(read_file(all[0].folder / "rlock.h") == "int a;\n");
  CHECK_FALSE(std::filesystem::exists(all[1].folder / "rlock_benchmark.cc"));
}

TEST_CASE("a verdict that is not as it should be is a complaint") {
  Tree tree;
  struct Row {
    const char* what;
    const char* submission;
    Verdict verdict;
    bool well;
  };
  const Row rows[] = {
      {"a skeleton without points", "skeleton", verdict(false, false), true},
      {"a skeleton with points", "skeleton", verdict(true, false), false},
      {"a reference with all points", "reference", verdict(true, true), true},
      {"a reference that fails a case", "reference", verdict(true, false), false},
      {"a right design", "right/other", verdict(true, true), true},
      {"a false alarm", "right/other", verdict(false, true), false},
      {"killed as it says", "wrong/races", verdict(true, false), true},
      {"killed for another rule", "wrong/races", verdict(true, false, Rule::kDeadlock), false},
      {"another case failed", "wrong/races", verdict(false, true), false},
      {"survived", "wrong/races", verdict(true, true), false},
      {"without a mark", "wrong/nothing_said", verdict(true, false), false},
      {"not graded", "reference", Verdict{}, false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.what));
    CHECK(complaints(tree.named(row.submission), row.verdict).empty() == row.well);
  }
}

TEST_CASE("every repeat counts, and a verdict that changes is short") {
  Tree tree;
  const CourseSubmission reference = tree.named("reference");
  Judged judged;
  Verdict first = verdict(true, true);
  first.seconds = {.build = 1, .cases = 0.5, .total = 1.5};
  Verdict slower = verdict(true, true);
  slower.seconds = {.build = 1, .cases = 2.5, .total = 3.5};
  slower.cases[0].seconds = 3;
  add_verdict(reference, first, judged);
  add_verdict(reference, slower, judged);
  CHECK(judged.complaints.empty());
  CHECK(judged.executions == 40);
  CHECK(judged.seconds == 4);  // the build counts once

  Verdict other = verdict(true, true);
  other.cases[1].executions = 11;
  add_verdict(reference, other, judged);
  add_verdict(reference, other, judged);
  REQUIRE(judged.complaints.size() == 1);
  CHECK(judged.complaints[0] == "another verdict than the first time");

  LabReport report;
  count_in(reference, judged, report);
  CHECK(report.cases == 2);
  CHECK(report.points == 100);
  CHECK(report.reference_points == 100);
  CHECK(report.exhaustive_cases == 1);
  CHECK(report.shortcomings ==
        std::vector<std::string>{"05_rlock reference: another verdict than the first time"});
}

TEST_CASE("one repeat that survives is no kill") {
  Tree tree;
  const CourseSubmission wrong = tree.named("wrong/races");
  Judged judged;
  add_verdict(wrong, verdict(true, false), judged);
  LabReport killed;
  count_in(wrong, judged, killed);
  CHECK(killed.wrong_killed == 1);
  add_verdict(wrong, verdict(true, true), judged);
  LabReport survived;
  count_in(wrong, judged, survived);
  CHECK(survived.wrong_total == 1);
  CHECK(survived.wrong_killed == 0);
}

LabReport sample() {
  LabReport report;
  report.lab = "05_rlock";
  report.cases = 11;
  report.points = report.reference_points = 100;
  report.exhaustive_cases = 9;
  report.right_total = report.right_passed = 3;
  report.wrong_total = 12;
  report.wrong_killed = 12;
  report.executions = 123456;
  report.seconds = 41.25;
  return report;
}

TEST_CASE("the table") {
  CHECK(verify_table({sample()}) ==
        "lab       cases  exhaustive  skeleton  reference  right      killed  false alarms  "
        "executions  seconds\n"
        "05_rlock     11    9/11 82%         0    100/100    3/3  12/12 100%             0     "
        "123,456     41.2\n"
        "\nnothing is short\n");
  LabReport lame = sample();
  lame.right_passed = 2;
  lame.shortcomings = {"05_rlock right/other: fails"};
  const std::string text = verify_table({sample(), lame});
  CHECK(text.find("\nshort: 05_rlock right/other: fails\n\n1 thing short\n") != std::string::npos);
  CHECK(text.find("nothing is short") == std::string::npos);
}

TEST_CASE("the object") {
  const nlohmann::json document = nlohmann::json::parse(verify_json({sample()}));
  const nlohmann::json expected = {
      {"lab", "05_rlock"},     {"cases", 11},          {"points", 100},
      {"exhaustive_cases", 9}, {"skeleton_points", 0}, {"reference_points", 100},
      {"right_total", 3},      {"right_passed", 3},    {"wrong_total", 12},
      {"wrong_killed", 12},    {"executions", 123456}, {"seconds", 41.25},
  };
  REQUIRE(document["labs"].size() == 1);
  CHECK(document["labs"][0] == expected);
}

}  // namespace
}  // namespace lockstep::cli
