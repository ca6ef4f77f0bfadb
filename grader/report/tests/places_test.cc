#include "grader/report/places.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace lockstep::report {
namespace {

using Places = std::vector<QuotedLine>;

const judge::Submission kSubmission{.hash = "", .files = {"05_rlock/rlock.h"}, .own = false};

judge::CaseVerdict failed(const std::string& message, const std::vector<std::string>& details) {
  judge::CaseVerdict verdict;
  verdict.outcome = judge::CaseOutcome::kFailed;
  verdict.message = message;
  verdict.details = details;
  verdict.sources["05_rlock/rlock.h"][57] = "    ready_.wait(hold);";
  verdict.sources["05_rlock/rlock.h"][20] = "  ++value_;";
  Step step;
  step.number = 3;
  step.place = {"05_rlock/rlock.h", 20};
  verdict.interleaving.steps.push_back(step);
  step.number = 4;
  step.place = {"05_rlock/rlock_test.cc", 20};
  verdict.interleaving.steps.push_back(step);
  return verdict;
}

TEST_CASE("the line that a message names") {
  CHECK(places_in(kSubmission, failed("Lost wake-up: B waits at rlock.h:57 for `free_`.", {})) ==
        Places{{"rlock.h", 57, "ready_.wait(hold);"}});
}

TEST_CASE("the steps that a detail names, each line once") {
  CHECK(
      places_in(kSubmission, failed("Data race.", {"Nothing orders step 3 and step 4; step 3."})) ==
      Places{{"rlock.h", 20, "++value_;"}});
}

TEST_CASE("a line that is not quoted is named all the same") {
  CHECK(places_in(kSubmission, failed("at rlock.h:9", {})) == Places{{"rlock.h", 9, ""}});
}

TEST_CASE("other files are not the student's") {
  CHECK(places_in(kSubmission, failed("at rlock_test.cc:20, queue.h:57", {"step 4, step 99"}))
            .empty());
}

}  // namespace
}  // namespace lockstep::report
