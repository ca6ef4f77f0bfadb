#ifndef GRADER_JUDGE_RUN_CASES_H_
#define GRADER_JUDGE_RUN_CASES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "grader/judge/account.h"
#include "grader/judge/kit.h"
#include "grader/judge/limits.h"
#include "grader/judge/verdict.h"
#include "grader/judge/workshop.h"

namespace lockstep::judge {

inline constexpr Limits kRunLimits{
    .cpu_seconds = 30,  // of one case
    .wall_seconds = 300,
    .memory_bytes = 1L << 30,
    .output_bytes = 1L << 20,
    .file_bytes = 64L << 20,
    .tasks = 512,
    .processes = 1,
};

struct RunOptions {
  std::vector<int> cases;  // by number, in order
  std::string schedule;    // replay it
  std::optional<std::uint64_t> seed;
  Limits limits = kRunLimits;
};

// Runs the cases, in as few processes as they allow: a case that ends its process is charged with
// it, and the cases behind it run in a fresh one. Returns one verdict for each, in order.
std::vector<CaseVerdict> run_cases(const Kit& kit, const Workshop& workshop,
                                   const RunOptions& options);

// The program's cases as it lists them. Throws std::runtime_error when its account is not complete.
std::vector<ListedCase> list_cases(const Workshop& workshop, const Limits& limits);

// One process, asked for `cases`, and what it told of each that it began: for whoever makes the
// list of expected cases.
std::vector<CaseAccount> accounts_of(const Workshop& workshop, const std::vector<int>& cases,
                                     const Limits& limits);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_RUN_CASES_H_
