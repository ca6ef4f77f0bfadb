#ifndef GRADER_EXPLORER_MODEL_LEAKS_H_
#define GRADER_EXPLORER_MODEL_LEAKS_H_

#include <optional>

#include "grader/explorer/trace/failure.h"

namespace lockstep::leaks {

// The blocks of the arena that nobody can free any more: not freed, and no global, library variable
// or other reachable block points to them. To be asked when an execution has ended.
std::optional<trace::Leak> find();

}  // namespace lockstep::leaks

#endif  // GRADER_EXPLORER_MODEL_LEAKS_H_
