#ifndef GRADER_REPORT_JSON_H_
#define GRADER_REPORT_JSON_H_

#include <string>

#include "grader/judge/verdict.h"

namespace lockstep::report {

// The verdict document itself (grader/judge/verdict.schema.json): a program that reads `--json`
// reads what every other reporter reads.
inline std::string json(const judge::Verdict& verdict) { return judge::write(verdict); }

}  // namespace lockstep::report

#endif  // GRADER_REPORT_JSON_H_
