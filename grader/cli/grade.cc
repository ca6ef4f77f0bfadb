// ./lab grade: the judge's verdict on the student's files, as a report.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "grader/cli/build.h"
#include "grader/cli/cases.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/judging.h"
#include "grader/cli/state.h"
#include "grader/cli/submission.h"
#include "grader/report/console.h"
#include "grader/report/json.h"

namespace lockstep::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int grade(const Context& context, const GradeRequest& request) {
  const Clock::time_point start = Clock::now();
  const Lab& lab = context.course.find(request.lab);
  const std::filesystem::path submission =
      submission_folder(context.workspace, lab.name, request.submission);
  const Built built = build(context.workspace, {lab});
  const double building = seconds_since(start);

  JudgeRequest judging;
  judging.lab = lab.name;
  judging.submission = submission;
  if (!request.wanted.empty()) {
    judging.cases = {find_case(cases_in(built.kit(lab.name)), request.wanted, lab.name).number};
  }
  if (request.own) judging.own_labs = context.workspace.root() / "labs";
  const judge::Verdict verdict = judge(built, judging);
  const double judged = seconds_since(start) - building;

  const bool is_whole = request.submission.empty() && request.wanted.empty() && !request.own;
  const bool is_graded = verdict.outcome == judge::Outcome::kGraded;
  if (is_whole && is_graded) State(context.workspace).remember(verdict);

  if (request.json) {
    fmt::print("{}", report::json(verdict));
  } else {
    report::ConsoleOptions options;
    options.colour = context.terminal.colour;
    options.width = context.terminal.width;
    options.timing = request.timing;
    options.all_errors = request.all;
    options.every_step = request.all;
    constexpr int kEvery = 1'000'000;
    if (request.all) options.in_full = kEvery;
    fmt::print("{}", report::console(verdict, options));
  }
  std::fflush(stdout);
  if (request.timing) {
    const judge::Seconds& inside = verdict.seconds;
    fmt::print(stderr,
               "time: {:.2f} s in all: grader up to date {:.2f}, judge {:.2f} (build {:.2f}, cases "
               "{:.2f}, the rest {:.2f}), report {:.2f}\n",
               seconds_since(start), building, judged, inside.build, inside.cases,
               judged - inside.build - inside.cases, seconds_since(start) - building - judged);
  }
  return exit_code(verdict);
}

}  // namespace lockstep::cli
