// ./lab test: the course's own tests, with the number of those that passed at the end.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "grader/cli/build.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"
#include "grader/cli/test_events.h"

namespace lockstep::cli {

int test(const Context& context, const TestRequest& request) {
  const TemporaryDirectory folder;
  const std::filesystem::path events = folder.path() / "events.json";
  // A test that does not build is one that fails, not a reason to run no other.
  std::vector<std::string> arguments{"test", "--keep_going",
                                     "--build_event_json_file=" + events.string()};
  if (isatty(STDERR_FILENO) == 0) {
    arguments.insert(arguments.end(), {"--noshow_progress", "--noshow_loading_progress"});
  }
  arguments.emplace_back("--");
  if (request.targets.empty()) arguments.emplace_back("//...");
  arguments.insert(arguments.end(), request.targets.begin(), request.targets.end());
  Command command;
  command.argv = bazel(arguments);
  command.directory = context.workspace.root();
  const Finished finished = run(command);

  const TestCount count = count_tests(read_file_if_any(events));
  std::fflush(stdout);
  for (const std::string& label : count.failed) fmt::print("failed: {}\n", label);
  if (finished.status != 0 && count.failed.empty()) {
    // The build files themselves are wrong, there was nothing to test, or it was interrupted.
    fmt::print("bazel ended with status {}; what it says is above\n", finished.status);
  }
  fmt::print("{} passed, {} failed\n", count.passed, count.failed.size());
  const bool well = finished.status == 0 && count.failed.empty() && count.passed > 0;
  return well ? kAllWell : kShort;
}

}  // namespace lockstep::cli
