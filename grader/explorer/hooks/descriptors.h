#ifndef GRADER_EXPLORER_HOOKS_DESCRIPTORS_H_
#define GRADER_EXPLORER_HOOKS_DESCRIPTORS_H_

// What the hooks of pipes and sockets have in common. All are called inside the explorer.

#include <poll.h>

#include <cstdint>
#include <string>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/descriptors.h"
#include "grader/explorer/model/operation.h"

namespace lockstep::descriptors {

// Whether explored code is at work on a descriptor of its own.
inline bool ours(int number) { return modelled() && at(number) != nullptr; }

// The point of an operation that never waits.
void reach(Op op, Range objects, const void* pc);

// The point of one that goes on when what is wished for is there; `timeout` (virtual nanoseconds, 0
// for none) ends the wait. False when that came first.
bool wait(Op op, Range objects, const pollfd* wish, std::size_t count, std::uint64_t timeout,
          const void* pc);

// The step, for a replay: `text` is what came of it.
void record(Op op, Range objects, const std::string& text);
// "end of file", "5 bytes", "Connection refused".
std::string outcome(Op op, long result);

// What came before on this side is seen by who gets what was written here.
void release(std::uintptr_t object);
void acquire(std::uintptr_t object);

// A call that would have had to wait and must not: a loop of them is a spin.
void note_vain(std::uintptr_t object, const void* pc);

// The call is not one that can be explored, on this descriptor.
[[noreturn]] void refuse_call(const char* call, const char* instead);

}  // namespace lockstep::descriptors

#endif  // GRADER_EXPLORER_HOOKS_DESCRIPTORS_H_
