// ./lab verify: the course checks itself. Every submission is built, and its cases are run in every
// repeat; nothing is taken from a cache.

#include "grader/cli/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "grader/cli/at_once.h"
#include "grader/cli/build.h"
#include "grader/cli/cases.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/judging.h"
#include "grader/expectation/expectation.h"
#include "grader/skeleton/skeleton.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

using Kind = CourseSubmission::Kind;

void add_folders(const fs::path& parent, Kind kind, const std::string& lab,
                 std::vector<CourseSubmission>& submissions) {
  std::set<fs::path> folders;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, none)) {
    if (entry.is_directory()) folders.insert(entry.path());
  }
  for (const fs::path& folder : folders) {
    const std::string name = parent.filename().string() + "/" + folder.filename().string();
    submissions.push_back({kind, lab, name, folder});
  }
}

// Everything but what time it took.
std::string without_times(judge::Verdict verdict) {
  verdict.seconds = {};
  for (judge::CaseVerdict& one : verdict.cases) one.seconds = 0;
  return judge::write(verdict);
}

// What is run of a submission: of a wrong one the cases it names, of the others all.
std::vector<int> cases_to_run(const CourseSubmission& submission,
                              const std::vector<KnownCase>& known) {
  if (submission.kind != Kind::kWrong) return {};
  std::vector<int> numbers;
  try {
    for (const std::string& name : cases_of(marks_in(submission.folder))) {
      const auto found = std::ranges::find(known, name, &KnownCase::name);
      if (found != known.end()) numbers.push_back(found->number);
    }
  } catch (const ExpectationError&) {
    // complaints() says so.
  }
  return numbers;
}

// Builds every submission and runs its cases `repeat` times. What was found of each, in their
// order.
std::vector<Judged> judge_all(const Built& built, const std::vector<CourseSubmission>& submissions,
                              int repeat) {
  std::vector<Judged> judged(submissions.size());
  for_each_at_once(submissions.size(), [&](std::size_t index) {
    const CourseSubmission& submission = submissions[index];
    JudgeRequest request;
    request.lab = submission.lab;
    request.submission = submission.folder;
    request.repeat = repeat;
    request.cases = cases_to_run(submission, cases_in(built.kit(submission.lab)));
    request.narrow = true;
    for (judge::Verdict& verdict : judge_repeatedly(built, request)) {
      add_verdict(submission, std::move(verdict), judged[index]);
    }
  });
  return judged;
}

}  // namespace

std::vector<CourseSubmission> submissions_of(const Workspace& workspace, const std::string& lab,
                                             const fs::path& scratch) {
  const fs::path solution = workspace.solution(lab);
  const fs::path skeleton = scratch / lab / "skeleton";
  const fs::path reference = scratch / lab / "reference";
  for (const std::string& file : workspace.files_of(lab)) {
    const std::string text = read_file(solution / file);
    write_file(reference / file, text);
    try {
      write_file(skeleton / file, skeleton_of(text));
    } catch (const SkeletonError& error) {
      throw Error(fmt::format("solutions/{}/{}:{}", lab, file, error.what()),
                  "mend the mark (grader/skeleton/skeleton.h explains them)");
    }
  }
  std::vector<CourseSubmission> submissions{{Kind::kSkeleton, lab, "skeleton", skeleton},
                                            {Kind::kReference, lab, "reference", reference}};
  add_folders(solution / "right", Kind::kRight, lab, submissions);
  add_folders(solution / "wrong", Kind::kWrong, lab, submissions);
  return submissions;
}

std::vector<std::string> complaints(const CourseSubmission& submission,
                                    const judge::Verdict& verdict) {
  switch (submission.kind) {
    case Kind::kSkeleton:
      return complaints_unless_zero(verdict);
    case Kind::kReference:
    case Kind::kRight:
      return complaints_unless_full(verdict);
    case Kind::kWrong:
      try {
        return complaints_unless_killed(verdict, marks_in(submission.folder));
      } catch (const ExpectationError& error) {
        return {error.what()};
      }
  }
  return {};
}

void add_verdict(const CourseSubmission& submission, judge::Verdict verdict, Judged& judged) {
  std::vector<std::string> more = complaints(submission, verdict);
  if (judged.first && without_times(verdict) != without_times(*judged.first)) {
    more.emplace_back("another verdict than the first time");
  }
  for (std::string& complaint : more) {
    if (std::ranges::count(judged.complaints, complaint) == 0) {
      judged.complaints.push_back(std::move(complaint));
    }
  }
  for (const judge::CaseVerdict& one : verdict.cases) judged.executions += one.executions;
  // All repeats run the program of one build.
  judged.seconds += judged.first ? verdict.seconds.cases : verdict.seconds.total;
  if (!judged.first) judged.first = std::move(verdict);
}

void count_in(const CourseSubmission& submission, const Judged& judged, LabReport& report) {
  const judge::Verdict& verdict = judged.first.value();
  const int well = judged.complaints.empty() ? 1 : 0;
  report.executions += judged.executions;
  report.seconds += judged.seconds;
  for (const std::string& complaint : judged.complaints) {
    report.shortcomings.push_back(submission.lab + " " + submission.name + ": " + complaint);
  }
  switch (submission.kind) {
    case Kind::kSkeleton:
      report.skeleton_points = verdict.points;
      break;
    case Kind::kReference:
      report.cases = static_cast<int>(verdict.cases.size());
      report.points = verdict.max_points;
      report.reference_points = verdict.points;
      report.exhaustive_cases =
          static_cast<int>(std::ranges::count_if(verdict.cases, [](const judge::CaseVerdict& one) {
            // A case that explores nothing has one way to go.
            return one.outcome == judge::CaseOutcome::kPassed &&
                   (one.exhaustive || one.strategy.empty());
          }));
      break;
    case Kind::kRight:
      ++report.right_total;
      report.right_passed += well;
      break;
    case Kind::kWrong:
      ++report.wrong_total;
      report.wrong_killed += well;
      break;
  }
}

int verify(const Context& context, const VerifyRequest& request) {
  std::vector<Lab> labs;
  for (const std::string& name : request.labs) labs.push_back(context.course.find(name));
  if (labs.empty()) {
    std::ranges::copy_if(context.course.labs(), std::back_inserter(labs), &Lab::standing);
  }
  const Built built = build(context.workspace, labs);

  const TemporaryDirectory scratch;
  std::vector<CourseSubmission> submissions;
  std::vector<LabReport> reports;
  for (const Lab& lab : labs) {
    LabReport& report = reports.emplace_back();
    report.lab = lab.name;
    for (const CourseSubmission& one :
         submissions_of(context.workspace, lab.name, scratch.path())) {
      submissions.push_back(one);
    }
    for (const std::string& file : context.workspace.files_of(lab.name)) {
      const std::string generated = read_file(scratch.path() / lab.name / "skeleton" / file);
      if (read_file_if_any(context.workspace.lab(lab.name) / file) != generated) {
        report.shortcomings.push_back(fmt::format(
            "{} labs/{}/{} is not the skeleton that the solution makes; ./lab skeleton {} renews "
            "it (a student who has edited it may ignore this)",
            lab.name, lab.name, file, lab.name));
      }
    }
  }
  const std::vector<Judged> judged = judge_all(built, submissions, request.repeat);
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    LabReport& report = *std::ranges::find(reports, submissions[i].lab, &LabReport::lab);
    count_in(submissions[i], judged[i], report);
  }

  fmt::print("{}", request.json ? verify_json(reports) : verify_table(reports));
  const bool well =
      std::ranges::all_of(reports, [](const LabReport& one) { return one.shortcomings.empty(); });
  if (request.json && !well) {
    for (const LabReport& report : reports) {
      for (const std::string& what : report.shortcomings) fmt::print(stderr, "short: {}\n", what);
    }
  }
  return well ? kAllWell : kShort;
}

}  // namespace lockstep::cli
