#include "grader/report/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace lockstep::report {
namespace {

// Narrower than this the columns of an interleaving cannot be told apart; wider than that a line of
// prose cannot be read.
constexpr int kNarrowest = 60;
constexpr int kWidest = 160;
constexpr int kUsual = 100;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Terminal terminal(int descriptor) {
  const bool is_terminal = isatty(descriptor) == 1;
  Terminal result;
  result.colour = is_terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  int columns = std::atoi(variable("COLUMNS").data());
  winsize size{};
  if (is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    columns = size.ws_col;
  }
  result.width = columns > 0 ? std::clamp(columns, kNarrowest, kWidest) : kUsual;
  return result;
}

}  // namespace lockstep::report
