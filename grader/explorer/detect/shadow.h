#ifndef GRADER_EXPLORER_DETECT_SHADOW_H_
#define GRADER_EXPLORER_DETECT_SHADOW_H_

// Which thread touched which bytes, and when: data races and uses of memory that is gone.
//
// For every eight bytes the last accesses that are not ordered before a later one of the same kind
// are kept, each with the thread's clock at the time (as in FastTrack: Flanagan and Freund, PLDI
// 2009, but with byte masks, so that neighbours in a struct are no conflict).

#include <cstdint>
#include <vector>

namespace lockstep::shadow {

enum class Kind : std::uint8_t { kRead = 0, kWrite = 1, kAtomicRead = 2, kAtomicWrite = 3 };
inline bool writes(Kind kind) { return (static_cast<int>(kind) & 1) != 0; }
inline bool is_atomic(Kind kind) { return (static_cast<int>(kind) & 2) != 0; }

// The current thread accesses [address, address + size). Reports a race (and goes on) or a use
// after free (and does not). `event` is the recorded step, or -1. Inside the explorer (class
// Inside).
void access(std::uintptr_t address, std::size_t size, Kind kind, const void* pc, int event = -1);

// The block is given back by the current thread, just now: who has accessed it without being
// ordered before might as well have come later.
void freed(std::uintptr_t address, std::size_t size);

// The current thread's stack below `end` is gone, for a function returns or the thread ends, and
// others have touched some of it (Thread::lowest_foreign < end): the same question as for a block
// given back.
void stack_gone(std::uintptr_t end);

// A new execution begins.
void clear();

// --- What two threads share: learnt in a first replay, used in the second

void learn_shared(bool on);
bool is_shared(std::uintptr_t address);
void forget_shared();

}  // namespace lockstep::shadow

#endif  // GRADER_EXPLORER_DETECT_SHADOW_H_
