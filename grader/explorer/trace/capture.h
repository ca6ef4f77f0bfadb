#ifndef GRADER_EXPLORER_TRACE_CAPTURE_H_
#define GRADER_EXPLORER_TRACE_CAPTURE_H_

#include <cstdint>
#include <vector>

#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// The calling thread's stack, the caller's frame first: pc, CFA and the callee-saved registers of
// each frame, which are all that DWARF needs to find its variables. Frames whose pc is not in the
// program or a library with unwind tables end it. At most `most` frames. `skip` innermost frames
// are left out. Costs about a microsecond a frame.
std::vector<Frame> capture_stack(int skip = 0, int most = 128);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_CAPTURE_H_
