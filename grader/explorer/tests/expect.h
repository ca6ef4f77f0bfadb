#ifndef GRADER_EXPLORER_TESTS_EXPECT_H_
#define GRADER_EXPLORER_TESTS_EXPECT_H_

#include <string_view>

#include "grader/explorer/explore.h"

namespace lockstep::tests {

// A check inside an explored body: ends the execution with the rule check-failed.
inline void expect(bool holds, std::string_view what) {
  if (!holds) fail(what);
}

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_EXPECT_H_
