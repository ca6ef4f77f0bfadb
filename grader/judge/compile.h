#ifndef GRADER_JUDGE_COMPILE_H_
#define GRADER_JUDGE_COMPILE_H_

#include <string>

#include "grader/judge/kit.h"
#include "grader/judge/limits.h"
#include "grader/judge/scan.h"
#include "grader/judge/submission.h"
#include "grader/judge/verdict.h"
#include "grader/judge/workshop.h"

namespace lockstep::judge {

inline constexpr Limits kCompileLimits{
    .cpu_seconds = 40,
    .wall_seconds = 400,
    .memory_bytes = 2L << 30,
    .output_bytes = 4L << 20,
    .file_bytes = 256L << 20,
    .tasks = 64,
    .processes = 0,
};

struct Compilation {
  Build build;  // for the verdict
  bool machine_fault =
      false;  // not built, and not by the submission's fault: build.message says why
};

// The name of the program in the workshop's output.
inline constexpr char kProgram[] = "program";

// Scans the submission, compiles it with the lab's tests and links the program, all in the jail.
Compilation compile(const Kit& kit, const SubmittedFiles& submission, const Workshop& workshop,
                    const Limits& limits);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_COMPILE_H_
