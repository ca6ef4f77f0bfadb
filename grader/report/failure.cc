#include "grader/report/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "grader/report/interleaving.h"
#include "grader/report/text.h"
#include "grader/report/why.h"

namespace lockstep::report {
namespace {

using judge::CaseVerdict;

constexpr int kIndent = 4;              // of sentences
constexpr int kFactIndent = 6;          // of facts about them
constexpr int kFactLabel = 11;          // "expected   "
constexpr std::size_t kMostOutput = 8;  // lines of what the program printed

class Lines {
 public:
  explicit Lines(int columns) : columns_(columns) {}

  void blank() {
    if (!lines_.empty() && !lines_.back().empty()) lines_.emplace_back();
  }

  template <class Paint>
  void sentence(std::string_view text, int indent, Paint paint) {
    for (const std::string& part : wrap(printable(text), columns_ - indent)) {
      lines_.push_back(std::string(indent, ' ') + paint(part));
    }
  }
  void sentence(std::string_view text, int indent) {
    sentence(text, indent, [](const std::string& part) { return part; });
  }

  void sentence_if(std::string_view text, int indent) {
    if (!text.empty()) sentence(text, indent);
  }

  // A label and its text in a column of its own; a text of several lines keeps them.
  void fact(std::string_view label, std::string_view text) {
    constexpr int kStart = kFactIndent + kFactLabel;
    std::string front = std::string(kFactIndent, ' ') + pad(label, kFactLabel);
    for (const std::string_view line : split_lines(text)) {
      for (const std::string& part : wrap(printable(line), columns_ - kStart)) {
        lines_.push_back(front + part);
        front.assign(kStart, ' ');
      }
    }
  }

  void add(std::vector<std::string> lines) {
    for (std::string& line : lines) lines_.push_back(std::move(line));
  }

  std::vector<std::string> take() { return std::move(lines_); }

 private:
  const int columns_;
  std::vector<std::string> lines_;
};

// The numbers behind "step" in the sentences around the table.
std::set<int> mentioned_steps(const CaseVerdict& failed) {
  std::set<int> numbers;
  std::vector<std::string> sentences = failed.details;
  sentences.push_back(failed.message);
  for (const Step& step : failed.interleaving.steps) sentences.push_back(step.note);
  constexpr std::string_view kStep = "step ";
  for (const std::string& text : sentences) {
    for (std::size_t at = text.find(kStep); at != std::string::npos; at = text.find(kStep, at)) {
      at += kStep.size();
      int number = 0;
      std::from_chars(text.data() + at, text.data() + text.size(), number);
      numbers.insert(number);
    }
  }
  return numbers;
}

// `value_ = value_ + 1` where a thread reads and then writes one object in one line: the statement
// that looks like one step and is two. Empty when no access that races is part of such a one.
std::string two_step_statement(const CaseVerdict& failed) {
  const std::set<int> racing = mentioned_steps(failed);
  const std::vector<Step>& steps = failed.interleaving.steps;
  for (auto read = steps.begin(); read != steps.end(); ++read) {
    if (read->operation != "reads") continue;
    const auto next = std::find_if(read + 1, steps.end(),
                                   [&](const Step& step) { return step.thread == read->thread; });
    if (next != steps.end() && next->operation == "writes" && next->object == read->object &&
        next->place.file == read->place.file && next->place.line == read->place.line &&
        (racing.contains(read->number) || racing.contains(next->number))) {
      return source_text(read->place, failed.sources);
    }
  }
  return "";
}

std::string why_text(const CaseVerdict& failed) {
  if (*failed.rule == Rule::kDataRace) {
    std::string statement = two_step_statement(failed);
    if (!statement.empty()) {
      if (statement.ends_with(';')) statement.pop_back();
      return "`" + statement + "` is a read and a write; another thread can run in between.";
    }
  }
  return std::string(why(*failed.rule));
}

void add_facts(const CaseVerdict& failed, Lines& lines) {
  const std::string search = search_text(failed);
  if (failed.expected.empty() && failed.seen.empty() && search.empty()) return;
  lines.blank();
  lines.fact("expected", failed.expected);
  lines.fact("seen", failed.seen);
  // A line of its own: the one in which a replay and the search that found it differ.
  lines.fact("found", search);
}

void add_output(const CaseVerdict& failed, Lines& lines) {
  const std::vector<std::string_view> output = split_lines(failed.output);
  if (output.empty()) return;
  lines.blank();
  std::string shown;
  for (std::size_t i = 0; i < std::min(output.size(), kMostOutput); ++i) {
    shown += std::string(output[i]) + "\n";
  }
  lines.fact("printed", shown);
  if (output.size() > kMostOutput) {
    const long more = static_cast<long>(output.size() - kMostOutput);
    lines.fact("", fmt::format("... and {} more", count(more, "line")));
  }
}

std::string preemptions_text(const judge::Interleaving& interleaving) {
  const std::vector<Step>& steps = interleaving.steps;
  const bool one_thread =
      std::ranges::all_of(steps, [&](const Step& step) { return step.thread == steps[0].thread; });
  if (steps.empty() || one_thread) return "";
  if (interleaving.preemptions == 0) return "No preemption is needed.";
  return count(interleaving.preemptions, "preemption") +
         (interleaving.fewest ? "; no interleaving with fewer shows it." : ".");
}

}  // namespace

std::string search_text(const CaseVerdict& failed) {
  if (failed.executions == 0) return "";
  if (failed.strategy == "replay") return "replayed from " + printable(failed.schedule);
  return fmt::format("in the {} interleaving searched", ordinal(failed.executions));
}

std::vector<std::string> failure_lines(const CaseVerdict& failed, std::string_view lab,
                                       const FailureOptions& options, const Style& style) {
  const int columns = options.columns;
  Lines lines(columns);
  lines.sentence(failed.message, kIndent,
                 [&](const std::string& part) { return style.bold(part); });
  add_facts(failed, lines);
  const InterleavingTable table(failed.interleaving, failed.sources, lab,
                                {columns, options.every_step, mentioned_steps(failed)}, style);
  if (std::vector<std::string> rows = table.lines(); !rows.empty()) {
    lines.blank();
    lines.add(std::move(rows));
  }
  const std::string preemptions = preemptions_text(failed.interleaving);
  if (!failed.details.empty() || !preemptions.empty()) lines.blank();
  for (const std::string& detail : failed.details) {
    for (const std::string_view line : split_lines(detail)) lines.sentence(line, kFactIndent);
  }
  lines.sentence_if(preemptions, kFactIndent);
  add_output(failed, lines);
  if (!failed.notes.empty()) lines.blank();
  for (const Note& note : failed.notes) {
    const std::string place = place_text(note.place, lab);
    lines.sentence(fmt::format("note ({}): {}{}{}", name_of(note.rule), note.message,
                               place.empty() ? "" : "  ", place),
                   kFactIndent);
  }
  if (failed.rule) {
    lines.blank();
    lines.sentence("Why: " + why_text(failed), kIndent);
    const std::string where = page(*failed.rule);
    constexpr int kGap = 3;
    std::vector<std::string> all = lines.take();
    // Beside the sentence where there is room for it.
    if (width(all.back()) + kGap + width(where) <= columns) {
      all.back() += std::string(kGap, ' ') + style.command(where);
    } else {
      all.push_back(std::string(kIndent + 5, ' ') + style.command(where));
    }
    return all;
  }
  return lines.take();
}

}  // namespace lockstep::report
