#ifndef GRADER_JUDGE_GRADE_H_
#define GRADER_JUDGE_GRADE_H_

#include <string>
#include <vector>

#include "grader/judge/compile.h"
#include "grader/judge/kit.h"
#include "grader/judge/run_cases.h"
#include "grader/judge/verdict.h"

namespace lockstep::judge {

struct GradeRequest {
  std::string kit;  // directories
  std::string toolkit;
  std::string submission;
  std::string own_labs;  // see read_submission
  std::string scratch;   // see Workshop
  bool require_jail = false;
  std::string schedule;
  std::optional<std::uint64_t> seed;
  Limits compile_limits = kCompileLimits;
  Limits run_limits = kRunLimits;
  // How often the cases of the one program that was built are run, each time in new processes.
  int repeat = 1;
  Choice chosen;  // which cases to run; none: all of them
  // Build only the test files that hold the chosen cases, which takes less time. It is another
  // program than the whole one: neither can replay the other's schedules.
  bool narrow = false;
};

// Grades a submission: scan, compile, run, account, verdict. Blocks until everything it started has
// ended. One verdict for each repeat; a single one when the cases cannot be run at all. Throws
// std::runtime_error when the kit or the toolkit cannot be read.
std::vector<Verdict> grade(const GradeRequest& request);

// The expected cases of a lab, from a run of its reference solution (`request.submission`). Throws
// std::runtime_error when it does not compile or its account is not complete. A case that it does
// not pass is named in `complaints`.
std::vector<ExpectedCase> list(const GradeRequest& request, std::vector<std::string>& complaints);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_GRADE_H_
