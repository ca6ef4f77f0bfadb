#include "grader/report/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "grader/report/failure.h"
#include "grader/report/interleaving.h"
#include "grader/report/style.h"
#include "grader/report/text.h"
#include "grader/report/why.h"

namespace lockstep::report {
namespace {

using judge::CaseOutcome;
using judge::CaseVerdict;
using judge::Outcome;
using judge::Verdict;

constexpr int kIndent = 4;
constexpr std::size_t kMostCompilerLines = 200;

bool is_shown(const CaseVerdict& one) {
  return one.outcome == CaseOutcome::kFailed || one.outcome == CaseOutcome::kError;
}

// Cases that fail in the same way are one failure to mend.
bool same_failure(const CaseVerdict& a, const CaseVerdict& b) {
  return a.outcome == b.outcome && a.rule == b.rule && a.message == b.message &&
         a.expected == b.expected && a.seen == b.seen;
}

class Report {
 public:
  Report(const Verdict& verdict, const ConsoleOptions& options)
      : verdict_(verdict), options_(options), style_(options.colour) {}

  std::string text() {
    if (verdict_.outcome == Outcome::kNotBuilt) {
      not_built();
    } else {
      failures();
      // Why there is no verdict stands below the list.
      if (!options_.only_failures || verdict_.outcome == Outcome::kError) summary();
    }
    return std::move(text_);
  }

 private:
  void line(std::string_view text = "") {
    while (text.ends_with(' ')) text.remove_suffix(1);
    text_ += text;
    text_ += '\n';
  }

  // `left`, and `right` at the right edge; on a line of its own where both do not fit.
  void line_with_edge(std::string_view left, std::string_view right) {
    if (width(left) + 2 + width(right) > options_.width) {
      line(left);
      left = "";
    }
    line(pad(left, options_.width - width(right)) + std::string(right));
  }

  void wrapped(std::string_view first, std::string_view text, int indent) {
    std::string front(first);
    for (const std::string& part : wrap(printable(text), options_.width - indent)) {
      line(pad(front, indent) + part);
      front.clear();
    }
  }

  // `parts` on one line where they fit, else a line each. They are never broken: they are there to
  // be copied.
  void beside(const std::vector<std::string>& parts, int indent = 0,
              std::string_view between = "   ") {
    const std::string one_line = fmt::format("{}", fmt::join(parts, between));
    const std::string front(indent, ' ');
    if (indent + width(one_line) <= options_.width) return line(front + one_line);
    for (const std::string& part : parts) line(front + part);
  }

  void not_built();
  void failures();
  void failure(const CaseVerdict& failed, const std::vector<int>& also);
  void summary();
  void case_line(const CaseVerdict& one, int points_width, int found_width);
  std::string found(const CaseVerdict& one);
  std::string points_of(const CaseVerdict& one) const;
  void footer();

  const Verdict& verdict_;
  const ConsoleOptions& options_;
  const Style style_;
  std::string text_;
  bool some_left_out_ = false;       // failures beyond ConsoleOptions::in_full
  std::vector<std::string> bounds_;  // footnotes of the summary
};

void Report::not_built() {
  const judge::Build& build = verdict_.build;
  const std::string place = place_text({build.file, build.line, ""}, verdict_.lab);
  const bool forbidden = build.rule == Rule::kForbidden;
  const std::string problem = forbidden ? "uses what the lab forbids:" : "could not be built:";
  const std::string front = style_.bold(verdict_.lab) + " " + style_.bad(problem);
  const std::string message = (place.empty() ? "" : place + ": ") +
                              printable(build.message.empty() ? "no reason given" : build.message);
  const std::string which = build.errors > 1
                                ? fmt::format("(1 of {}{})", count(build.errors, "error"),
                                              options_.all_errors ? "" : "; --all shows them")
                                : "";
  const bool fits = width(front) + 2 + width(message) <= options_.width;
  line(fits ? front + "  " + message : front);
  if (!fits) wrapped("", message, kIndent);
  if (!build.source.empty()) {
    line();
    line(fmt::format("{:>6} | {}", build.line, printable(build.source)));
  }
  if (!which.empty()) line(std::string(kIndent, ' ') + style_.dim(which));
  if (options_.all_errors && !build.output.empty()) {
    line();
    std::size_t lines = 0;
    for (const std::string_view output : split_lines(build.output)) {
      if (++lines > kMostCompilerLines) {
        line("    ... and more; --json has it all");
        break;
      }
      line("    " + printable(output));
    }
  }
  line();
  if (build.rule)
    wrapped("    Why: ", std::string(why(*build.rule)) + "   " + page(*build.rule), 9);
  line("    Next: mend it, then " + style_.command("./lab grade " + verdict_.lab));
  for (const std::string& note : verdict_.notes) wrapped("note: ", note, 6);
}

void Report::failures() {
  std::vector<const CaseVerdict*> done;
  int in_full = 0;
  for (const CaseVerdict& one : verdict_.cases) {
    if (!is_shown(one)) continue;
    const bool told = std::ranges::any_of(
        done, [&](const CaseVerdict* other) { return same_failure(one, *other); });
    if (told) continue;
    if (in_full++ == options_.in_full) {
      some_left_out_ = true;
      break;
    }
    done.push_back(&one);
    std::vector<int> also;
    for (const CaseVerdict& other : verdict_.cases) {
      if (&other != &one && is_shown(other) && same_failure(one, other)) {
        also.push_back(other.number);
      }
    }
    failure(one, also);
  }
}

void Report::failure(const CaseVerdict& failed, const std::vector<int>& also) {
  const bool is_error = failed.outcome == CaseOutcome::kError;
  const std::string left = fmt::format("{} · case {} of {} · \"{}\"", verdict_.lab, failed.number,
                                       verdict_.cases.size(), printable(failed.name));
  line_with_edge(style_.bold(left),
                 style_.bad(is_error ? "ERROR" : "FAILED") +
                     fmt::format("   {}/{} points", failed.earned, failed.points));
  line();
  for (const std::string& text :
       failure_lines(failed, verdict_.lab, {options_.width, options_.every_step}, style_)) {
    line(text);
  }
  if (!also.empty()) {
    wrapped(
        "",
        fmt::format("The same in case{} {}.", also.size() == 1 ? "" : "s", fmt::join(also, ", ")),
        kIndent);
  }
  const std::string hint = fmt::format("./lab hint {} --case {}", verdict_.lab, failed.number);
  std::vector<std::string> next{"Next: " + style_.command(hint)};
  if (!failed.schedule.empty()) {
    const std::string replay = fmt::format("./lab replay {} --case {} --schedule {}", verdict_.lab,
                                           failed.number, printable(failed.schedule));
    next.push_back("replay: " + style_.command(replay));
  }
  beside(next, kIndent);
  line();
}

std::string Report::points_of(const CaseVerdict& one) const {
  if (one.outcome == CaseOutcome::kPassed && one.earned == one.points) {
    return std::to_string(one.points);
  }
  return fmt::format("{}/{}", one.earned, one.points);
}

std::string Report::found(const CaseVerdict& one) {
  std::string text;
  if (one.outcome == CaseOutcome::kNotRun) return "not run";
  if (one.outcome == CaseOutcome::kError) return "no verdict";
  if (one.outcome == CaseOutcome::kFailed) {
    text = one.rule ? std::string(name_of(*one.rule)) : "failed";
    if (one.executions > 1) text += fmt::format(", {} interleaving", ordinal(one.executions));
  } else if (one.strategy.empty()) {
    text = "no threads";
  } else if (one.exhaustive) {
    text = one.executions == 1 ? "1 interleaving"
                               : fmt::format("all {} interleavings", thousands(one.executions));
    if (!one.bounds.empty()) {
      auto note = std::ranges::find(bounds_, one.bounds);
      if (note == bounds_.end()) note = bounds_.insert(note, one.bounds);
      text += fmt::format(" [{}]", note - bounds_.begin() + 1);
    }
  } else {
    text = fmt::format("{} of more, seed {}", thousands(one.executions), one.seed);
  }
  if (options_.timing) text += fmt::format(", {:.2f} s", one.seconds);
  return text;
}

void Report::case_line(const CaseVerdict& one, int points_width, int found_width) {
  std::string mark;
  switch (one.outcome) {
    case CaseOutcome::kPassed:
      mark = style_.good("ok  ");
      break;
    case CaseOutcome::kFailed:
      mark = style_.bad("FAIL");
      break;
    case CaseOutcome::kError:
      mark = style_.bad("ERR ");
      break;
    case CaseOutcome::kNotRun:
      mark = style_.dim("-   ");
      break;
  }
  const std::string front = "  " + mark + " " + pad_left(points_of(one), points_width) +
                            pad_left(std::to_string(one.number), 4) + "  ";
  const int start = width(front);
  const int room = options_.width - start - found_width - 2;
  const std::vector<std::string> name = wrap(printable(one.name), room);
  line(pad(front + name[0], options_.width - found_width) + style_.dim(found(one)));
  for (std::size_t i = 1; i < name.size(); ++i) line(std::string(start, ' ') + name[i]);
}

void Report::summary() {
  const bool full = verdict_.points == verdict_.max_points && verdict_.max_points > 0 &&
                    verdict_.outcome == Outcome::kGraded;
  const std::string points = fmt::format("{}/{} points", verdict_.points, verdict_.max_points);
  if (verdict_.outcome == Outcome::kError) {
    line_with_edge(style_.bold(verdict_.lab) + " " + style_.bad("could not be graded"), "");
  } else {
    line_with_edge(
        style_.bold(verdict_.lab) + (verdict_.submission.own ? " (on your own earlier labs)" : ""),
        full ? style_.good(points) : style_.bold(points));
  }
  int points_width = 2;
  int found_width = 0;
  for (const CaseVerdict& one : verdict_.cases) {
    points_width = std::max(points_width, width(points_of(one)));
    found_width = std::max(found_width, width(found(one)));
  }
  for (const CaseVerdict& one : verdict_.cases) case_line(one, points_width, found_width);
  footer();
}

void Report::footer() {
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    wrapped(fmt::format("  [{}]", i + 1), "within: " + bounds_[i], 6);
  }
  if (!verdict_.cases.empty()) {
    const auto complete = std::ranges::count_if(verdict_.cases, [](const CaseVerdict& one) {
      return one.outcome == CaseOutcome::kPassed && (one.exhaustive || one.strategy.empty());
    });
    const std::string cases = count(static_cast<long>(verdict_.cases.size()), "case");
    const judge::Seconds& seconds = verdict_.seconds;
    beside({style_.dim(fmt::format("verified completely: {} of {}", complete, cases)),
            style_.dim(fmt::format("{:.1f} s (build {:.1f}, cases {:.1f})", seconds.total,
                                   seconds.build, seconds.cases))},
           0, style_.dim(" · "));
  }
  for (const std::string& note : verdict_.notes) wrapped("note: ", note, 6);
  if (std::ranges::any_of(verdict_.cases, is_shown)) {
    std::vector<std::string> next{"Next: " + style_.command("./lab hint " + verdict_.lab)};
    if (some_left_out_) {
      const std::string all = fmt::format("./lab grade {} --all", verdict_.lab);
      next.push_back("the other failures: " + style_.command(all));
    }
    beside(next);
  }
}

}  // namespace

std::string console(const Verdict& verdict, const ConsoleOptions& options) {
  return Report(verdict, options).text();
}

}  // namespace lockstep::report
