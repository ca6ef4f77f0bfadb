#ifndef GRADER_EXPLORER_TRACE_VALUES_H_
#define GRADER_EXPLORER_TRACE_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "grader/explorer/trace/program.h"

namespace lockstep::trace {

// The `size` low bytes of `bits` as C++ writes a value of `type` (0 or kNoValue allowed). An empty
// string where the type has no value to show; nothing for an address, which differs from run to
// run.
std::optional<std::string> format_value(Program& program, std::uint64_t type, std::uint64_t bits,
                                        std::uint32_t size);

// True for what is very likely an address of this process.
bool looks_like_address(std::uint64_t bits);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_VALUES_H_
