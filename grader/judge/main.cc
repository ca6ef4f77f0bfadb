// The judge: grades one submission and writes one verdict document.
//
//   judge grade --kit DIR --toolkit DIR --submission DIR --verdict OUT.json ...
//   judge list  --kit DIR --toolkit DIR --submission REFERENCE --cases OUT.json
//
// Exit status of `grade`: 0 all points, 1 not all, 2 it could not be graded (it does not compile,
// or there is no verdict at all). Of `list`: 0, or 2.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "grader/judge/bazel_env.h"
#include "grader/judge/files.h"
#include "grader/judge/grade.h"
#include "grader/judge/supervise.h"
#include "grader/report/junit.h"

namespace lockstep::judge {
namespace {

constexpr int kAllPoints = 0;
constexpr int kNotAll = 1;
constexpr int kNotGraded = 2;

struct Arguments {
  GradeRequest request;
  std::vector<std::string> cases;  // numbers or names; empty: all
  std::string verdict;
  std::string junit;
  std::string cases_file;
};

void add_common(CLI::App& command, Arguments& arguments) {
  GradeRequest& request = arguments.request;
  command.add_option("--kit", request.kit, "the lab, as Bazel made it")->required();
  command.add_option("--toolkit", request.toolkit, "//grader:toolkit")->required();
  command.add_option("--submission", request.submission, "directory with the files")->required();
  command.add_option("--scratch", request.scratch, "where to work; every user can pass through it");
  // The last one counts, so that a caller's defaults can be overridden.
  const auto limit = [&command](const char* name, auto& value, const char* what) {
    command.add_option(name, value, what)->take_last();
  };
  Limits& run = request.run_limits;
  limit("--cpu-limit", run.cpu_seconds, "processor seconds of a case");
  limit("--wall-limit", run.wall_seconds, "seconds of a case; beyond: an error");
  limit("--memory-limit", run.memory_bytes, "bytes");
  limit("--output-limit", run.output_bytes, "bytes printed");
  Limits& compile = request.compile_limits;
  limit("--compile-cpu-limit", compile.cpu_seconds, "processor seconds");
  limit("--compile-memory-limit", compile.memory_bytes, "bytes");
}

int grade_command(Arguments& arguments) {
  const BazelEnv bazel = bazel_env();
  announce_sharding(bazel);
  const PrematureExitGuard guard(bazel);
  if (!arguments.request.seed) arguments.request.seed = bazel.seed;
  arguments.request.chosen = [&](const ExpectedCase& expected) {
    const bool wanted = arguments.cases.empty() ||
                        std::ranges::any_of(arguments.cases, [&](const std::string& one) {
                          return one == std::to_string(expected.number) || one == expected.name;
                        });
    return wanted && bazel.runs(expected.number, expected.name);
  };

  const std::vector<Verdict> verdicts = grade(arguments.request);
  const Verdict& verdict = verdicts.front();
  write_file(arguments.verdict, write(verdict));
  for (std::size_t i = 1; i < verdicts.size(); ++i) {
    write_file(arguments.verdict + "." + std::to_string(i + 1), write(verdicts[i]));
  }
  if (!arguments.junit.empty()) write_file(arguments.junit, report::junit(verdict));
  if (verdict.outcome != Outcome::kGraded) return kNotGraded;
  const bool all = std::ranges::all_of(verdict.cases, [](const CaseVerdict& one) {
    return one.outcome == CaseOutcome::kPassed || one.outcome == CaseOutcome::kNotRun;
  });
  // Nothing run is nothing passed.
  const bool any = std::ranges::any_of(
      verdict.cases, [](const CaseVerdict& one) { return one.outcome == CaseOutcome::kPassed; });
  return all && any ? kAllPoints : kNotAll;
}

int list_command(const Arguments& arguments) {
  std::vector<std::string> complaints;
  const std::vector<ExpectedCase> cases = list(arguments.request, complaints);
  for (const std::string& complaint : complaints) std::cerr << "warning: " << complaint << '\n';
  write_file(arguments.cases_file, write_cases(cases));
  return kAllPoints;
}

int run(int argc, char** argv) {
  CLI::App app("Grades a submission in a jail and writes the verdict document.");
  app.require_subcommand(1);
  Arguments arguments;

  CLI::App& grade = *app.add_subcommand("grade", "grade a submission");
  add_common(grade, arguments);
  grade.add_option("--case", arguments.cases, "only this case: number or name (repeatable)");
  grade.add_flag("--narrow", arguments.request.narrow,
                 "build only the test files that hold those cases; not for replays");
  grade.add_option("--schedule", arguments.request.schedule, "replay this interleaving");
  grade.add_option("--seed", arguments.request.seed, "of the random strategies");
  grade.add_option("--own-labs", arguments.request.own_labs,
                   "directory with the student's own earlier labs");
  grade
      .add_option("--repeat", arguments.request.repeat,
                  "build once, run the cases so often; the later verdicts go to VERDICT.2, ...")
      ->check(CLI::PositiveNumber);
  grade.add_flag("--require-jail", arguments.request.require_jail, "refuse to grade without one");
  grade.add_option("--verdict", arguments.verdict, "where the document goes")->required();
  grade.add_option("--junit", arguments.junit, "where JUnit's XML goes");

  CLI::App& list = *app.add_subcommand("list", "list the cases, from the reference solution");
  add_common(list, arguments);
  list.add_option("--cases", arguments.cases_file, "where the list goes")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kNotGraded;
  }
  return grade.parsed() ? grade_command(arguments) : list_command(arguments);
}

}  // namespace
}  // namespace lockstep::judge

int main(int argc, char** argv) try {
  lockstep::judge::stop_on_signals();
  return lockstep::judge::run(argc, argv);
} catch (const std::exception& error) {
  std::cerr << "judge: " << error.what() << '\n';
  return lockstep::judge::kNotGraded;
}
