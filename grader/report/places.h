#ifndef GRADER_REPORT_PLACES_H_
#define GRADER_REPORT_PLACES_H_

#include <string>
#include <vector>

#include "grader/judge/verdict.h"

namespace lockstep::report {

struct QuotedLine {
  std::string file;  // "rlock.h"
  int line = 0;
  std::string text;  // without its indentation; empty where the verdict does not quote it

  bool operator==(const QuotedLine&) const = default;
};

// The lines of the submission that a failed case is about: those that its message or details name,
// and those of the steps that they name ("nothing orders step 1 and step 4"). In the order in which
// they are named, each once. Empty where only the test's own lines are known.
std::vector<QuotedLine> places_in(const judge::Submission& submission,
                                  const judge::CaseVerdict& verdict);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_PLACES_H_
