#include "grader/judge/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>

#include "grader/judge/decide.h"
#include "grader/judge/files.h"
#include "grader/judge/sources.h"
#include "grader/judge/submission.h"
#include "grader/judge/workshop.h"

namespace lockstep::judge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kVersion[] = "0.1";

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The judge is built with the compiler that it calls.
std::string compiler_version() {
#if defined(__GNUC__) && !defined(__clang__)
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  return "g++";
#endif
}

Sources sources_of(const Kit& kit, const SubmittedFiles& submission) {
  Sources sources;
  for (const SubmittedFile& file : submission.files) sources.add(file.name, file.content);
  for (const std::string& test : kit.tests) {
    const std::string name = kit.lab + "/" + test;
    sources.add(name, read_file(kit.directory + "/" + name));
  }
  return sources;
}

// Runs the cases of `built`, a part of the lab's, and puts what came of them into the verdict,
// which has all of the lab's.
void run(const Kit& built, const std::vector<int>& cases, const Workshop& workshop,
         const GradeRequest& request, Verdict& verdict) {
  RunOptions options;
  options.cases = cases;
  options.schedule = request.schedule;
  options.seed = request.seed;
  options.limits = request.run_limits;
  for (CaseVerdict& run : run_cases(built, workshop, options)) {
    const auto place = std::ranges::find(verdict.cases, run.name, &CaseVerdict::name);
    run.number = place->number;
    *place = std::move(run);
  }
}

// The numbers that the chosen cases of the lab have in the program of `built`.
std::vector<int> numbers_in(const Kit& built, const Kit& kit, const Choice& chosen) {
  std::vector<int> numbers;
  for (const ExpectedCase& expected : kit.cases) {
    if (chosen && !chosen(expected)) continue;
    numbers.push_back(std::ranges::find(built.cases, expected.name, &ExpectedCase::name)->number);
  }
  return numbers;
}

void refuse_twins(const std::vector<ExpectedCase>& cases) {
  std::set<std::string> names;
  for (const ExpectedCase& one : cases) {
    if (!names.insert(one.name).second) {
      throw std::runtime_error(fmt::format("two cases are called `{}`: rename one", one.name));
    }
  }
}

}  // namespace

std::vector<Verdict> grade(const GradeRequest& request) {
  const Clock::time_point start = Clock::now();
  const Kit kit = read_kit(request.kit);
  if (kit.cases.empty()) throw std::runtime_error(request.kit + ": no case is expected");
  const SubmittedFiles submission = read_submission(kit, request.submission, request.own_labs);

  Verdict verdict;
  verdict.lab = kit.lab;
  verdict.title = kit.title;
  verdict.submission.hash = submission.hash;
  verdict.submission.own = !request.own_labs.empty();
  for (const SubmittedFile& file : submission.files) verdict.submission.files.push_back(file.name);
  for (const ExpectedCase& expected : kit.cases) {
    verdict.cases.push_back(not_run(expected));
    verdict.max_points += expected.points;
  }

  const Kit built = request.narrow && request.chosen ? narrowed(kit, request.chosen) : kit;
  const Workshop workshop(built, request.toolkit, submission, request.scratch);
  verdict.tools = {kVersion, compiler_version(), workshop.jail().description()};
  verdict.notes = workshop.jail().notes();
  if (request.require_jail && !workshop.jail().is_real()) {
    verdict.outcome = Outcome::kError;
    verdict.build.ok = false;
    verdict.build.message = "A jail is required, and there is none on this machine.";
    verdict.seconds.total = seconds_since(start);
    return {verdict};
  }

  const Clock::time_point compile_start = Clock::now();
  Compilation compilation = compile(built, submission, workshop, request.compile_limits);
  verdict.build = std::move(compilation.build);
  verdict.seconds.build = seconds_since(compile_start);
  verdict.seconds.total = seconds_since(start);
  if (!verdict.build.ok) {
    verdict.outcome = compilation.machine_fault ? Outcome::kError : Outcome::kNotBuilt;
    return {verdict};
  }
  verdict.outcome = Outcome::kGraded;
  const Sources sources = sources_of(built, submission);
  const std::vector<int> numbers = numbers_in(built, kit, request.chosen);
  std::vector<Verdict> verdicts;
  for (int i = 0; i < request.repeat; ++i) {
    const Clock::time_point cases_start = Clock::now();
    Verdict& one = verdicts.emplace_back(verdict);
    run(built, numbers, workshop, request, one);
    for (CaseVerdict& of_case : one.cases) {
      sources.quote(of_case);
      one.points += of_case.earned;
    }
    one.seconds.cases = seconds_since(cases_start);
    one.seconds.total += one.seconds.cases;
  }
  return verdicts;
}

std::vector<ExpectedCase> list(const GradeRequest& request, std::vector<std::string>& complaints) {
  const Kit kit = read_kit(request.kit);
  const SubmittedFiles submission = read_submission(kit, request.submission);
  const Workshop workshop(kit, request.toolkit, submission, request.scratch);
  const Compilation compilation = compile(kit, submission, workshop, request.compile_limits);
  if (!compilation.build.ok) {
    throw std::runtime_error(fmt::format("the reference is not built: {}:{}: {}\n{}",
                                         compilation.build.file, compilation.build.line,
                                         compilation.build.message, compilation.build.output));
  }

  std::vector<ExpectedCase> cases;
  std::vector<int> numbers;
  for (ListedCase& listed : list_cases(workshop, request.run_limits)) {
    ExpectedCase& expected = cases.emplace_back();
    expected.number = listed.number;
    expected.name = std::move(listed.name);
    expected.file = std::move(listed.file);
    expected.line = listed.line;
    expected.points = listed.points;
    expected.hints = std::move(listed.hints);
    numbers.push_back(expected.number);
  }
  refuse_twins(cases);
  const std::vector<CaseAccount> accounts = accounts_of(workshop, numbers, request.run_limits);
  for (ExpectedCase& expected : cases) {
    const auto account = std::ranges::find(accounts, expected.number, &CaseAccount::number);
    if (account == accounts.end() || !account->complete || account->failed > 0) {
      complaints.push_back(
          fmt::format("the reference does not pass case {}, `{}`", expected.number, expected.name));
    }
    if (account == accounts.end()) continue;
    expected.checks = account->checks;
    for (const ExplorationAccount& exploration : account->explorations) {
      expected.explorations.push_back(exploration.checks);
    }
  }
  return cases;
}

}  // namespace lockstep::judge
