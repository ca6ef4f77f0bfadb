#ifndef GRADER_EXPLORER_TRACE_EXPRESSION_H_
#define GRADER_EXPLORER_TRACE_EXPRESSION_H_

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <span>

#include "grader/explorer/trace/debug_info.h"
#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// Where a variable is, or what it holds.
struct Location {
  bool in_memory = false;  // `value` is its address; else its value (a register, a constant)
  std::uintptr_t value = 0;
};

// Evaluates the location of the variable `die` for stack[frame], with
// the registers that frame knows. Nothing when it needs what is not known. The stack's memory must
// be alive.
std::optional<Location> locate_variable(DebugInfo& info, Dwarf_Die& die,
                                        std::span<const Frame> stack, std::size_t frame);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_EXPRESSION_H_
