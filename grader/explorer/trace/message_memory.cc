// Data races, memory used after it was freed, memory never freed.

#include <algorithm>

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/messages.h"
#include "grader/explorer/trace/operations.h"

namespace lockstep::trace {
namespace {

std::string bytes(std::size_t size) {
  return std::to_string(size) + (size == 1 ? " byte" : " bytes");
}

std::string mebibytes(std::size_t size) { return std::to_string(size >> 20) + " MiB"; }

// "A holds no lock", "A holds `mutex_` (since queue.h:20)", "A holds `lock_` for reading".
std::string holds(int thread, const std::vector<HeldLock>& held, const Narrative& narrative) {
  std::string text = label(thread) + " holds ";
  if (held.empty()) return text + "no lock";
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (i > 0) text += i + 1 == held.size() ? " and " : ", ";
    text += narrative.quoted(held[i].lock);
    if (held[i].for_reading) text += " for reading";
    if (!held[i].taken.empty()) text += " (since " + narrative.where(held[i].taken) + ")";
  }
  return text;
}

// What the locks of the two have to do with each other. Only readers hold one at the same time.
std::string in_common(const Access& first, const Access& second, const Narrative& narrative) {
  if (first.held.empty() || second.held.empty()) return {};
  for (const HeldLock& one : first.held) {
    for (const HeldLock& other : second.held) {
      const bool both_read = one.for_reading && other.for_reading;
      if (both_read && one.lock.address == other.lock.address) {
        return "both hold " + narrative.quoted(one.lock) + " for reading only, and ";
      }
    }
  }
  return "no lock in common, and ";
}

void add_consequence(const Failure& failure, const Narrative& narrative, Finding& finding) {
  if (failure.consequence == nullptr) return;
  Finding consequence;
  write_message(*failure.consequence, narrative, consequence);
  finding.expected = consequence.expected;
  finding.seen = consequence.seen;
  if (finding.expected.empty() && finding.seen.empty()) {
    finding.seen = consequence.message;
  } else if (!std::holds_alternative<CheckFailed>(failure.consequence->what)) {
    finding.details.push_back("It led to this: " + consequence.message);
  }
  finding.details.insert(finding.details.end(), consequence.details.begin(),
                         consequence.details.end());
}

// A race that was seen in another execution than the one reported: all there is is what it led to.
void write_unseen_race(const Failure& failure, const Narrative& narrative, Finding& finding) {
  const std::string object =
      narrative.quoted(target_of_unseen_race(failure, narrative.recording()));
  finding.message = "Data race: two threads use " + (object.empty() ? "the same memory" : object) +
                    " at the same time, and at least one of them writes.";
  add_consequence(failure, narrative, finding);
}

// Whether the free came after the access in this execution: then it is only that it might as well
// have come before.
bool freed_later(const FreedMemory& freed, const Narrative& narrative) {
  const std::vector<Event>& events = narrative.recording().events;
  if (freed.access.event < 0 || freed.access.op == Op::kFree) return false;
  for (std::size_t i = static_cast<std::size_t>(freed.access.event); i < events.size(); ++i) {
    if (events[i].op == Op::kFree && events[i].thread == freed.freed_by &&
        events[i].address <= freed.access.target.address &&
        freed.access.target.address < events[i].address + std::max(events[i].size, 1U)) {
      return true;
    }
  }
  return false;
}

void tell_allocation(const FreedMemory& freed, const Narrative& narrative, Finding& finding) {
  if (freed.allocated.empty()) return;
  finding.details.push_back(
      (freed.size > 0 ? "The " + bytes(freed.size) + " were" : "The memory was") +
      " allocated by " + label(freed.allocated_by) + " at " + narrative.where(freed.allocated) +
      ".");
}

}  // namespace

void write_race(const Failure& failure, const DataRace& race, const Narrative& narrative,
                Finding& finding) {
  if (race.first.target.address == 0 && race.second.target.address == 0) {
    write_unseen_race(failure, narrative, finding);
    return;
  }
  const Access& first = race.first;
  const Access& second = race.second;
  // What is done at a lock or a condition only needs it to be there.
  const auto is_write = [](const Access& access) {
    return access.op == Op::kWrite || access.op == Op::kAtomicStore || access.op == Op::kAtomicRmw;
  };
  const auto is_atomic = [&](const Access& access) {
    return access.op == Op::kAtomicLoad || access.op == Op::kAtomicCas ||
           (is_write(access) && access.op != Op::kWrite);
  };
  const Target& target = second.target.address != 0 ? second.target : first.target;
  finding.message =
      "Data race: two threads use " + narrative.quoted(target) + " at the same time, and " +
      (is_write(first) && is_write(second) ? "both write." : "at least one of them writes.");
  const int one = narrative.step_of(first.event);
  const int two = narrative.step_of(second.event);
  std::string text = holds(first.thread, first.held, narrative) + ", " +
                     holds(second.thread, second.held, narrative) + ": ";
  text += in_common(first, second, narrative);
  text += one > 0 && two > 0 ? "nothing orders step " + std::to_string(one) + " and step " +
                                   std::to_string(two) + "."
                             : "nothing orders the two.";
  finding.details.push_back(text);
  if (is_atomic(first) != is_atomic(second)) {
    const Access& atomic = is_atomic(first) ? first : second;
    const Access& plain = is_atomic(first) ? second : first;
    finding.details.push_back("The access of " + label(atomic.thread) + " is atomic, that of " +
                              label(plain.thread) + " is not.");
  }
  const auto mention = [&](const Access& access, int step) {
    if (step > 0 || access.stack.empty()) return;
    finding.details.push_back(label(access.thread) + " " + std::string(verb(access.op)) +
                              " it at " + narrative.where(access.stack) + ".");
  };
  mention(first, one);
  mention(second, two);
  add_consequence(failure, narrative, finding);
}

void write_freed(const Failure& failure, const FreedMemory& freed, const Narrative& narrative,
                 Finding& finding) {
  const int thread = freed.access.thread >= 0 ? freed.access.thread : failure.thread;
  const std::vector<Frame>& stack = freed.access.stack.empty() ? failure.stack : freed.access.stack;
  const std::string object = narrative.quoted(freed.access.target);
  const std::string who = label(thread);
  if (freed.stack_memory) {
    finding.message = "Use after free: " + who + " " + std::string(verb(freed.access.op)) + " " +
                      object + " at " + narrative.where(stack) + ", on the stack of " +
                      label(freed.freed_by) + ", which has left that function or ended.";
    return;
  }
  if (freed_later(freed, narrative)) {
    finding.message = "Use after free: " + label(freed.freed_by) + " frees " + object + " at " +
                      narrative.where(freed.freed) + ", which " + who + " " +
                      std::string(verb(freed.access.op)) + " at " + narrative.where(stack) +
                      ": nothing orders the two.";
    tell_allocation(freed, narrative, finding);
    return;
  }
  const bool again = freed.access.op == Op::kFree;
  const std::string freer = freed.freed_by == thread ? "it" : label(freed.freed_by);
  finding.message = again ? "Double free: " + who + " frees " + object + " at " +
                                narrative.where(stack) + ", which " + freer + " has freed before"
                          : "Use after free: " + who + " " + std::string(verb(freed.access.op)) +
                                " " + object + " at " + narrative.where(stack) + ", which " +
                                freer + " has freed";
  if (!freed.freed.empty()) finding.message += " at " + narrative.where(freed.freed);
  finding.message += ".";
  tell_allocation(freed, narrative, finding);
}

void write_out_of_memory(const Failure& failure, const OutOfMemory& out, const Narrative& narrative,
                         Finding& finding) {
  finding.message = "Memory limit: " + label(failure.thread) + " asks for " + bytes(out.asked) +
                    " at " + narrative.where(failure.stack) + ", and an execution may have " +
                    mebibytes(out.limit) + " in all.";
  finding.details.push_back("It holds " + bytes(out.held) +
                            " already; memory that was freed counts too.");
  finding.details.push_back(
      out.asked >= out.limit
          ? "No single request can be that large: look at how the size is computed (a negative "
            "number as an unsigned one is very large)."
          : "Look for what grows without end: a container that is filled in a loop, a queue that "
            "is filled faster than it is emptied.");
}

void write_leak(const Leak& leak, const Narrative& narrative, Finding& finding) {
  std::size_t total = 0;
  for (const Leak::Block& block : leak.blocks) total += block.size;
  finding.message = "Leak: " + bytes(total);
  if (leak.blocks.size() == 1) {
    finding.message += " allocated at " + narrative.where(leak.blocks.front().allocated);
  } else {
    finding.message += " in " + std::to_string(leak.blocks.size()) + " blocks";
  }
  finding.message += total == 1 ? " is never freed." : " are never freed.";
  // Blocks of one line together, in the order of their first allocation.
  struct Line {
    std::string where;
    std::size_t size = 0;
    long blocks = 0;
  };
  std::vector<Line> lines;
  for (const Leak::Block& block : leak.blocks) {
    const std::string where = narrative.where(block.allocated) + " by " + label(block.thread);
    auto line = std::find_if(lines.begin(), lines.end(),
                             [&](const Line& other) { return other.where == where; });
    if (line == lines.end()) line = lines.insert(line, {where});
    line->size += block.size;
    ++line->blocks;
  }
  for (const Line& line : lines) {
    finding.details.push_back(
        bytes(line.size) + " allocated at " + line.where +
        (line.blocks > 1 ? ", " + std::to_string(line.blocks) + " times" : "") + ".");
  }
}

}  // namespace lockstep::trace
