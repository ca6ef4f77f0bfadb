#ifndef GRADER_EXPECTATION_EXPECTATION_H_
#define GRADER_EXPECTATION_EXPECTATION_H_

// What the course's own submissions must score: the check that keeps the graded tests honest.
// Solutions and other right designs get every point, skeletons get none, and a wrong submission
// fails the case it names for the rule it names. `bazel test //...` and `./lab verify` both ask
// here.

#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "grader/explorer/rules.h"
#include "grader/judge/verdict.h"

namespace lockstep {

// One line at the top of a wrong submission:
//
//   // must fail: "two threads are never inside together" data-race
//   // must not build: forbidden
//
// The second form has no case: the judge refuses the submission before it runs.
struct MustFail {
  std::string test_case;
  Rule rule{};

  bool operator==(const MustFail&) const = default;
};

// A wrong submission without such a line, or one that cannot be read.
class ExpectationError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The marks in the comment that opens `text`, one at least. Throws ExpectationError.
std::vector<MustFail> must_fail(std::string_view text);

// The marks of a submission's files; of several files any may carry them. Throws ExpectationError
// when none does or one cannot be read.
std::vector<MustFail> marks_in(const std::filesystem::path& submission);

// The cases that have to be run to see whether `marks` hold: none when the submission must not
// build.
std::set<std::string> cases_of(const std::vector<MustFail>& marks);

// Each function returns what is not as it should be, a sentence each: nothing means all is well.

// Every case passed, for `points` in all.
std::vector<std::string> complaints_unless_full(const judge::Verdict& verdict, int points = 100);

// It was built, every case ran to its end, and none of those that count passed.
std::vector<std::string> complaints_unless_zero(const judge::Verdict& verdict);

// Half filled: every case ran to its end, or one place in the student's own files is named that
// does not compile. The points are those of the cases that passed.
std::vector<std::string> complaints_unless_ended(const judge::Verdict& verdict);

// Each of `marks` holds, and costs points. Other cases may fail too for any rule, or not be run.
std::vector<std::string> complaints_unless_killed(const judge::Verdict& verdict,
                                                  const std::vector<MustFail>& marks);

}  // namespace lockstep

#endif  // GRADER_EXPECTATION_EXPECTATION_H_
