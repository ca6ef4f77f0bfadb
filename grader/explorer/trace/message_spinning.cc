// Threads that run and get nowhere: busy waiting, livelock, endless loops.

#include <algorithm>
#include <cstdio>

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/messages.h"
#include "grader/explorer/trace/operations.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::trace {
namespace {

std::string list_of(const std::vector<Target>& targets, const Narrative& narrative) {
  std::vector<std::string> names;
  for (const Target& target : targets) {
    const std::string name = narrative.quoted(target);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

constexpr std::size_t kLately = 200;  // events

// What `thread` read in its last steps, in the order of the first reads.
std::vector<Target> read_lately(int thread, const Narrative& narrative) {
  constexpr std::size_t kMostTold = 3;
  const std::vector<Event>& events = narrative.recording().events;
  std::vector<Target> targets;
  for (std::size_t i = events.size() - std::min(events.size(), kLately); i < events.size(); ++i) {
    const Event& event = events[i];
    const bool reads = event.op == Op::kTryLock || (is_memory(event.op) && !writes(event));
    if (event.thread != thread || !reads || targets.size() == kMostTold) continue;
    if (event.target.type == kReferenceItself) continue;  // how a capture works
    const bool told = std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
      return target.address == event.address;
    });
    if (!told) targets.push_back(event.target);
  }
  return targets;
}

// " at queue.h:51". The compiler may leave no line for a loop that does nothing: then by where its
// thread began.
std::string where_it_runs(const Spinning::Thread& thread, const Narrative& narrative) {
  if (narrative.place(thread.stack).line != 0) return " at " + narrative.where(thread.stack);
  const auto& threads = narrative.recording().threads;
  const auto index = static_cast<std::size_t>(thread.thread);
  if (thread.thread >= 0 && index < threads.size() &&
      narrative.place(threads[index].created).line != 0) {
    return " in what was started at " + narrative.where(threads[index].created);
  }
  const Place body = narrative.symbols().outermost_function(thread.stack);
  if (body.line != 0) return " in what begins at " + short_place(body.file, body.line);
  return " at " + narrative.where(thread.stack);
}

bool ran_lately(int thread, const Narrative& narrative) {
  const std::vector<Event>& events = narrative.recording().events;
  const auto begin = events.end() - static_cast<std::ptrdiff_t>(std::min(events.size(), kLately));
  return events.empty() || std::any_of(begin, events.end(),
                                       [&](const Event& event) { return event.thread == thread; });
}

}  // namespace

void write_spinning(const Failure& failure, const Spinning& spinning, const Narrative& narrative,
                    Finding& finding) {
  const auto reads_of = [&](const Spinning::Thread& thread) {
    return list_of(thread.reads.empty() ? read_lately(thread.thread, narrative) : thread.reads,
                   narrative);
  };
  const auto turn = [&](const Spinning::Thread& thread) {
    // One that comes to no hook reads nothing that others could change.
    const std::string reads = spinning.cpu_seconds > 0 ? "" : reads_of(thread);
    return where_it_runs(thread, narrative) + (reads.empty() ? "" : ", reading " + reads);
  };
  if (failure.rule == Rule::kEndlessLoop && !spinning.threads.empty()) {
    const Spinning::Thread& thread = spinning.threads.front();
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%g", spinning.cpu_seconds);
    finding.message = "Endless loop: thread " + label(thread.thread);
    finding.message += spinning.cpu_seconds > 0
                           ? " has run " + std::string(seconds) + " s of processor time"
                           : " goes round for ever";
    finding.message += turn(thread);
    if (!thread.held.empty()) {
      finding.message += " without letting go of " + narrative.quoted(thread.held.back().lock);
      if (!thread.held.back().taken.empty()) {
        finding.message += ", taken at " + narrative.where(thread.held.back().taken);
      }
    }
    finding.message += ".";
    return;
  }
  if (failure.rule == Rule::kBusyWait && !spinning.threads.empty()) {
    const Spinning::Thread& thread = spinning.threads.front();
    const std::string reads = reads_of(thread);
    const std::string lock = narrative.quoted(thread.lock);
    finding.message = "Busy waiting: " + label(thread.thread) + " goes round at " +
                      narrative.where(thread.stack) + " until another thread changes " +
                      (reads.empty() ? "something" : reads) +
                      (lock.empty() ? "" : ", and takes " + lock + " for every look") +
                      "; a waiter should sleep.";
  } else {
    finding.message = "Livelock: ";
    if (spinning.steps > 0) finding.message += std::to_string(spinning.steps) + " steps, and ";
    finding.message += "the threads go on without getting anywhere.";
  }
  if (failure.rule == Rule::kBusyWait && spinning.threads.size() == 1) return;
  for (const Spinning::Thread& thread : spinning.threads) {
    if (!ran_lately(thread.thread, narrative)) continue;  // it waits for those that go round
    finding.details.push_back(label(thread.thread) + " goes round" + turn(thread) + ".");
  }
}

}  // namespace lockstep::trace
