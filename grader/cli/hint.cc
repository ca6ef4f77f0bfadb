// ./lab hint: what a case's author would say over the student's shoulder, a level at a time.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "grader/cli/build.h"
#include "grader/cli/cases.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/state.h"
#include "grader/report/places.h"
#include "grader/report/style.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace {

// The first case that failed when the lab was last graded, else the first with a hint.
const KnownCase& most_wanted(const std::vector<KnownCase>& cases,
                             const std::optional<judge::Verdict>& last, const std::string& lab) {
  if (last) {
    for (const judge::CaseVerdict& one : last->cases) {
      const auto same = std::ranges::find(cases, one.name, &KnownCase::name);
      if (one.outcome == judge::CaseOutcome::kFailed && same != cases.end()) return *same;
    }
  }
  const auto first = std::ranges::find_if(
      cases, [](const KnownCase& one) { return !one.hints.empty() && one.points > 0; });
  if (first == cases.end()) {
    throw Error(fmt::format("{} has no hints", lab), fmt::format("read labs/{}/README.md", lab));
  }
  return *first;
}

// The level that says where.
constexpr int kPlace = 2;

// Where in the student's own file the case last failed, as far as the explorer knows.
std::vector<report::QuotedLine> last_places(const std::optional<judge::Verdict>& last,
                                            const std::string& name) {
  if (!last) return {};
  const auto same = std::ranges::find(last->cases, name, &judge::CaseVerdict::name);
  if (same == last->cases.end() || same->outcome != judge::CaseOutcome::kFailed) return {};
  return report::places_in(last->submission, *same);
}

void print_places(const std::vector<report::QuotedLine>& places, int columns) {
  if (places.empty()) return;
  fmt::print("\n    When it was last graded, this came into it:\n");
  constexpr int kIndent = 6;
  for (const report::QuotedLine& place : places) {
    const std::string line = fmt::format("{}:{}  {}", place.file, place.line, place.text);
    fmt::print("      {}\n", report::shorten(report::printable(line), columns - kIndent));
  }
}

}  // namespace

int hint(const Context& context, const HintRequest& request) {
  const Lab& lab = context.course.find(request.lab);
  const Built built = build(context.workspace, {lab});
  const std::vector<KnownCase> cases = cases_in(built.kit(lab.name));
  const std::optional<judge::Verdict> last = State(context.workspace).last_verdict(lab.name);
  const bool all_well =
      last && last->outcome == judge::Outcome::kGraded && last->points == last->max_points;
  if (request.wanted.empty() && all_well) {
    fmt::print("{} has all its points; there is nothing to hint at.\nNext: ./lab\n", lab.name);
    return kAllWell;
  }
  const KnownCase& wanted = request.wanted.empty() ? most_wanted(cases, last, lab.name)
                                                   : find_case(cases, request.wanted, lab.name);
  const int levels = static_cast<int>(wanted.hints.size());
  if (request.level > levels) {
    throw Error(fmt::format("case {} of {} has {}", wanted.number, lab.name,
                            levels == 0 ? "no hint" : report::count(levels, "hint") + " only"),
                levels == 0 ? fmt::format("read labs/{}/README.md", lab.name)
                            : fmt::format("./lab hint {} --case {} --level {}", lab.name,
                                          wanted.number, levels));
  }

  const report::Style style(context.terminal.colour);
  const std::string title = fmt::format("{} · case {} of {} · \"{}\"", lab.name, wanted.number,
                                        cases.size(), report::printable(wanted.name));
  fmt::print("{}\n\n", style.bold(title));
  constexpr int kIndent = 4;
  for (const std::string_view line : report::split_lines(wanted.hints[request.level - 1])) {
    for (const std::string& part :
         report::wrap(report::printable(line), context.terminal.width - kIndent)) {
      fmt::print("    {}\n", part);
    }
  }
  if (request.level == kPlace) {
    print_places(last_places(last, wanted.name), context.terminal.width);
  }
  if (request.level < levels) {
    const std::string more = fmt::format("./lab hint {} --case {} --level {}", lab.name,
                                         wanted.number, request.level + 1);
    fmt::print("\n    Next: try it; {} says more ({} of {})\n", style.command(more), request.level,
               levels);
  } else {
    fmt::print("\n    Next: {}\n", style.command("./lab grade " + lab.name));
  }
  return kAllWell;
}

}  // namespace lockstep::cli
