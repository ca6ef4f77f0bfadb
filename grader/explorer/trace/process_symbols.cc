#include "grader/explorer/trace/process_symbols.h"

namespace lockstep::trace {

Symbols& process_symbols() {
  static Symbols* symbols = new Symbols;
  return *symbols;
}

}  // namespace lockstep::trace
