#ifndef GRADER_CLI_PROCESS_H_
#define GRADER_CLI_PROCESS_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lockstep::cli {

// A program to run. argv[0] is looked up in PATH unless it has a slash.
struct Command {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;  // added to this process's own
  std::filesystem::path directory;                 // where it runs; here when empty
  bool capture_output = false;                     // into Finished::output
  bool capture_errors = false;                     // into Finished::errors
  // Descriptor that the program finds as number `result_descriptor` and writes to; what it wrote is
  // Finished::result. -1: none.
  int result_descriptor = -1;
};

struct Finished {
  int status = 0;  // its exit status; 128 + n when signal n killed it, as a shell has it
  std::string output;
  std::string errors;
  std::string result;
};

// Runs a program to its end. Blocks; other threads may do the same. Throws Error when it cannot be
// started.
Finished run(const Command& command);

// The command as a reader could type it.
std::string quoted(const std::vector<std::string>& argv);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_PROCESS_H_
