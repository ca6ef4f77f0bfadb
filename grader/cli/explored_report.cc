#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "grader/cli/explored.h"
#include "grader/cli/process.h"
#include "grader/judge/result_json.h"
#include "grader/report/failure.h"
#include "grader/report/interleaving.h"
#include "grader/report/style.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace {

// What the reporters know how to show.
judge::CaseVerdict as_case(const Explored& explored) {
  const Result& result = explored.result;
  const Finding& finding = *result.finding;
  judge::CaseVerdict shown;
  shown.outcome = judge::CaseOutcome::kFailed;
  shown.rule = finding.rule;
  shown.message = finding.message;
  shown.expected = finding.expected;
  shown.seen = finding.seen;
  shown.details = finding.details;
  shown.interleaving = {finding.threads, finding.steps, finding.preemptions, finding.fewest};
  shown.schedule = finding.schedule;
  shown.executions = result.executions;
  shown.strategy = result.strategy;
  shown.sources = explored.sources;
  return shown;
}

std::vector<std::string> command_words(const ExploreRequest& request) {
  std::vector<std::string> words{"./lab", "explore"};
  words.insert(words.end(), request.files.begin(), request.files.end());
  words.insert(words.end(), request.flags.begin(), request.flags.end());
  words.insert(words.end(), request.libraries.begin(), request.libraries.end());
  for (const Rule rule : request.ignored) {
    words.insert(words.end(), {"--ignore", std::string(name_of(rule))});
  }
  for (const Rule rule : request.required) {
    words.insert(words.end(), {"--require", std::string(name_of(rule))});
  }
  return words;
}

// The command that shows the finding again.
std::string replay_command(const ExploreRequest& request, const std::string& schedule) {
  std::vector<std::string> words = command_words(request);
  words.insert(words.end(), {"--replay", schedule});
  if (!request.arguments.empty()) {
    words.emplace_back("--");
    words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  }
  return quoted(words);
}

// Whether a larger budget would find no more. Where there are two clocks, each has half of it.
bool ended_by_bound(const ExploreRequest& request, const Result& result) {
  return request.strategy != "bounded" && result.executions < request.executions / 2;
}

std::string searched(const ExploreRequest& request, const Result& result) {
  if (result.strategy == "replay") return "in the replayed interleaving";
  if (!result.exhaustive && ended_by_bound(request, result)) {
    return fmt::format(
        "in {} interleavings; what goes beyond a bound was left out ({})",
        report::thousands(result.executions),
        result.bounds.empty() ? "a thread gives way after 1,000 steps in a row" : result.bounds);
  }
  if (!result.exhaustive) {
    return fmt::format("in {} of more interleavings (seed {}); --executions N searches more",
                       report::thousands(result.executions), request.seed);
  }
  std::string text = result.executions == 1 ? "there is 1 interleaving that matters"
                                            : fmt::format("in all {} interleavings",
                                                          report::thousands(result.executions));
  if (!result.bounds.empty()) text += fmt::format(" (within: {})", result.bounds);
  return text;
}

// The sentence; of a deadlock with who waits for what, without which it says nothing.
std::string message_of(const Finding& finding) {
  std::string message = finding.message;
  if (finding.rule != Rule::kDeadlock) return message;
  for (const std::string& detail : finding.details) message += " " + detail;
  return message;
}

class Text {
 public:
  Text(int columns, bool colour) : columns_(columns), style_(colour) {}

  const report::Style& style() const { return style_; }
  void line(const std::string& text = "") { text_ += text + "\n"; }
  void lines(const std::vector<std::string>& lines) {
    for (const std::string& one : lines) line(one);
  }
  void wrapped(const std::string& text, int indent) {
    for (const std::string& part : report::wrap(report::printable(text), columns_ - indent)) {
      line(std::string(indent, ' ') + part);
    }
  }
  // In full: it is the program's output, which nobody else shows.
  void output(const Result& result) {
    if (!result.output.empty()) {
      line();
      line("    It printed:");
      for (const std::string_view one : report::split_lines(result.output)) {
        line("      " + report::printable(one));
      }
    }
    if (result.exit_status != 0) {
      line();
      line(fmt::format("    exit status {}", result.exit_status));
    }
  }
  void notes(const Result& result) {
    if (!result.notes.empty()) line();
    for (const Note& note : result.notes) {
      const std::string place = report::place_text(note.place, "");
      wrapped(fmt::format("note ({}): {}{}{}", name_of(note.rule), note.message,
                          place.empty() ? "" : "  ", place),
              4);
    }
  }
  int columns() const { return columns_; }
  std::string take() { return std::move(text_); }

 private:
  const int columns_;
  const report::Style style_;
  std::string text_;
};

}  // namespace

std::string explored_text(const ExploreRequest& request, const Explored& explored, int columns,
                          bool colour) {
  Text text(columns, colour);
  const report::Style& style = text.style();
  const Result& result = explored.result;
  const std::string name = style.bold(request.files[0]) + ": ";
  if (!result.error.empty()) {
    text.line(name + style.bad("it cannot be explored"));
    text.line();
    for (const std::string_view one : report::split_lines(result.error)) {
      text.line("    " + report::printable(one));
    }
    text.line();
    text.line("    Next: mend it, or read what can be explored in docs/commands.md");
    return text.take();
  }
  if (!result.finding) {
    text.wrapped(fmt::format("{}: nothing found, {}", request.files[0], searched(request, result)),
                 0);
    text.output(result);
    text.notes(result);
    return text.take();
  }
  text.line(name + style.bad(name_of(result.finding->rule)));
  text.line();
  text.lines(report::failure_lines(as_case(explored), "", {columns, request.all}, style));
  text.output(result);
  text.notes(result);
  text.line();
  text.line("    Next: " + style.command(replay_command(request, result.finding->schedule)));
  return text.take();
}

std::string explored_json(const Explored& explored) {
  const Result& result = explored.result;
  const bool is_error = !result.error.empty();
  const Finding finding = result.finding.value_or(Finding());
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const Step& step : finding.steps) {
    steps.push_back({{"thread", step.thread},
                     {"file", step.place.file},
                     {"line", step.place.line},
                     {"operation", step.operation},
                     {"object", step.object},
                     {"before", step.before},
                     {"after", step.after},
                     {"preempts", step.preempts},
                     {"repeats", step.repeats},
                     {"note", step.note}});
  }
  nlohmann::ordered_json notes = nlohmann::ordered_json::array();
  for (const Note& note : result.notes) notes.push_back(judge::to_json(note));
  const nlohmann::ordered_json document = {
      {"outcome", is_error         ? "error"
                  : result.finding ? "found"
                                   : "clean"},
      {"rule", result.finding ? std::string(name_of(finding.rule)) : std::string()},
      {"message", is_error ? result.error : message_of(finding)},
      {"expected", finding.expected},
      {"seen", finding.seen},
      {"details", finding.details},
      {"exhaustive", result.exhaustive},
      {"bounds", result.bounds},
      {"strategy", result.strategy},
      {"executions", result.executions},
      {"schedule", finding.schedule},
      {"preemptions", finding.preemptions},
      {"steps", steps},
      {"notes", notes},
      {"output", result.output},
      {"exit_status", result.exit_status},
      {"seconds", result.seconds},
  };
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep::cli
