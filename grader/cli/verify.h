#ifndef GRADER_CLI_VERIFY_H_
#define GRADER_CLI_VERIFY_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "grader/cli/course.h"
#include "grader/cli/workspace.h"
#include "grader/judge/verdict.h"

namespace lockstep::cli {

// What `./lab verify` says of one lab.
struct LabReport {
  std::string lab;
  int cases = 0;
  int points = 0;            // of all cases
  int exhaustive_cases = 0;  // that the reference passes with every interleaving that matters run
  int skeleton_points = 0;
  int reference_points = 0;
  int right_total = 0;
  int right_passed = 0;
  int wrong_total = 0;
  int wrong_killed = 0;
  long executions = 0;                    // over all submissions and repeats
  double seconds = 0;                     // wall time of its builds and runs, one after the other
  std::vector<std::string> shortcomings;  // a sentence each
};

// One of the submissions that keep a lab honest, as files in a folder.
struct CourseSubmission {
  enum class Kind { kSkeleton, kReference, kRight, kWrong };
  Kind kind{};
  std::string lab;
  std::string name;  // "wrong/releases_on_timeout"
  std::filesystem::path folder;
};

// The lab's submissions: its skeleton (made in `scratch`), its reference, right/* and wrong/*, in
// this order. Throws Error when the skeleton cannot be made.
std::vector<CourseSubmission> submissions_of(const Workspace& workspace, const std::string& lab,
                                             const std::filesystem::path& scratch);

// What is wrong with the verdict on `submission`, a sentence each; none when it is as it should be.
std::vector<std::string> complaints(const CourseSubmission& submission,
                                    const judge::Verdict& verdict);

// What judging one submission again and again has shown.
struct Judged {
  std::optional<judge::Verdict> first;
  std::vector<std::string> complaints;  // of all repeats, each once
  long executions = 0;                  // over all repeats
  double seconds = 0;
};

// Adds one more verdict. A verdict that differs from the first in anything but times is a complaint
// too.
void add_verdict(const CourseSubmission& submission, judge::Verdict verdict, Judged& judged);

// Counts the submission into its lab's report. It is as it should be when no repeat complained.
void count_in(const CourseSubmission& submission, const Judged& judged, LabReport& report);

// The table for people and the object for programs.
std::string verify_table(const std::vector<LabReport>& reports);
std::string verify_json(const std::vector<LabReport>& reports);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_VERIFY_H_
