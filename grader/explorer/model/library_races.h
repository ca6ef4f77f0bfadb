#ifndef GRADER_EXPLORER_MODEL_LIBRARY_RACES_H_
#define GRADER_EXPLORER_MODEL_LIBRARY_RACES_H_

namespace lockstep {

// True for code of libstdc++ that is known to race formally with itself, and whose user is not to
// blame: std::atomic<std::shared_ptr>::load reads its pointer before it has the lock bit
// (bits/shared_ptr_atomic.h of libstdc++ 12). Answers are remembered; the first costs a look into
// DWARF.
bool is_library_race(const void* pc);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_LIBRARY_RACES_H_
