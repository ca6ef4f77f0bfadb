// The tool behind ./lab (the launcher at the root, which sees to it that everything is installed).

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "grader/cli/arguments.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/report/style.h"

namespace lockstep::cli {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

int perform(const Request& request) {
  if (const auto* help = std::get_if<HelpRequest>(&request)) {
    fmt::print("{}", help->text);
    return kAllWell;
  }
  const Context context{Workspace::find(), Course::built_in(), report::terminal(STDOUT_FILENO)};
  context.workspace.write_compile_flags();
  return std::visit(Overloaded{
                        [&](const ListRequest& one) { return list(context, one); },
                        [&](const GradeRequest& one) { return grade(context, one); },
                        [&](const HintRequest& one) { return hint(context, one); },
                        [&](const VerifyRequest& one) { return verify(context, one); },
                        [&](const MutateRequest& one) { return mutate(context, one); },
                        [&](const ExploreRequest& one) { return explore(context, one); },
                        [&](const ReplayRequest& one) { return replay(context, one); },
                        [&](const TestRequest& one) { return test(context, one); },
                        [&](const BenchRequest& one) { return bench(context, one); },
                        [&](const SkeletonRequest& one) { return skeleton(context, one); },
                        [&](const HelpRequest&) { return kAllWell; },
                    },
                    request);
}

int run_tool(int argc, char** argv) {
  const report::Style style(report::terminal(STDERR_FILENO).colour);
  try {
    return perform(parse(std::vector<std::string>(argv + 1, argv + argc)));
  } catch (const Error& error) {
    std::fflush(stdout);
    fmt::print(stderr, "{} {}\nNext: {}\n", style.bad("error:"), error.what(), error.next());
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "{} {}\nNext: try it again; report it with this text if it stays\n",
               style.bad("error:"), error.what());
  }
  return kCannot;
}

}  // namespace
}  // namespace lockstep::cli

int main(int argc, char** argv) {
  // `./lab ... | head` ends the tool as it ends every other program.
  std::signal(SIGPIPE, SIG_DFL);
  return lockstep::cli::run_tool(argc, argv);
}
