#ifndef GRADER_EXPLORER_HOOKS_EXCEPTIONS_H_
#define GRADER_EXPLORER_HOOKS_EXCEPTIONS_H_

namespace lockstep {

// From now on std::terminate in explored code is a finding.
void watch_terminate();

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_EXCEPTIONS_H_
