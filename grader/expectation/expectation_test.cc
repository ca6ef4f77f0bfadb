#include "grader/expectation/expectation.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace lockstep {
namespace {

using judge::CaseOutcome;
using judge::CaseVerdict;
using judge::Outcome;
using judge::Verdict;

using Complaints = std::vector<std::string>;

CaseVerdict passed(const std::string& name, int points) {
  CaseVerdict verdict;
  verdict.name = name;
  verdict.points = verdict.earned = points;
  verdict.outcome = CaseOutcome::kPassed;
  return verdict;
}

CaseVerdict failed(const std::string& name, int points, Rule rule) {
  CaseVerdict verdict;
  verdict.name = name;
  verdict.points = points;
  verdict.outcome = CaseOutcome::kFailed;
  verdict.rule = rule;
  return verdict;
}

Verdict graded(const std::vector<CaseVerdict>& cases) {
  Verdict verdict;
  verdict.outcome = Outcome::kGraded;
  verdict.cases = cases;
  for (const CaseVerdict& each : cases) {
    verdict.points += each.earned;
    verdict.max_points += each.points;
  }
  return verdict;
}

Verdict refused(Rule rule) {
  Verdict verdict;
  verdict.outcome = Outcome::kNotBuilt;
  verdict.build.ok = false;
  verdict.build.rule = rule;
  verdict.build.message = "no";
  verdict.max_points = 100;
  return verdict;
}

TEST_CASE("marks are read from the opening comment alone") {
  const std::vector<MustFail> marks = must_fail(
      "// must fail: \"a \"quoted\" case\" data-race\n"
      "// must fail: \"another\" deadlock\n"
      "// The mistake.\n"
      "// must not build: forbidden\n"
      "#include <mutex>\n"
      "// must fail: \"third\" leak\n");
  CHECK(marks == std::vector<MustFail>{{"a \"quoted\" case", Rule::kDataRace},
                                       {"another", Rule::kDeadlock},
                                       {"", Rule::kForbidden}});
}

TEST_CASE("marks that say nothing are errors") {
  for (const std::string text :
       {"", "int x;", "// a comment\n", "\n// must fail: \"a\" leak\n", "// must fail: a leak\n",
        "// must fail: \"a\"\n", "// must fail: \"a\" no-such-rule\n",
        "// must not build: never"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(must_fail(text), ExpectationError);
  }
}

TEST_CASE("marks tell which cases are to be run") {
  CHECK(cases_of({{"a", Rule::kLeak}, {"b", Rule::kLeak}, {"a", Rule::kCrash}}) ==
        std::set<std::string>{"a", "b"});
  CHECK(cases_of({{"a", Rule::kLeak}, {"", Rule::kForbidden}}).empty());
}

TEST_CASE("full points need every case, and as many points as there are") {
  CHECK(complaints_unless_full(graded({passed("a", 60), passed("b", 40)})).empty());
  CHECK(complaints_unless_full(graded({passed("a", 60)})) ==
        Complaints{"60 points instead of 100"});
  CHECK(complaints_unless_full(graded({passed("a", 100), failed("b", 0, Rule::kLeak)})) ==
        Complaints{"\"b\" should have passed, but failed for leak"});
  CHECK(complaints_unless_full(graded({})).size() == 2);
  CHECK(complaints_unless_full(refused(Rule::kForbidden)) ==
        Complaints{"the submission was not graded: no"});
}

TEST_CASE("a skeleton scores nothing, but runs") {
  CHECK(
      complaints_unless_zero(graded({failed("a", 100, Rule::kException), passed("b", 0)})).empty());
  CHECK(complaints_unless_zero(graded({passed("a", 10)})) ==
        Complaints{"a skeleton passes \"a\", so that case must be worth 0 points"});
  CHECK(complaints_unless_zero(graded({CaseVerdict{}})).size() == 1);
  CHECK(complaints_unless_zero(graded({})).size() == 1);
  CHECK(complaints_unless_zero(refused(Rule::kCompileError)).size() == 1);
}

TEST_CASE("what is half filled ends, and earns what holds") {
  CHECK(complaints_unless_ended(graded({passed("a", 60), failed("b", 40, Rule::kException)}))
            .empty());
  CHECK(complaints_unless_ended(graded({passed("a", 60), CaseVerdict{}})).size() == 1);
  CHECK(complaints_unless_ended(graded({})).size() == 1);
  Verdict verdict = graded({passed("a", 60), failed("b", 40, Rule::kException)});
  verdict.points = 0;
  CHECK(complaints_unless_ended(verdict) == Complaints{"0 points for cases that are worth 60"});
}

TEST_CASE("what is half filled and does not compile names a place in the student's file") {
  Verdict verdict = refused(Rule::kCompileError);
  verdict.submission.files = {"05_rlock/rlock.h"};
  CHECK(complaints_unless_ended(verdict).size() == 1);
  verdict.build.file = "05_rlock/rlock.h";
  verdict.build.line = 7;
  CHECK(complaints_unless_ended(verdict).empty());
  verdict.build.file = "05_rlock/rlock_test.cc";
  CHECK(complaints_unless_ended(verdict).size() == 1);
}

TEST_CASE("a wrong submission fails the case it names for the rule it names") {
  const Verdict verdict = graded({failed("a", 50, Rule::kDataRace), passed("b", 50)});
  CHECK(complaints_unless_killed(verdict, {{"a", Rule::kDataRace}}).empty());
  CHECK(complaints_unless_killed(verdict, {{"a", Rule::kDeadlock}}) ==
        Complaints{"\"a\" should have failed for deadlock, but failed for data-race"});
  CHECK(complaints_unless_killed(verdict, {{"a", Rule::kDataRace}, {"b", Rule::kLeak}}) ==
        Complaints{"\"b\" should have failed for leak, but passed"});
  CHECK(complaints_unless_killed(verdict, {{"c", Rule::kLeak}}) ==
        Complaints{"there is no case \"c\""});
  CHECK(complaints_unless_killed(refused(Rule::kForbidden), {{"a", Rule::kDataRace}}).size() == 1);
}

TEST_CASE("a failure that costs nothing is no failure") {
  const Verdict verdict = graded({passed("a", 100), failed("b", 0, Rule::kLeak)});
  CHECK(complaints_unless_killed(verdict, {{"b", Rule::kLeak}}) ==
        Complaints{"\"b\" costs no points"});
}

TEST_CASE("a submission that must not build is refused for its rule") {
  const std::vector<MustFail> marks{{"", Rule::kForbidden}};
  CHECK(complaints_unless_killed(refused(Rule::kForbidden), marks).empty());
  CHECK(complaints_unless_killed(refused(Rule::kCompileError), marks).size() == 1);
  CHECK(complaints_unless_killed(graded({failed("a", 100, Rule::kLeak)}), marks).size() == 1);
}

}  // namespace
}  // namespace lockstep
