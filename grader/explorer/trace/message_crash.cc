// Crashes: what happened, where, and by which calls.

#include <string.h>  // sigabbrev_np

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/messages.h"
#include "grader/explorer/trace/operations.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::trace {
namespace {

constexpr std::size_t kMostCalls = 4;
constexpr int kLastSteps = 8;  // of the crashing thread, in which it read the null pointer

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name == nullptr ? "signal " + std::to_string(number) : "SIG" + std::string(name);
}

std::string what_happened(const Crash& crash) {
  switch (crash.kind) {
    case Crash::Kind::kNull:
      return crash.writes ? "write through a null pointer" : "null pointer used";
    case Crash::Kind::kStackOverflow:
      return "stack overflow";
    case Crash::Kind::kWild:
      return "memory that does not exist was used (a wild or dangling pointer)";
    case Crash::Kind::kDivision:
      return "division by zero";
    case Crash::Kind::kAbort:
      return "abort() was called";
    case Crash::Kind::kAssert:
      return "assertion `" + crash.text + "` failed";
    case Crash::Kind::kTerminate:
      return "std::terminate was called";
    case Crash::Kind::kBrokenPipe:
      return "SIGPIPE ended the process: a write, and nobody is left who could read it";
    case Crash::Kind::kOther:
      break;
  }
  return crash.signal != 0 ? signal_name(crash.signal) : std::string("the program died");
}

// The program's own calls that led there, the innermost first, without repetition.
std::vector<Place> calls(const std::vector<Frame>& stack, Symbols& symbols) {
  std::vector<Place> own;
  for (const Frame& frame : stack) {
    for (const Place& place : symbols.places(frame.pc, frame.exact)) {
      if (place.line == 0 || !is_own_file(place.file)) continue;
      const bool again =
          !own.empty() && own.back().line == place.line && own.back().file == place.file;
      if (!again) own.push_back(place);
      if (own.size() > kMostCalls) return own;
    }
  }
  return own;
}

// Who made the pointer null that the crashing thread read last.
std::string who_nulled(const Failure& failure, const Narrative& narrative) {
  const std::vector<Event>& events = narrative.recording().events;
  int last = static_cast<int>(events.size()) - 1;
  if (failure.event >= 0 && failure.event < last) last = failure.event;
  const auto reads_null = [&](const Event& event) {
    return event.thread == failure.thread && is_memory(event.op) && !writes(event) &&
           event.before == 0 &&
           narrative.symbols().value(event.target.type, 0, event.size).value_or("") == "null";
  };
  for (int own = 0; last >= 0 && own < kLastSteps && !reads_null(events[last]); --last) {
    if (events[last].thread == failure.thread) ++own;
  }
  if (last < 0 || !reads_null(events[last])) return {};
  const Event& read = events[last];
  for (int i = last - 1; i >= 0; --i) {
    const Event& change = events[i];
    if (change.address != read.address || !writes(change)) continue;
    if (change.after != 0 || change.thread == failure.thread) return {};
    const int step = narrative.step_of(i);
    return label(change.thread) + " had set " + narrative.quoted(read.target) + " to null at " +
           narrative.where(change.stack) +
           (step > 0 ? " (step " + std::to_string(step) + ")." : ".");
  }
  return {};
}

}  // namespace

void write_crash(const Failure& failure, const Crash& crash, const Narrative& narrative,
                 Finding& finding) {
  const std::vector<Place> own = calls(failure.stack, narrative.symbols());
  finding.message = "Crash: " + what_happened(crash);
  if (!own.empty()) finding.message += " at " + short_place(own[0].file, own[0].line);
  finding.message += " in " + (failure.thread == 0 ? "main" : "thread " + label(failure.thread));
  if (!own.empty() && !own[0].function.empty()) finding.message += " (`" + own[0].function + "`)";
  finding.message += ".";
  if (crash.kind == Crash::Kind::kNull) {
    const std::string who = who_nulled(failure, narrative);
    if (!who.empty()) finding.details.push_back(who);
  }
  if (crash.kind == Crash::Kind::kStackOverflow) {
    finding.details.push_back("A function that calls itself without end, or very large locals.");
    return;
  }
  for (std::size_t i = 1; i < own.size() && i < kMostCalls; ++i) {
    finding.details.push_back("called at " + short_place(own[i].file, own[i].line) +
                              (own[i].function.empty() ? "" : " in `" + own[i].function + "`"));
  }
}

}  // namespace lockstep::trace
