#ifndef GRADER_EXPLORER_MODEL_PROGRESS_H_
#define GRADER_EXPLORER_MODEL_PROGRESS_H_

// Whether a long execution gets anywhere: threads that only react to each other go through the same
// states again and again, a long computation comes to new ones. States are told apart by the memory
// that threads share (heap, globals, what others have touched of a stack), now and then.

namespace lockstep::progress {

// An execution has become long.
void begin();
// Another look at the state.
void look();
// Whether the later half of the looks saw nothing that the earlier ones had not seen.
bool none();

}  // namespace lockstep::progress

#endif  // GRADER_EXPLORER_MODEL_PROGRESS_H_
