#ifndef GRADER_REPORT_FAILURE_H_
#define GRADER_REPORT_FAILURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "grader/judge/verdict.h"
#include "grader/report/style.h"

namespace lockstep::report {

struct FailureOptions {
  int columns = 100;        // width of a line
  bool every_step = false;  // see TableOptions
};

// What went wrong in one case, from the rule in a sentence to why it matters. `lab` is left out of
// file names. Lines without line ends.
std::vector<std::string> failure_lines(const judge::CaseVerdict& failed, std::string_view lab,
                                       const FailureOptions& options, const Style& style);

// "in the 3rd interleaving searched"; empty for a case that
// explores nothing.
std::string search_text(const judge::CaseVerdict& failed);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_FAILURE_H_
