#ifndef GRADER_REPORT_WHY_H_
#define GRADER_REPORT_WHY_H_

#include <string>
#include <string_view>

#include "grader/explorer/rules.h"

namespace lockstep::report {

// One sentence that says why a program that breaks `rule` is wrong.
std::string_view why(Rule rule);

// "docs/rules/data-race.md"
std::string page(Rule rule);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_WHY_H_
