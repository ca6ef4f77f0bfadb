#ifndef GRADER_CLI_STATE_H_
#define GRADER_CLI_STATE_H_

#include <map>
#include <optional>
#include <string>

#include "grader/cli/workspace.h"
#include "grader/judge/verdict.h"

namespace lockstep::cli {

struct Score {
  int points = 0;
  int max_points = 0;
};

// What the student's files got when they were last graded. Kept in .lockstep/, which git ignores; a
// file that is missing or cannot be read is as good as none.
class State {
 public:
  explicit State(const Workspace& workspace) : folder_(workspace.state()) {}

  // Lab -> points.
  std::map<std::string, Score> scores() const;

  // The last verdict on the student's own files.
  std::optional<judge::Verdict> last_verdict(const std::string& lab) const;

  // Remembers a verdict on all the cases of the student's own files.
  void remember(const judge::Verdict& verdict) const;

 private:
  const std::filesystem::path folder_;
};

}  // namespace lockstep::cli

#endif  // GRADER_CLI_STATE_H_
