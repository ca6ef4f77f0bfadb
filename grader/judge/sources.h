#ifndef GRADER_JUDGE_SOURCES_H_
#define GRADER_JUDGE_SOURCES_H_

#include <map>
#include <string>
#include <string_view>

#include "grader/judge/verdict.h"

namespace lockstep::judge {

// The texts that a verdict may quote: the submission's files and the graded tests, and nothing
// else, whatever file names the program reports.
class Sources {
 public:
  void add(const std::string& file, std::string_view text);

  // Fills `verdict.sources` with every line that its report names.
  void quote(CaseVerdict& verdict) const;

 private:
  void quote(CaseVerdict& verdict, const std::string& file, int line) const;

  std::map<std::string, Lines> files_;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_SOURCES_H_
