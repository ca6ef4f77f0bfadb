#ifndef GRADER_EXPLORER_TRACE_MESSAGES_H_
#define GRADER_EXPLORER_TRACE_MESSAGES_H_

#include <string>
#include <string_view>

#include "grader/explorer/result.h"
#include "grader/explorer/trace/failure.h"
#include "grader/explorer/trace/narrative.h"

namespace lockstep::trace {

// Fills in message, expected, seen and details. One function for each kind of failure.
void write_message(const Failure& failure, const Narrative& narrative, Finding& finding);

// A race without accesses was seen in another execution than the one reported.
void write_race(const Failure& failure, const DataRace& race, const Narrative& narrative,
                Finding& finding);
void write_freed(const Failure& failure, const FreedMemory& freed, const Narrative& narrative,
                 Finding& finding);
void write_leak(const Leak& leak, const Narrative& narrative, Finding& finding);
void write_out_of_memory(const Failure& failure, const OutOfMemory& out, const Narrative& narrative,
                         Finding& finding);
void write_spinning(const Failure& failure, const Spinning& spinning, const Narrative& narrative,
                    Finding& finding);
void write_stuck(const Failure& failure, const Stuck& stuck, const Narrative& narrative,
                 Finding& finding);
void write_crash(const Failure& failure, const Crash& crash, const Narrative& narrative,
                 Finding& finding);

// What a failed comparison showed: ("n.value() == 2", "1 == 2") gives "n.value() == 1".
std::string seen_in(std::string_view expression, std::string_view expanded);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_MESSAGES_H_
