#include "grader/cli/judging.h"

#include <fmt/format.h>

#include <algorithm>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"

namespace lockstep::cli {

judge::Verdict judge(const Built& built, const JudgeRequest& request) {
  return judge_repeatedly(built, request).front();
}

std::vector<judge::Verdict> judge_repeatedly(const Built& built, const JudgeRequest& request) {
  const TemporaryDirectory folder;
  const std::filesystem::path verdict = folder.path() / "verdict.json";
  Command command;
  command.argv = {built.judge.string(),
                  "grade",
                  "--kit",
                  built.kit(request.lab).string(),
                  "--toolkit",
                  built.toolkit.string(),
                  "--submission",
                  request.submission.string(),
                  "--verdict",
                  verdict.string(),
                  "--repeat",
                  std::to_string(request.repeat)};
  std::vector<std::string>& argv = command.argv;
  for (const int number : request.cases) {
    argv.insert(argv.end(), {"--case", std::to_string(number)});
  }
  if (request.narrow) argv.emplace_back("--narrow");
  if (!request.schedule.empty()) argv.insert(argv.end(), {"--schedule", request.schedule});
  if (request.seed) argv.insert(argv.end(), {"--seed", std::to_string(*request.seed)});
  if (!request.own_labs.empty()) argv.insert(argv.end(), {"--own-labs", request.own_labs.string()});
  // The judge talks through its verdict; what else it prints is about its own failure.
  command.capture_output = true;
  command.capture_errors = true;
  const Finished finished = run(command);
  std::string text = read_file_if_any(verdict);
  if (text.empty()) {
    throw Error(fmt::format("the judge gave no verdict (exit status {}): {}{}", finished.status,
                            finished.errors, finished.output),
                "./lab grade again; if it happens again, report it with this text");
  }
  try {
    std::vector<judge::Verdict> verdicts;
    for (int i = 2; !text.empty(); ++i) {
      verdicts.push_back(judge::read(text));
      text = read_file_if_any(verdict.string() + "." + std::to_string(i));
    }
    return verdicts;
  } catch (const judge::VerdictError& error) {
    throw Error(fmt::format("the judge's verdict cannot be read: {}", error.what()),
                "./lab builds the judge anew when its sources change; report it if they have not");
  }
}

int exit_code(const judge::Verdict& verdict) {
  if (verdict.outcome != judge::Outcome::kGraded) return kCannot;
  bool some_ran = false;
  for (const judge::CaseVerdict& one : verdict.cases) {
    if (one.outcome == judge::CaseOutcome::kNotRun) continue;
    some_ran = true;
    if (one.outcome != judge::CaseOutcome::kPassed || one.earned < one.points) return kShort;
  }
  // A run of no case at all is not a pass.
  return some_ran ? kAllWell : kCannot;
}

}  // namespace lockstep::cli
