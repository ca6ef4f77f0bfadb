#include "grader/report/interleaving.h"

#include <fmt/format.h>

#include <algorithm>

#include "grader/report/text.h"

namespace lockstep::report {
namespace {

constexpr int kNumberWidth = 7;  // of the step numbers, right-aligned
constexpr int kFirstColumn = kNumberWidth + 2;
constexpr int kNarrowestColumn = 24;  // "queue.h:40  not_empty_."
constexpr std::string_view kSwitch = "-- switch --";

// What a reader takes in at once; an execution as short as this is shown whole.
constexpr std::size_t kFew = 24;
// Of a longer one, a run of more than kLongRun steps of one thread is cut to this many at each end:
// the switches are what matters.
constexpr std::size_t kLongRun = 8;
constexpr std::size_t kRunEnd = 3;
// And of what is still longer, the end matters most.
constexpr std::size_t kMost = 60;
constexpr std::size_t kAtFront = 12;

std::string spaces(int columns) { return std::string(std::max(0, columns), ' '); }

// What the thread of a step that writes had read of the object before it, if that is not what it
// overwrites: what others wrote in between is lost, which "0 -> 1" would hide. Else empty.
std::string read_before(const std::vector<Step>& steps, const Step& write) {
  if (write.before.empty() || write.after.empty()) return "";
  std::string read;
  for (const Step& step : steps) {
    if (step.number >= write.number) break;
    if (step.thread != write.thread || step.object != write.object) continue;
    // Its own write is the end of what it did with the value.
    read = step.after.empty() ? step.before : "";
  }
  return read == write.before ? "" : read;
}

std::string values_text(const std::vector<Step>& steps, const Step& step) {
  if (const std::string read = read_before(steps, step); !read.empty()) {
    return fmt::format("  {} over {} ({} read {})", printable(step.after), printable(step.before),
                       printable(step.thread), printable(read));
  }
  std::string text;
  if (!step.before.empty()) text += "  " + printable(step.before);
  if (!step.after.empty()) text += (step.before.empty() ? "  -> " : " -> ") + printable(step.after);
  return text;
}

std::string operation_text(const std::vector<Step>& steps, const Step& step) {
  // Verbs of one width make "reads" and "writes" of the same object line up.
  constexpr int kVerb = 6;
  std::string text = printable(step.operation);
  if (!step.object.empty()) text = pad(text, kVerb) + " " + printable(step.object);
  text += values_text(steps, step);
  if (step.repeats > 1) text += fmt::format("  (repeats {}x)", step.repeats);
  return text;
}

}  // namespace

std::string place_text(const Place& place, std::string_view lab) {
  std::string_view file = place.file;
  if (!lab.empty() && file.starts_with(lab) && file.substr(lab.size()).starts_with('/')) {
    file.remove_prefix(lab.size() + 1);
  }
  if (file.empty()) return printable(place.function);
  return place.line > 0 ? fmt::format("{}:{}", printable(file), place.line) : printable(file);
}

std::string source_text(const Place& place, const std::map<std::string, judge::Lines>& sources) {
  const auto file = sources.find(place.file);
  if (file == sources.end()) return "";
  const auto line = file->second.find(place.line);
  if (line == file->second.end()) return "";
  const std::string text = printable(line->second);
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

struct InterleavingTable::Progress {
  std::vector<std::string> lines;
  std::string thread;                  // whose step was last
  std::map<std::string, Place> shown;  // the line shown last in each thread's column
};

InterleavingTable::InterleavingTable(const judge::Interleaving& interleaving,
                                     const std::map<std::string, judge::Lines>& sources,
                                     std::string_view lab, TableOptions options, const Style& style)
    : interleaving_(interleaving),
      sources_(sources),
      lab_(lab),
      options_(std::move(options)),
      width_(options_.columns),
      style_(style) {
  lay_out();
}

void InterleavingTable::lay_out() {
  for (const ThreadInfo& thread : interleaving_.threads) {
    if (std::ranges::count(interleaving_.steps, thread.label, &Step::thread) > 0) {
      columns_.push_back({thread.label, 0});
    }
  }
  for (const Step& step : interleaving_.steps) {
    // A step of a thread that is not listed is shown all the same.
    if (std::ranges::count(columns_, step.thread, &Column::label) == 0) {
      columns_.push_back({step.thread, 0});
    }
  }
  const int threads = std::max<int>(1, static_cast<int>(columns_.size()));
  // A step's text may run on to the right, over the columns of threads that do nothing in its row.
  // Only the last column cannot, so it gets half as much again.
  const int each = (width_ - kFirstColumn) * 2 / (threads * 2 + 1);
  one_column_ = threads > 1 && each < kNarrowestColumn;
  if (one_column_) {
    int longest = 0;
    for (const Column& column : columns_) longest = std::max(longest, width(column.label));
    for (Column& column : columns_) column.start = kFirstColumn + longest + 2;
  } else {
    for (int i = 0; i < threads && !columns_.empty(); ++i) {
      columns_[i].start = kFirstColumn + i * each;
    }
  }
}

const InterleavingTable::Column& InterleavingTable::column_of(const Step& step) const {
  return *std::ranges::find(columns_, step.thread, &Column::label);
}

std::size_t InterleavingTable::thread_index(std::string_view label) const {
  const auto found = std::ranges::find(interleaving_.threads, label, &ThreadInfo::label);
  return found - interleaving_.threads.begin();
}

void InterleavingTable::add_header(std::vector<std::string>& lines) const {
  std::vector<std::pair<std::string, std::string>> names;  // label, label with its place
  for (const Column& column : columns_) {
    const std::size_t index = thread_index(column.label);
    std::string name = printable(column.label);
    if (index < interleaving_.threads.size()) {
      const std::string made = place_text(interleaving_.threads[index].created, lab_);
      if (!made.empty()) name += " (" + made + ")";
    }
    names.emplace_back(column.label, name);
  }
  std::string line;
  if (one_column_) {
    for (const auto& [label, name] : names) line += (line.empty() ? "" : ", ") + name;
    for (const std::string& part : wrap(line, width_ - kFirstColumn)) {
      lines.push_back(spaces(kFirstColumn) + style_.bold(part));
    }
    return;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    const int room = (last ? width_ : columns_[i + 1].start - 2) - columns_[i].start;
    line = pad(line, columns_[i].start) +
           style_.thread(thread_index(names[i].first), shorten(names[i].second, room));
  }
  lines.push_back(line);
}

void InterleavingTable::add_note(const Step& step, const Column& column, int indent,
                                 Progress& progress) const {
  if (step.note.empty()) return;
  const std::string note = "<- " + printable(step.note);
  std::string& line = progress.lines.back();
  const auto next = std::ranges::find_if(
      columns_, [&](const Column& other) { return other.start > column.start; });
  int start = width(line) + 2;
  if (next != columns_.end()) start = std::max(start, next->start);
  if (start + width(note) <= width_) {
    line = pad(line, start) + style_.warning(note);
    return;
  }
  // Under what it is about, where that keeps it on one line.
  start = column.start + std::max(2, indent);
  if (start + width(note) > width_) start = column.start + 2;
  for (const std::string& part : wrap(note, width_ - start)) {
    progress.lines.push_back(spaces(start) + style_.warning(part));
  }
}

void InterleavingTable::add_step(const Step& step, Progress& progress) const {
  const Column& column = column_of(step);
  const std::size_t thread = thread_index(step.thread);
  // With one name a step a mark at every switch says nothing new; one that preempts does.
  const bool switches = !progress.thread.empty() && progress.thread != step.thread;
  if (switches && (step.preempts || !one_column_)) {
    const std::string mark = step.preempts ? style_.warning(kSwitch) : style_.dim(kSwitch);
    progress.lines.push_back(spaces(kFirstColumn) + mark);
  }
  progress.thread = step.thread;

  const std::string place = place_text(step.place, lab_);
  const std::string source = source_text(step.place, sources_);
  const auto [shown, is_first] = progress.shown.try_emplace(step.thread);
  const bool same_line =
      !is_first && shown->second.file == step.place.file && shown->second.line == step.place.line;
  shown->second = step.place;

  // A row holds one thread's step: its text may run on over the columns to the right.
  const int room = width_ - column.start;
  int indent = place.empty() ? 0 : width(place) + 2;
  if (indent > room / 2) indent = 2;

  std::vector<std::string> cell;
  if (!same_line && !place.empty()) {
    std::vector<std::string> text = wrap(source, room - width(place) - 2, room - indent);
    cell.push_back(style_.dim(place) + (source.empty() ? "" : "  " + text[0]));
    for (std::size_t i = 1; i < text.size(); ++i) cell.push_back(spaces(indent) + text[i]);
  }
  const std::string operation = operation_text(interleaving_.steps, step);
  // Under its source where that keeps it on one line.
  const int under = indent + width(operation) <= room ? indent : std::min(indent, 2);
  for (const std::string& part : wrap(operation, room - under)) {
    cell.push_back(spaces(under) + style_.thread(thread, part));
  }

  std::string front = pad_left(std::to_string(step.number), kNumberWidth);
  if (one_column_) front += "  " + style_.thread(thread, printable(step.thread));
  for (const std::string& text : cell) {
    progress.lines.push_back(pad(front, column.start) + text);
    front.clear();
  }
  add_note(step, column, under, progress);
}

std::vector<bool> InterleavingTable::choose_steps() const {
  const std::vector<Step>& steps = interleaving_.steps;
  std::vector<bool> shown(steps.size(), true);
  if (options_.every_step || steps.size() <= kFew) return shown;
  const auto leave_out = [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      const bool matters = !steps[i].note.empty() || options_.mentioned.contains(steps[i].number);
      if (!matters) shown[i] = false;
    }
  };
  for (std::size_t first = 0, end = 0; first < steps.size(); first = end) {
    while (end < steps.size() && steps[end].thread == steps[first].thread) ++end;
    if (end - first > kLongRun) leave_out(first + kRunEnd, end - kRunEnd);
  }
  std::size_t left = std::ranges::count(shown, true);
  for (std::size_t i = 0, seen = 0; i < steps.size() && left > kMost; ++i) {
    if (!shown[i] || ++seen <= kAtFront) continue;
    leave_out(i, i + 1);
    --left;
  }
  // The line that says so takes as much room as a step.
  constexpr std::size_t kWorthwhile = 3;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (shown[i]) continue;
    std::size_t end = i;
    while (end < steps.size() && !shown[end]) ++end;
    if (end - i < kWorthwhile) {
      for (std::size_t k = i; k < end; ++k) shown[k] = true;
    }
    i = end;
  }
  return shown;
}

void InterleavingTable::add_gap(std::size_t first, std::size_t end, Progress& progress) const {
  const std::vector<Step>& steps = interleaving_.steps;
  bool of_one = true;
  for (std::size_t i = first; i < end; ++i) of_one &= steps[i].thread == steps[first].thread;
  const int start = of_one ? column_of(steps[first]).start : kFirstColumn;
  progress.lines.push_back(spaces(start) +
                           style_.dim(fmt::format("... {} left out (--all) ...",
                                                  count(static_cast<long>(end - first), "step"))));
  progress.shown.clear();
  // A switch right behind the gap is still one when the gap was one thread's.
  progress.thread = of_one ? steps[first].thread : "";
}

std::vector<std::string> InterleavingTable::lines() const {
  const std::vector<Step>& steps = interleaving_.steps;
  if (steps.empty()) return {};
  Progress progress;
  add_header(progress.lines);
  const std::vector<bool> shown = choose_steps();
  for (std::size_t i = 0; i < steps.size();) {
    if (shown[i]) {
      add_step(steps[i++], progress);
      continue;
    }
    const std::size_t first = i;
    while (i < steps.size() && !shown[i]) ++i;
    add_gap(first, i, progress);
  }
  return progress.lines;
}

}  // namespace lockstep::report
