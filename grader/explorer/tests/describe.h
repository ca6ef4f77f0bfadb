#ifndef GRADER_EXPLORER_TESTS_DESCRIBE_H_
#define GRADER_EXPLORER_TESTS_DESCRIBE_H_

#include <string>

#include "grader/explorer/result.h"

namespace lockstep::tests {

// Every field of a finding, line by line: two findings are the same when these texts are.
std::string describe(const Finding& finding);

// Every field of a result but `seconds`.
std::string describe(const Result& result);

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_DESCRIBE_H_
