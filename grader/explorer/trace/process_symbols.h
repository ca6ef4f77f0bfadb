#ifndef GRADER_EXPLORER_TRACE_PROCESS_SYMBOLS_H_
#define GRADER_EXPLORER_TRACE_PROCESS_SYMBOLS_H_

#include "grader/explorer/trace/symbols.h"

namespace lockstep::trace {

// The one Symbols of this process, made when first asked for.
Symbols& process_symbols();

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_PROCESS_SYMBOLS_H_
