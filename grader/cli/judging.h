#ifndef GRADER_CLI_JUDGING_H_
#define GRADER_CLI_JUDGING_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "grader/cli/build.h"
#include "grader/judge/verdict.h"

namespace lockstep::cli {

// What to ask of the judge.
struct JudgeRequest {
  std::string lab;
  std::filesystem::path submission;  // a folder with the lab's files
  std::vector<int> cases;            // their numbers; all when empty
  bool narrow = false;               // build only what holds those cases; not for replays
  std::string schedule;              // replayed instead of a search, when not empty
  std::optional<std::uint64_t> seed;
  std::filesystem::path own_labs;  // the student's own earlier labs, when not empty
  int repeat = 1;                  // runs of the cases, of one build
};

// Runs the judge once and reads its verdict. Blocks; may be called from several threads. Throws
// Error when the judge leaves no verdict.
judge::Verdict judge(const Built& built, const JudgeRequest& request);
// The same, and the verdict on each of its repeats; one alone when nothing could be run.
std::vector<judge::Verdict> judge_repeatedly(const Built& built, const JudgeRequest& request);

// The exit code of a verdict: kAllWell when every case that was run earned all its points, kShort
// when not, kCannot when the submission was not built or not graded.
int exit_code(const judge::Verdict& verdict);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_JUDGING_H_
