#include "grader/explorer/trace/messages.h"

#include <algorithm>
#include <cstdio>

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/operations.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::trace {
namespace {

std::string times(long count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

std::string capitalized(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] += 'A' - 'a';
  return result;
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
    case Rule::kDoubleFree:
      finding.message = "Closed twice: " + who + " closes descriptor " +
                        std::to_string(misuse.number) + where + ", which " +
                        (misuse.owner == failure.thread ? "it" : label(misuse.owner)) +
                        " has closed";
      if (!misuse.taken.empty()) finding.message += " at " + narrative.where(misuse.taken);
      finding.message += " already.";
      finding.details.push_back(
          "Between the two the number may have come to stand for a file of another thread, which "
          "is closed then.");
      return;
    default:
      break;
  }
  finding.message = "Destroyed while in use: " + object +
                    (misuse.op == Op::kClose ? " is closed" : " ceases to exist") + where +
                    " while ";
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
  const auto index = static_cast<std::size_t>(not_joined.thread);
  const bool known = not_joined.thread >= 0 && index < threads.size();
  const std::string created = known && !threads[index].created.empty()
                                  ? ", created at " + narrative.where(threads[index].created) + ","
                                  : "";
  finding.message = "Thread not joined: ";
  if (not_joined.program) {
    finding.message += label(not_joined.thread) + created +
                       " has not ended when the program does, and is ended with it.";
    return;
  }
  finding.message += "the std::thread of " + label(not_joined.thread) + created;
  finding.message += " is destroyed at " + narrative.where(failure.stack) +
                     " and was neither joined nor detached.";
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

void write(const Failure& failure, const DataRace& race, const Narrative& narrative,
           Finding& finding) {
  write_race(failure, race, narrative, finding);
}

void write(const Failure& failure, const FreedMemory& freed, const Narrative& narrative,
           Finding& finding) {
  write_freed(failure, freed, narrative, finding);
}

void write(const Failure&, const Leak& leak, const Narrative& narrative, Finding& finding) {
  write_leak(leak, narrative, finding);
}

void write(const Failure&, const OpenDescriptors& open, const Narrative& narrative,
           Finding& finding) {
  const std::size_t count = open.all.size();
  finding.message = "Leak: " + std::to_string(count) +
                    (count == 1 ? " descriptor is" : " descriptors are") + " never closed.";
  for (const OpenDescriptors::One& one : open.all) {
    finding.details.push_back("Descriptor " + std::to_string(one.number) + ", opened at " +
                              narrative.where(one.opened) + " by " + label(one.thread) + ".");
  }
}

void write(const Failure& failure, const OutOfMemory& out, const Narrative& narrative,
           Finding& finding) {
  write_out_of_memory(failure, out, narrative, finding);
}

void write(const Failure& failure, const TooMuchOutput& output, const Narrative& narrative,
           Finding& finding) {
  finding.message = "Output limit: " + label(failure.thread) + " prints at " +
                    narrative.where(failure.stack) + ", and one execution has printed more than " +
                    std::to_string(output.limit >> 20) + " MiB.";
}

void write(const Failure& failure, const Spinning& spinning, const Narrative& narrative,
           Finding& finding) {
  write_spinning(failure, spinning, narrative, finding);
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
    write_race(failure, {}, narrative, finding);
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
