#ifndef GRADER_REPORT_JUNIT_H_
#define GRADER_REPORT_JUNIT_H_

#include <string>

#include "grader/judge/verdict.h"

namespace lockstep::report {

// JUnit's XML, for Bazel's XML_OUTPUT_FILE and every CI that reads it. One testcase a case, with
// points, earned, rule, schedule, executions, exhaustive and seed as properties. A broken rule is a
// `failure`, what is nobody's fault an `error`, a case that was not run is `skipped`. A submission
// that could not be built has a testcase "build" in front that says so.
std::string junit(const judge::Verdict& verdict);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_JUNIT_H_
