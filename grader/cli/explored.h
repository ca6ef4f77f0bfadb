#ifndef GRADER_CLI_EXPLORED_H_
#define GRADER_CLI_EXPLORED_H_

// A user's own program under the explorer: compiling it, running it, and saying what was found.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "grader/cli/commands.h"
#include "grader/explorer/result.h"
#include "grader/judge/verdict.h"

namespace lockstep::cli {

// What came of `./lab explore`. Where `result.error` is not empty the program does not build or
// cannot be explored, and the rest of `result` says nothing.
struct Explored {
  Result result;
  std::map<std::string, judge::Lines> sources;  // text of the lines that the result names
};

// The compiler's arguments for one file, after the compiler's name and before `-o`. `given` are
// the toolkit's for graded cases; of those what makes code explorable is kept. C files get no
// C++ standard and the other way round.
std::vector<std::string> compile_flags(const std::vector<std::string>& given,
                                       const std::vector<std::string>& user_flags,
                                       const std::string& file);

// "gcc" for .c files, "g++" for the others. Throws Error for a file that is neither.
std::string compiler_for(const std::string& file);

// Compiles and explores the program. Blocks until the search is over; there is no time limit, the
// budget is in executions.
Explored explore_program(const std::filesystem::path& toolkit, const ExploreRequest& request);

// The text for people. `columns` is the width of a line.
std::string explored_text(const ExploreRequest& request, const Explored& explored, int columns,
                          bool colour);

// The object for programs; docs/commands.md lists its fields.
std::string explored_json(const Explored& explored);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_EXPLORED_H_
