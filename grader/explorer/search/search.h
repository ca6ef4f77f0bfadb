#ifndef GRADER_EXPLORER_SEARCH_SEARCH_H_
#define GRADER_EXPLORER_SEARCH_SEARCH_H_

#include <functional>

#include "grader/explorer/explore.h"

namespace lockstep {

// Runs `body` under the strategies that `options` ask for, until something is found, everything has
// been run, or the budget is used up; then finds a short witness and describes it. The whole of
// `run` but for the state of the process around it.
Result search(const std::function<void()>& body, const Options& options);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_SEARCH_H_
