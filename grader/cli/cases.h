#ifndef GRADER_CLI_CASES_H_
#define GRADER_CLI_CASES_H_

#include <string>
#include <string_view>
#include <vector>

#include "grader/cli/build.h"

namespace lockstep::cli {

// A graded case as the kit lists it.
struct KnownCase {
  int number = 0;  // from 1
  std::string name;
  int points = 0;
  std::vector<std::string> hints;
  std::string file;  // "05_rlock/rlock_test.cc", which the kit has
};

// The cases of the kit's cases.json. Throws Error when it cannot be read.
std::vector<KnownCase> cases_in(const std::filesystem::path& kit);

// The case that `wanted` means: its number, its name, or a part of its name that no other has (in
// either case of letters). Throws Error, with the nearest name, when there is none.
const KnownCase& find_case(const std::vector<KnownCase>& cases, std::string_view wanted,
                           std::string_view lab);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_CASES_H_
