// Deadlocks and lost wake-ups: who waits for whom, and who notified when.

#include <algorithm>
#include <set>

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/messages.h"
#include "grader/explorer/trace/operations.h"

namespace lockstep::trace {
namespace {

bool sleeps(const Blocked& blocked) {
  return blocked.op == Op::kWait || blocked.op == Op::kFutexWait || blocked.op == Op::kSemWait ||
         blocked.op == Op::kBarrierArrive;
}

const Blocked* blocked_thread(const Stuck& stuck, int thread) {
  for (const Blocked& blocked : stuck.threads) {
    if (blocked.thread == thread) return &blocked;
  }
  return nullptr;
}

// The threads of a cycle in the wait-for graph, the lowest first; empty when there is none.
std::vector<int> cycle_of(const Stuck& stuck) {
  for (const Blocked& begin : stuck.threads) {
    std::vector<int> path;
    const Blocked* at = &begin;
    while (at != nullptr && !sleeps(*at) &&
           std::find(path.begin(), path.end(), at->thread) == path.end()) {
      path.push_back(at->thread);
      if (at->owner == begin.thread) {
        std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
        return path;
      }
      at = blocked_thread(stuck, at->owner);
    }
  }
  return {};
}

// What a thread that waits at a descriptor waits for.
std::string wish(Op op) {
  switch (op) {
    case Op::kReceive:
      return " for something to read from ";
    case Op::kSend:
      return " for room to write to ";
    case Op::kAccept:
      return " for somebody to connect to ";
    case Op::kConnect:
      return " for room among the connections to ";
    default:
      return " for something to happen at ";
  }
}

std::string line_of(const Blocked& blocked, const Narrative& narrative) {
  std::string text = label(blocked.thread) + " waits";
  if (!blocked.stack.empty()) text += " at " + narrative.where(blocked.stack);
  switch (blocked.op) {
    case Op::kJoin:
      return text + " for " + label(blocked.owner) + " to end";
    case Op::kQuiesce:
      return text + " for the others to rest";
    default:
      break;
  }
  const std::string object = narrative.quoted(blocked.object);
  if (is_descriptor(blocked.op)) return text + wish(blocked.op) + object;
  text += " for " + (object.empty() ? std::string("a lock") : object);
  if (blocked.owner < 0) return text;
  text += blocked.owner == blocked.thread ? ", which it holds itself"
                                          : ", held by " + label(blocked.owner);
  if (!blocked.taken.empty()) text += " since " + narrative.where(blocked.taken);
  if (blocked.owner_ended) text += "; " + label(blocked.owner) + " has ended";
  return text;
}

std::string step_words(int step) {
  return step > 0 ? "at step " + std::to_string(step) : "before the first step shown";
}

// "`not_empty_` was notified once, at step 7, when nobody waited; A began to wait at step 9."
std::string notifications(const Blocked& waiter, const Narrative& narrative) {
  const std::vector<Event>& events = narrative.recording().events;
  std::vector<std::string> each;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    if (event.address != waiter.object.address) continue;
    if (event.op != Op::kNotifyOne && event.op != Op::kNotifyAll && event.op != Op::kFutexWake) {
      continue;
    }
    std::string words = step_words(narrative.step_of(static_cast<int>(i)));
    if (event.count == 0) {
      words += ", when nobody waited";
    } else if (event.other >= 0 && event.count == 1) {
      words += ", which woke " + label(event.other);
    } else {
      words += ", which woke " + std::to_string(event.count);
    }
    each.push_back(words);
  }
  const std::string object = narrative.quoted(waiter.object);
  std::string text = object + " was ";
  if (each.empty()) return text + "never notified.";
  constexpr std::size_t kMostTold = 4;
  const std::size_t told = std::min(each.size(), kMostTold);
  text += "notified ";
  text += each.size() == 1 ? "once, " : std::to_string(each.size()) + " times, last ";
  for (std::size_t i = each.size() - told; i < each.size(); ++i) {
    text += each[i];
    if (i + 1 < each.size()) text += "; ";
  }
  const int began = narrative.step_of(waiter.event);
  if (began > 0) {
    text += "; " + label(waiter.thread) + " began to wait at step " + std::to_string(began);
  }
  return text + ".";
}

// The waiter looked at something that another thread changed before the waiter slept: looking and
// going to sleep were not one step.
std::string late_sleep(const Blocked& waiter, const Narrative& narrative) {
  const std::vector<Event>& events = narrative.recording().events;
  if (waiter.event < 0 || waiter.event >= static_cast<int>(events.size())) return {};
  for (int read = waiter.event - 1; read >= 0; --read) {
    const Event& look = events[read];
    if (look.thread != waiter.thread) continue;
    if (look.op == Op::kWake) return {};
    if (look.op != Op::kRead && look.op != Op::kAtomicLoad) continue;
    for (int i = read + 1; i < waiter.event; ++i) {
      const Event& change = events[i];
      if (change.thread == waiter.thread || !writes(change)) continue;
      if (change.address != look.address) continue;
      const int looked = narrative.step_of(read);
      const int slept = narrative.step_of(waiter.event);
      if (looked == 0 || slept == 0) return {};
      return "The check of " + narrative.quoted(look.target) + " (step " + std::to_string(looked) +
             ") and the wait (step " + std::to_string(slept) +
             ") are not one step under the lock: " + label(change.thread) +
             " changed it in between.";
    }
  }
  return {};
}

std::string waiting_thread(const Blocked& waiter, const Narrative& narrative) {
  std::string text = label(waiter.thread) + " waits";
  if (!waiter.stack.empty()) text += " at " + narrative.where(waiter.stack);
  const std::string object = narrative.quoted(waiter.object);
  if (!object.empty()) text += " for " + object;
  return text;
}

void write_lost_wakeup(const Stuck& stuck, const Narrative& narrative, Finding& finding) {
  std::vector<const Blocked*> waiters;
  for (const Blocked& blocked : stuck.threads) {
    if (sleeps(blocked)) waiters.push_back(&blocked);
  }
  if (waiters.empty()) {
    finding.message = "Lost wake-up: a thread sleeps, and nobody is left who will wake it.";
    return;
  }
  const char* const wake = waiters.front()->op == Op::kSemWait         ? "release it"
                           : waiters.front()->op == Op::kBarrierArrive ? "arrive at it"
                                                                       : "notify it";
  finding.message = "Lost wake-up: " + waiting_thread(*waiters.front(), narrative) +
                    ", and nobody is left who will " + wake + ".";
  std::set<std::uintptr_t> told;
  for (const Blocked* waiter : waiters) {
    if (waiter != waiters.front()) {
      finding.details.push_back(waiting_thread(*waiter, narrative) + " too.");
    }
    const bool notified = waiter->op == Op::kWait || waiter->op == Op::kFutexWait;
    if (notified && told.insert(waiter->object.address).second) {
      finding.details.push_back(notifications(*waiter, narrative));
    }
    const std::string late = late_sleep(*waiter, narrative);
    if (!late.empty()) finding.details.push_back(late);
  }
}

}  // namespace

void write_stuck(const Failure& failure, const Stuck& stuck, const Narrative& narrative,
                 Finding& finding) {
  if (failure.rule == Rule::kLostWakeup) {
    write_lost_wakeup(stuck, narrative, finding);
  } else {
    finding.message = "Deadlock: no thread can go on.";
  }
  const std::vector<int> cycle = cycle_of(stuck);
  if (cycle.size() == 1) {
    finding.message =
        "Deadlock: " + line_of(*blocked_thread(stuck, cycle.front()), narrative) + ".";
  }
  const auto outside_join = std::count_if(
      stuck.threads.begin(), stuck.threads.end(),
      [](const Blocked& blocked) { return blocked.op != Op::kJoin || blocked.thread != 0; });
  if (failure.rule == Rule::kDeadlock && cycle.empty() && outside_join == 1) {
    for (const Blocked& blocked : stuck.threads) {
      if (blocked.op == Op::kJoin && blocked.thread == 0) continue;
      finding.message = "Deadlock: " + line_of(blocked, narrative) + ".";
    }
    return;
  }
  for (const Blocked& blocked : stuck.threads) {
    if (failure.rule == Rule::kLostWakeup && sleeps(blocked)) continue;  // told above
    // That main waits for the others to end says nothing, unless they wait for it.
    const bool in_cycle = std::find(cycle.begin(), cycle.end(), blocked.thread) != cycle.end();
    if (blocked.op == Op::kJoin && !in_cycle && stuck.threads.size() > 1) continue;
    if (cycle.size() == 1 && in_cycle) continue;  // the message has said it
    finding.details.push_back(line_of(blocked, narrative) + ".");
  }
  if (cycle.size() < 2) return;
  std::string text;
  for (const int thread : cycle) text += label(thread) + " -> ";
  finding.details.push_back(text + label(cycle.front()));
}

}  // namespace lockstep::trace
