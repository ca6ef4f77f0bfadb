#ifndef GRADER_EXPLORER_MODEL_LIBRARY_SPINS_H_
#define GRADER_EXPLORER_MODEL_LIBRARY_SPINS_H_

#include "grader/explorer/model/thread.h"

namespace lockstep {

// True when the loop that `thread` goes round is one of libstdc++'s own, whose user is not to
// blame: std::lock and std::scoped_lock of several mutexes back off and try again, a stop token's
// state and std::atomic<std::shared_ptr> have a lock bit of their own. `pc` is the last operation's
// code address, or null when only the calls around it are known. Answers are remembered; the first
// costs a look into DWARF.
bool is_library_spin(const Thread& thread, const void* pc);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_LIBRARY_SPINS_H_
