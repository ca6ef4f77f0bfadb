#include "grader/explorer/trace/messages.h"

#include <algorithm>
#include <cstdio>

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/operations.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::trace {
namespace {

std::string capitalized(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] += 'A' - 'a';
  return result;
}

std::string bytes(std::size_t size) {
  return std::to_string(size) + (size == 1 ? " byte" : " bytes");
}

std::string times(long count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

// "A holds no lock", "A holds `mutex_` (since queue.h:20)".
std::string holds(int thread, const std::vector<HeldLock>& held, const Narrative& narrative) {
  std::string text = label(thread) + " holds ";
  if (held.empty()) return text + "no lock";
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (i > 0) text += i + 1 == held.size() ? " and " : ", ";
    text += narrative.quoted(held[i].lock);
    if (!held[i].taken.empty()) text += " (since " + narrative.where(held[i].taken) + ")";
  }
  return text;
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
  Target target;
  for (const Event& event : narrative.recording().events) {
    if (event.racy) target = event.target;
  }
  if (failure.consequence != nullptr && target.address == 0) {
    const auto* freed = std::get_if<FreedMemory>(&failure.consequence->what);
    if (freed != nullptr) target = freed->access.target;
  }
  const std::string object = narrative.quoted(target);
  finding.message = "Data race: two threads use " + (object.empty() ? "the same memory" : object) +
                    " at the same time, and at least one of them writes.";
  add_consequence(failure, narrative, finding);
}

void write(const Failure& failure, const DataRace& race, const Narrative& narrative,
           Finding& finding) {
  if (race.first.target.address == 0 && race.second.target.address == 0) {
    write_unseen_race(failure, narrative, finding);
    return;
  }
  const Access& first = race.first;
  const Access& second = race.second;
  const auto is_write = [](const Access& access) {
    return access.op != Op::kRead && access.op != Op::kAtomicLoad && access.op != Op::kAtomicCas;
  };
  const auto is_atomic = [](const Access& access) {
    return access.op != Op::kRead && access.op != Op::kWrite;
  };
  const Target& target = second.target.address != 0 ? second.target : first.target;
  finding.message =
      "Data race: two threads use " + narrative.quoted(target) + " at the same time, and " +
      (is_write(first) && is_write(second) ? "both write." : "at least one of them writes.");
  const int one = narrative.step_of(first.event);
  const int two = narrative.step_of(second.event);
  std::string text = holds(first.thread, first.held, narrative) + ", " +
                     holds(second.thread, second.held, narrative) + ": ";
  if (!first.held.empty() && !second.held.empty()) text += "no lock in common, and ";
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

void write(const Failure& failure, const CheckFailed& check, const Narrative& narrative,
           Finding& finding) {
  finding.expected = check.expected;
  finding.seen = check.seen;
  if (!check.message.empty()) {
    finding.message = capitalized(check.message);
    const char last = finding.message.back();
    if (last != '.' && last != '!' && last != '?') finding.message += '.';
  } else {
    finding.message = "A check failed: `" + check.expression + "` does not hold.";
    if (finding.expected.empty()) finding.expected = check.expression;
    if (finding.seen.empty()) finding.seen = seen_in(check.expression, check.expanded);
  }
  const std::string where = check.line != 0         ? short_place(check.file, check.line)
                            : failure.stack.empty() ? std::string()
                                                    : narrative.where(failure.stack);
  if (!where.empty()) {
    finding.details.push_back("Checked at " + where + " by " + label(failure.thread) + ".");
  }
}

void write(const Failure& failure, const FreedMemory& freed, const Narrative& narrative,
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
  const bool again = freed.access.op == Op::kFree;
  const std::string freer = freed.freed_by == thread ? "it" : label(freed.freed_by);
  finding.message = again ? "Double free: " + who + " frees " + object + " at " +
                                narrative.where(stack) + ", which " + freer + " has freed before"
                          : "Use after free: " + who + " " + std::string(verb(freed.access.op)) +
                                " " + object + " at " + narrative.where(stack) + ", which " +
                                freer + " has freed";
  if (!freed.freed.empty()) finding.message += " at " + narrative.where(freed.freed);
  finding.message += ".";
  if (!freed.allocated.empty()) {
    finding.details.push_back(
        (freed.size > 0 ? "The " + bytes(freed.size) + " were" : "The memory was") +
        " allocated by " + label(freed.allocated_by) + " at " + narrative.where(freed.allocated) +
        ".");
  }
}

void write(const Failure&, const Leak& leak, const Narrative& narrative, Finding& finding) {
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
    finding.details.push_back(bytes(line.size) + " allocated at " + line.where +
                              (line.blocks > 1 ? ", " + times(line.blocks) : "") + ".");
  }
}

// "B holds since queue.h:20"; with the `object` " it", "B holds it since queue.h:20".
std::string owned(const Misuse& misuse, int by, std::string_view object,
                  const Narrative& narrative) {
  if (misuse.owner < 0) return "nobody holds" + std::string(object);
  std::string text = misuse.owner == by ? "it holds" : label(misuse.owner) + " holds";
  text += object;
  if (!misuse.taken.empty()) text += " since " + narrative.where(misuse.taken);
  return text;
}

void write(const Failure& failure, const Misuse& misuse, const Narrative& narrative,
           Finding& finding) {
  const std::string who = label(failure.thread);
  const std::string object = narrative.quoted(misuse.object);
  const std::string where = " at " + narrative.where(failure.stack);
  switch (failure.rule) {
    case Rule::kUnlockNotOwner:
      finding.message = "Unlock by a non-owner: " + who + " " + std::string(verb(misuse.op)) + " " +
                        object + where + ", which " + owned(misuse, failure.thread, "", narrative) +
                        ".";
      return;
    case Rule::kRelock:
      finding.message = "Relock: " + who + " " + std::string(verb(misuse.op)) + " " + object +
                        where + ", which it already holds";
      if (!misuse.taken.empty()) finding.message += " since " + narrative.where(misuse.taken);
      finding.message += ".";
      return;
    default:
      break;
  }
  finding.message = "Destroyed while in use: " + object + " ceases to exist" + where + " while ";
  if (!misuse.waiters.empty()) {
    for (std::size_t i = 0; i < misuse.waiters.size(); ++i) {
      if (i > 0) finding.message += " and ";
      finding.message += label(misuse.waiters[i]);
    }
    finding.message += misuse.waiters.size() == 1 ? " waits in it." : " wait in it.";
  } else {
    finding.message += owned(misuse, failure.thread, " it", narrative) + ".";
  }
}

void write(const Failure& failure, const NotJoined& not_joined, const Narrative& narrative,
           Finding& finding) {
  const auto& threads = narrative.recording().threads;
  finding.message = "Thread not joined: the std::thread of " + label(not_joined.thread);
  const auto index = static_cast<std::size_t>(not_joined.thread);
  if (not_joined.thread >= 0 && index < threads.size() && !threads[index].created.empty()) {
    finding.message += ", created at " + narrative.where(threads[index].created) + ",";
  }
  finding.message += " is destroyed at " + narrative.where(failure.stack) +
                     " and was neither joined nor detached.";
}

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
    const bool told = std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
      return target.address == event.address;
    });
    if (!told) targets.push_back(event.target);
  }
  return targets;
}

bool ran_lately(int thread, const Narrative& narrative) {
  const std::vector<Event>& events = narrative.recording().events;
  const auto begin = events.end() - static_cast<std::ptrdiff_t>(std::min(events.size(), kLately));
  return events.empty() || std::any_of(begin, events.end(),
                                       [&](const Event& event) { return event.thread == thread; });
}

void write(const Failure& failure, const Spinning& spinning, const Narrative& narrative,
           Finding& finding) {
  const auto reads_of = [&](const Spinning::Thread& thread) {
    return list_of(thread.reads.empty() ? read_lately(thread.thread, narrative) : thread.reads,
                   narrative);
  };
  const auto turn = [&](const Spinning::Thread& thread) {
    const std::string reads = reads_of(thread);
    return " at " + narrative.where(thread.stack) + (reads.empty() ? "" : ", reading " + reads);
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
    finding.message = "Busy waiting: " + label(thread.thread) + " goes round at " +
                      narrative.where(thread.stack) + " until another thread changes " +
                      (reads.empty() ? "something" : reads) + "; a waiter should sleep.";
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

void write(const Failure& failure, const Starved& starved, const Narrative& narrative,
           Finding& finding) {
  finding.message = "Starvation: " + label(failure.thread) + " waits";
  if (!failure.stack.empty()) finding.message += " at " + narrative.where(failure.stack);
  if (starved.object.address != 0) finding.message += " for " + narrative.quoted(starved.object);
  finding.message += ", and others were let in before it " + times(starved.overtaken) + ".";
  finding.expected = "overtaken at most " + times(starved.bound);
  finding.seen = "overtaken " + times(starved.overtaken);
}

void write(const Failure& failure, const Escaped& escaped, const Narrative& narrative,
           Finding& finding) {
  const std::string type = Symbols::demangle(escaped.type.c_str());
  finding.message = "Exception: " + (type.empty() ? "an exception" : type) + " left " +
                    (failure.thread == 0 ? "the body" : "thread " + label(failure.thread));
  if (!escaped.what.empty()) finding.message += ": \"" + escaped.what + "\"";
  finding.message += ".";
  if (!failure.stack.empty() && narrative.place(failure.stack).line != 0) {
    finding.details.push_back("Thrown at " + narrative.where(failure.stack) + ".");
  }
}

void write(const Failure& failure, const Exited& exited, const Narrative& narrative,
           Finding& finding) {
  finding.message = "Early exit: " + label(failure.thread) + " called " +
                    (exited.call.empty() ? "exit" : exited.call) + "(" +
                    std::to_string(exited.status) + ") at " + narrative.where(failure.stack) + ".";
}

void write(const Failure& failure, const Stuck& stuck, const Narrative& narrative,
           Finding& finding) {
  write_stuck(failure, stuck, narrative, finding);
}

void write(const Failure& failure, const Crash& crash, const Narrative& narrative,
           Finding& finding) {
  write_crash(failure, crash, narrative, finding);
}

void write(const Failure& failure, std::monostate, const Narrative& narrative, Finding& finding) {
  if (failure.rule == Rule::kDataRace) {
    write_unseen_race(failure, narrative, finding);
    return;
  }
  finding.message = capitalized(name_of(failure.rule));
  if (!failure.stack.empty()) finding.message += " at " + narrative.where(failure.stack);
  finding.message += ".";
}

// Where the comparison of an expression stands, outside of brackets and quotes; its length in
// `length`. npos for none.
std::size_t comparison(std::string_view text, std::size_t& length) {
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    } else if (depth == 0) {
      for (const std::string_view operation : {" == ", " != ", " <= ", " >= ", " < ", " > "}) {
        if (!text.substr(i).starts_with(operation)) continue;
        length = operation.size();
        return i;
      }
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string seen_in(std::string_view expression, std::string_view expanded) {
  if (expanded.empty()) return {};
  std::size_t length = 0;
  const std::size_t at = comparison(expression, length);
  std::size_t expanded_length = 0;
  const std::size_t expanded_at = comparison(expanded, expanded_length);
  if (at == std::string_view::npos || expanded_at == std::string_view::npos) {
    return std::string(expression) + " is " + std::string(expanded);
  }
  const auto side = [](std::string_view written, std::string_view value) {
    return std::string(written) + " == " + std::string(value);
  };
  const std::string_view left = expression.substr(0, at);
  const std::string_view right = expression.substr(at + length);
  const std::string_view left_value = expanded.substr(0, expanded_at);
  const std::string_view right_value = expanded.substr(expanded_at + expanded_length);
  std::string text = left == left_value ? "" : side(left, left_value);
  if (right != right_value) text += (text.empty() ? "" : ", ") + side(right, right_value);
  return text.empty() ? std::string(expanded) : text;
}

void write_message(const Failure& failure, const Narrative& narrative, Finding& finding) {
  std::visit([&](const auto& what) { write(failure, what, narrative, finding); }, failure.what);
}

}  // namespace lockstep::trace
