// ./lab replay: one interleaving of a case again, as a report or under gdb.

#include <fmt/format.h>

#include <filesystem>

#include "grader/cli/build.h"
#include "grader/cli/cases.h"
#include "grader/cli/commands.h"
#include "grader/cli/debug.h"
#include "grader/cli/errors.h"
#include "grader/cli/judging.h"
#include "grader/cli/submission.h"
#include "grader/report/console.h"
#include "grader/report/json.h"

namespace lockstep::cli {

int replay(const Context& context, const ReplayRequest& request) {
  const Lab& lab = context.course.find(request.lab);
  JudgeRequest judging;
  judging.lab = lab.name;
  judging.submission = submission_folder(context.workspace, lab.name, request.submission);
  const Built built = build(context.workspace, {lab});
  const KnownCase wanted = find_case(cases_in(built.kit(lab.name)), request.wanted, lab.name);
  judging.cases = {wanted.number};
  judging.schedule = request.schedule;
  if (request.gdb) return debug(built, judging);

  const judge::Verdict verdict = judge(built, judging);
  if (request.json) {
    fmt::print("{}", report::json(verdict));
    return exit_code(verdict);
  }
  report::ConsoleOptions options;
  options.colour = context.terminal.colour;
  options.width = context.terminal.width;
  options.only_failures = true;
  options.every_step = request.all;
  fmt::print("{}", report::console(verdict, options));
  const int code = exit_code(verdict);
  if (code == kAllWell) {
    fmt::print("{} case {} holds in this interleaving\nNext: {}\n", lab.name, wanted.number,
               fmt::format("./lab grade {} --case {}", lab.name, wanted.number));
  }
  return code;
}

}  // namespace lockstep::cli
