// ./lab: the labs, what they have got so far, and what to do next.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/state.h"
#include "grader/report/style.h"
#include "grader/report/text.h"

namespace lockstep::cli {

int list(const Context& context, const ListRequest&) {
  const report::Style style(context.terminal.colour);
  const std::map<std::string, Score> scores = State(context.workspace).scores();
  constexpr int kPoints = 11;  // "100/100", and room before it
  std::size_t longest = 0;
  const Lab* next = nullptr;
  for (const Lab& lab : context.course.labs()) longest = std::max(longest, lab.name.size());

  for (const Lab& lab : context.course.labs()) {
    if (!lab.standing) continue;
    const auto found = scores.find(lab.name);
    std::string points = "-";
    bool full = false;
    if (found != scores.end()) {
      const Score& score = found->second;
      points = fmt::format("{}/{}", score.points, score.max_points);
      full = score.points == score.max_points;
    }
    if (!full && next == nullptr) next = &lab;
    const std::string front =
        report::pad(lab.name, static_cast<int>(longest)) + report::pad_left(points, kPoints) + "  ";
    const std::string title =
        report::shorten(lab.title, context.terminal.width - report::width(front));
    fmt::print("{}{}\n", full ? style.good(front) : front, title);
  }
  if (next == nullptr) {
    fmt::print("\nEvery lab has all its points. How fast are they? {}\n",
               style.command("./lab bench LAB"));
  } else {
    fmt::print("\nNext: read {}, edit the file beside it, then {}\n",
               style.command("labs/" + next->name + "/README.md"),
               style.command("./lab grade " + next->name));
  }
  return kAllWell;
}

}  // namespace lockstep::cli
