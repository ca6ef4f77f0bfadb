#ifndef GRADER_CLI_DEBUG_H_
#define GRADER_CLI_DEBUG_H_

#include "grader/cli/build.h"
#include "grader/cli/judging.h"

namespace lockstep::cli {

// Compiles the submission with the lab's cases as the judge does, but without a jail, and runs the
// first of `request.cases` under gdb: on real threads, each of them visible to `info threads`, and
// stopped where the rule is broken. For the student's own files at their own machine. Returns gdb's
// exit status; throws Error when gdb is missing or the files do not compile.
int debug(const Built& built, const JudgeRequest& request);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_DEBUG_H_
