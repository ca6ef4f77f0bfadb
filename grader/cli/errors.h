#ifndef GRADER_CLI_ERRORS_H_
#define GRADER_CLI_ERRORS_H_

#include <stdexcept>
#include <string>

namespace lockstep::cli {

// Exit codes of every command.
inline constexpr int kAllWell = 0;  // all points, nothing found, nothing short
inline constexpr int kShort = 1;    // not all points, something found, something short
inline constexpr int kCannot = 2;   // could not be done: does not build, no such lab, bad arguments

// Why a command could not do what it was asked for, and what mends it. main() prints both and exits
// with kCannot.
class Error : public std::runtime_error {
 public:
  Error(const std::string& what, std::string next)
      : std::runtime_error(what), next_(std::move(next)) {}

  // A command, or a sentence that says what to do.
  const std::string& next() const { return next_; }

 private:
  std::string next_;
};

}  // namespace lockstep::cli

#endif  // GRADER_CLI_ERRORS_H_
