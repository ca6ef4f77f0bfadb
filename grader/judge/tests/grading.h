#ifndef GRADER_JUDGE_TESTS_GRADING_H_
#define GRADER_JUDGE_TESTS_GRADING_H_

#include <set>
#include <string>
#include <vector>

#include "grader/judge/verdict.h"

namespace lockstep::judge::testing {

// Grades submissions to the small lab of lab/00_jail with the real judge, and looks at what it
// leaves behind. Where judge and toolkit are comes from the environment (see BUILD).
class Grading {
 public:
  Grading();  // makes the kit: lists the cases from the reference
  Grading(const Grading&) = delete;
  Grading& operator=(const Grading&) = delete;
  ~Grading();

  // An empty directory for a submission.
  std::string new_submission();
  // A submission of one of hostile/*.h: that text, and behind it the reference if it has no Counter
  // of its own.
  std::string hostile(const std::string& name);
  // The reference itself.
  std::string reference();
  // A student's labs, for --own-labs: what 00_jail builds on, as the kit has it, too.
  std::string own_labs() const;

  struct Outcome {
    int status = 0;  // of the judge
    Verdict verdict;
    double seconds = 0;
    std::vector<std::string> left_behind;  // processes, files, control groups; should be empty
  };
  // `prefix` is put in front of the judge's command line. Ends the judge after two minutes, and
  // throws then.
  Outcome grade(const std::string& submission, const std::vector<std::string>& options = {},
                const std::vector<std::string>& prefix = {});

 private:
  int run(const std::vector<std::string>& command, double& seconds, int& pid);

  const std::set<int> strangers_;  // children that this process was started with
  std::string root_;               // everything of ours
  std::string scratch_;            // the judge's
  int submissions_ = 0;
};

}  // namespace lockstep::judge::testing

#endif  // GRADER_JUDGE_TESTS_GRADING_H_
