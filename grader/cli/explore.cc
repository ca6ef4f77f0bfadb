// ./lab explore: every interleaving of a program that is no lab.

#include <fmt/format.h>

#include "grader/cli/build.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/explored.h"

namespace lockstep::cli {

int explore(const Context& context, const ExploreRequest& request) {
  for (const std::string& file : request.files) compiler_for(file);  // refused before a build
  const Built built = build(context.workspace, {});
  const Explored explored = explore_program(built.toolkit, request);
  if (request.json) {
    fmt::print("{}", explored_json(explored));
  } else {
    fmt::print("{}",
               explored_text(request, explored, context.terminal.width, context.terminal.colour));
  }
  if (!explored.result.error.empty()) return kCannot;
  return explored.result.finding ? kShort : kAllWell;
}

}  // namespace lockstep::cli
