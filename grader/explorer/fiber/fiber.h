#ifndef GRADER_EXPLORER_FIBER_FIBER_H_
#define GRADER_EXPLORER_FIBER_FIBER_H_

// What modelled threads run on.
//
// A modelled thread is a *fiber*: a stack of its own, switched to in user space. So that
// thread_local, errno, exceptions in flight and the stack canary are right for each, a fiber
// borrows the thread control block of a real pthread that was made for it and sleeps for ever: a
// switch is six registers and one `wrfsbase`. The processor must let user code do that (FSGSBASE);
// otherwise, and for gdb, the modelled threads run on those pthreads themselves and hand the turn
// over by futex.

#include <cstddef>
#include <cstdint>

#include "grader/explorer/model/thread.h"

namespace lockstep::fiber {

inline constexpr std::uintptr_t kStacksBase = 0x400000000000;
inline constexpr std::size_t kStackSize = std::size_t{8} << 20;
inline constexpr std::size_t kGuardSize = std::size_t{64} << 10;
inline constexpr std::size_t kStride = std::size_t{16} << 20;  // from one stack to the next
static_assert(kGuardSize + kStackSize <= kStride);

// True where fibers can be used.
bool supported();

// Real threads take turns, so they share one processor while an exploration lasts: to wake a thread
// there costs a fraction of what it costs elsewhere. Where that is forbidden they do without.
void stay_on_one_processor();
void leave_processor();

// Makes sure that slot `thread->id` has a stack and a control block. Outside of bodies only, or
// with the explorer in control.
void prepare(Thread* thread);

// The next switch to `thread` begins at `entry`, on its own empty stack.
void reset(Thread* thread, void (*entry)());

// Runs `to` until something switches back to the controller. Called by the controller.
void run(Thread* to);
// From one modelled thread to another.
void switch_threads(Thread* from, Thread* to);
// The same, and `from` has ended.
[[noreturn]] void finish(Thread* from, Thread* to);
// From the current modelled thread to the controller, for good.
[[noreturn]] void leave(Thread* from);
// After an execution was left: no modelled thread is in the middle of anything. Controller only.
void abandon(Thread* const* threads, int count);

// The slot whose stack holds `address`, or -1. An address in the guard below a stack counts.
inline int slot_of(std::uintptr_t address) {
  const std::uintptr_t offset = address - kStacksBase;
  return offset < kStride * kMaxThreads ? static_cast<int>(offset / kStride) : -1;
}
inline std::uintptr_t stack_begin(int slot) {
  return kStacksBase + static_cast<std::uintptr_t>(slot) * kStride + kGuardSize;
}

}  // namespace lockstep::fiber

#endif  // GRADER_EXPLORER_FIBER_FIBER_H_
