#ifndef GRADER_CLI_COMMANDS_H_
#define GRADER_CLI_COMMANDS_H_

// The commands of ./lab: what each is asked for, and the function that does it. One file a command;
// arguments.h makes these structs from a command line.
//
// Each function prints to stdout and returns the exit code (errors.h). Throws Error.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "grader/cli/course.h"
#include "grader/cli/workspace.h"
#include "grader/explorer/rules.h"
#include "grader/report/terminal.h"

namespace lockstep::cli {

// What every command works with.
struct Context {
  Workspace workspace;
  Course course;
  report::Terminal terminal;  // stdout's
};

struct ListRequest {};

struct GradeRequest {
  std::string lab;
  std::string submission;  // a folder; the student's own when empty
  std::string wanted;      // a case's number or name; all when empty
  bool own = false;
  bool json = false;
  bool all = false;
  bool timing = false;
};

struct HintRequest {
  std::string lab;
  std::string wanted;  // a case; the first that failed when empty
  int level = 1;       // 1 to 3
};

struct VerifyRequest {
  std::vector<std::string> labs;  // all that stand when empty
  int repeat = 1;
  bool json = false;
};

struct MutateRequest {
  std::vector<std::string> labs;  // all that stand when empty
  std::string mutant;             // an id or a number: this one alone
  bool list = false;              // say what there is, and judge nothing
  bool json = false;
};

struct ExploreRequest {
  std::vector<std::string> files;
  std::string strategy = "auto";
  long executions = 10'000;
  std::uint64_t seed = 1;
  std::string schedule;        // --replay
  std::vector<Rule> ignored;   // --ignore
  std::vector<Rule> required;  // --require
  std::string clock = "both";
  std::vector<std::string> flags;      // of the compiler: -I, -D, -std, ... as given
  std::vector<std::string> libraries;  // -l and -L as given
  bool json = false;
  bool all = false;                    // every step
  std::vector<std::string> arguments;  // of the explored program
};

struct ReplayRequest {
  std::string lab;
  std::string wanted;
  std::string schedule;
  std::string submission;
  bool json = false;
  bool all = false;  // every step
  bool gdb = false;
};

struct TestRequest {
  std::vector<std::string> targets;  // //... when empty
};

struct BenchRequest {
  std::string lab;
  std::string submission;
};

struct SkeletonRequest {
  std::string lab;
};

// What is shown, and nothing else is done.
struct HelpRequest {
  std::string text;
};

using Request = std::variant<ListRequest, GradeRequest, HintRequest, VerifyRequest, MutateRequest,
                             ExploreRequest, ReplayRequest, TestRequest, BenchRequest,
                             SkeletonRequest, HelpRequest>;

int list(const Context& context, const ListRequest& request);
int grade(const Context& context, const GradeRequest& request);
int hint(const Context& context, const HintRequest& request);
int verify(const Context& context, const VerifyRequest& request);
int mutate(const Context& context, const MutateRequest& request);
int explore(const Context& context, const ExploreRequest& request);
int replay(const Context& context, const ReplayRequest& request);
int test(const Context& context, const TestRequest& request);
int bench(const Context& context, const BenchRequest& request);
int skeleton(const Context& context, const SkeletonRequest& request);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_COMMANDS_H_
