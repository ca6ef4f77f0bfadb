#ifndef GRADER_JUDGE_DIAGNOSTICS_H_
#define GRADER_JUDGE_DIAGNOSTICS_H_

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::judge {

// What a compiler's output comes to.
struct Digest {
  std::string message;  // the first error: "`owner` was not declared; did you mean `owner_`?"
  std::string file;     // where, in the student's files if at all possible
  int line = 0;
  int errors = 0;        // in all
  std::string poisoned;  // the forbidden identifier that the compiler refused, if that is the error
};

// Reads what g++ or the linker printed (LC_ALL=C, no carets). Of the errors, the first that stands
// in one of `own_files` is chosen; then the first that was caused from there (an instantiation, an
// include); then the first of all.
Digest digest(std::string_view output, const std::vector<std::string>& own_files);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_DIAGNOSTICS_H_
