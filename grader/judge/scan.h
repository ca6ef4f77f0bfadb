#ifndef GRADER_JUDGE_SCAN_H_
#define GRADER_JUDGE_SCAN_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "grader/judge/kit.h"
#include "grader/judge/submission.h"

namespace lockstep::judge {

// Reads a submission's text before any compiler does and refuses what has no place in a lab's file:
//
//  - what the lab forbids, with its reason;
//  - directives that reach for other files (absolute paths, `..`, the grader's own headers), that
//    change what a line is called (#line), or that redefine a word the tests are written in;
//  - names of the grader and of its test framework, in any spelling;
//  - what hides code from the explorer: assembly, attributes that switch instrumentation off.
//
// It looks at tokens, not at what macros make of them; the compiler is told to refuse the forbidden
// identifiers once more (`poison`), after preprocessing.
class Scanner {
 public:
  // `tests` are the texts of the graded tests.
  Scanner(const std::vector<Forbidden>& forbidden, const std::vector<std::string>& tests);

  // The first thing that is refused in the file, or nothing.
  std::optional<Refusal> scan(const SubmittedFile& file) const;

  // A header text that makes g++ refuse the forbidden identifiers wherever they come from. Those
  // that the tests use themselves are left out.
  std::string poison() const;

 private:
  const std::vector<Forbidden>& forbidden_;
  std::set<std::string, std::less<>> words_of_tests_;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_SCAN_H_
