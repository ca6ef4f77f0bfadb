#ifndef GRADER_HARNESS_FRAMEWORK_H_
#define GRADER_HARNESS_FRAMEWORK_H_

// What the rest of the harness needs of doctest; its implementation is compiled into framework.cc
// alone, which sees its insides.

#include <string>
#include <vector>

#include "grader/harness/case_listener.h"
#include "grader/harness/decorator_table.h"

namespace lockstep::harness {

struct Case {
  int number = 0;  // from 1, by file and line
  std::string name;
  std::string file;
  int line = 0;
  Decorations decorations;
};

// Every registered case, in order of number.
std::vector<Case> registered_cases();

// Runs one case under `listener` (its begin and end included).
void run_case(const Case& test_case, CaseListener& listener);

// How many checks the running case has made so far, in all threads and executions.
long checks_so_far();

// Leaves the running case as a failed REQUIRE does.
[[noreturn]] void leave_case();

}  // namespace lockstep::harness

#endif  // GRADER_HARNESS_FRAMEWORK_H_
