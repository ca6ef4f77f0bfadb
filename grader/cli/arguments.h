#ifndef GRADER_CLI_ARGUMENTS_H_
#define GRADER_CLI_ARGUMENTS_H_

#include <string>
#include <vector>

#include "grader/cli/commands.h"

namespace lockstep::cli {

// What the command line asks for. `arguments` are those after the program's name. Throws Error,
// with the help that mends it, on an unknown command or option, a missing or superfluous argument
// and a value out of range. Names of labs and cases are not looked up here.
Request parse(const std::vector<std::string>& arguments);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_ARGUMENTS_H_
