#ifndef GRADER_EXPLORER_TRACE_FINDINGS_H_
#define GRADER_EXPLORER_TRACE_FINDINGS_H_

#include <string>

#include "grader/explorer/result.h"
#include "grader/explorer/trace/failure.h"
#include "grader/explorer/trace/recording.h"
#include "grader/explorer/trace/symbols.h"

namespace lockstep::trace {

// "main", "A", ..., "Z", "AA", ...: what a thread is called everywhere. -1 gives "?".
std::string label(int thread);

// The report of `failure`, whose witness is `recording`: the message, expected and seen, details,
// the threads and the steps a reader needs (what happens on memory that two threads share, on
// locks, waits and notifications), repeated turns of a loop folded. Fills everything but schedule,
// preemptions and fewest. Does not throw: what cannot be named is described.
Finding describe(const Failure& failure, const Recording& recording, Symbols& symbols);

// The same as a note: rule, message and place.
Note describe_note(const Failure& failure, const Recording& recording, Symbols& symbols);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_FINDINGS_H_
