#ifndef GRADER_EXPLORER_TRACE_OPERATIONS_H_
#define GRADER_EXPLORER_TRACE_OPERATIONS_H_

#include <string_view>

#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// What a step does, in the third person: "reads", "locks", "notifies one".
std::string_view verb(const Event& event);

// The same for an operation that has not been done: "waits for", "locks".
std::string_view verb(Op op);

bool writes(const Event& event);
bool is_signal(Op op);    // waits, notifications, semaphores, barriers, descriptors
bool is_lifetime(Op op);  // creates, joins, allocates, ...

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_OPERATIONS_H_
