#ifndef GRADER_EXPLORER_PROGRAM_H_
#define GRADER_EXPLORER_PROGRAM_H_

#include "grader/explorer/explore.h"

namespace lockstep {

// A whole program to be explored. The vectors end in nullptr, as main gets them; every execution
// gets copies.
struct Program {
  int (*main)(int, char**, char**) = nullptr;
  int argc = 0;
  char** argv = nullptr;
  char** envp = nullptr;
  // Threads that are alive when main returns die with it, which is a note; or else a finding.
  bool may_outlive_main = true;
};

// Explores `program` as `run` explores a body. exit() and what atexit registered are part of it;
// destructors of the program's globals are not.
LOCKSTEP_EXPORT Result run_program(const Program& program, const Options& options);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_PROGRAM_H_
