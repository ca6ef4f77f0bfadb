#include "grader/explorer/trace/findings.h"

#include <exception>

#include "grader/explorer/trace/messages.h"
#include "grader/explorer/trace/narrative.h"

namespace lockstep::trace {

std::string label(int thread) {
  if (thread < 0) return "?";
  if (thread == 0) return "main";
  // Bijective base 26: A..Z, AA, AB, ...
  std::string letters;
  for (int rest = thread; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

Finding describe(const Failure& failure, const Recording& recording, Symbols& symbols) try {
  Finding finding;
  finding.rule = failure.rule;
  const Narrative narrative(failure, recording, symbols);
  finding.threads = narrative.threads();
  finding.steps = narrative.steps();
  finding.preemptions = narrative.uncounted_preemptions();
  write_message(failure, narrative, finding);
  return finding;
} catch (const std::exception& error) {
  Finding finding;
  finding.rule = failure.rule;
  finding.message = std::string(name_of(failure.rule)) + " (no report: " + error.what() + ")";
  return finding;
}

namespace {

// Where the reader of a note should look.
Stack stack_of(const Failure& failure, const Recording& recording) {
  if (const auto* leak = std::get_if<Leak>(&failure.what); leak && !leak->blocks.empty()) {
    return leak->blocks.front().allocated;
  }
  if (const auto* left = std::get_if<NotJoined>(&failure.what)) {
    const auto thread = static_cast<std::size_t>(left->thread);
    if (thread < recording.threads.size()) return recording.threads[thread].created;
  }
  return failure.stack;
}

}  // namespace

Note describe_note(const Failure& failure, const Recording& recording, Symbols& symbols) try {
  Note note;
  note.rule = failure.rule;
  Finding finding;
  write_message(failure, Narrative(failure, recording, symbols), finding);
  note.message = std::move(finding.message);
  note.place = symbols.best_place(stack_of(failure, recording));
  return note;
} catch (const std::exception&) {
  Note note;
  note.rule = failure.rule;
  note.message = name_of(failure.rule);
  return note;
}

}  // namespace lockstep::trace
