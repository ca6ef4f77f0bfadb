#ifndef GRADER_EXPLORER_HOOKS_HOOK_H_
#define GRADER_EXPLORER_HOOKS_HOOK_H_

// What every hook needs. A hook is a function that the program or a library calls instead of
// libc's: it asks `modelled()`, and outside of explored code passes the call on.

#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/execution.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/real.h"
#include "grader/explorer/model/recorder.h"
#include "grader/explorer/search/searcher.h"

#define LOCKSTEP_HOOK extern "C" __attribute__((visibility("default")))
#define LOCKSTEP_CALLER __builtin_return_address(0)

namespace lockstep {

inline bool modelled() { return __builtin_expect(g_engine.active, 0); }

inline std::uintptr_t address_of(const volatile void* p) {
  return reinterpret_cast<std::uintptr_t>(p);
}

inline Object* object_at(const volatile void* p) {
  return g_engine.objects.find_or_make(address_of(p));
}

// Acquire and release on the current thread's clock.
inline void acquire_from(const VectorClock& released) { self()->clock.join(released); }
inline void release_to(VectorClock& clock) {
  Thread* me = self();
  clock.assign(me->clock);
  me->tick();
}
inline void release_joining(VectorClock& clock) {
  Thread* me = self();
  clock.join(me->clock);
  me->tick();
}

// Records a step on an object when a replay wants it.
inline void record(Op op, std::uintptr_t address) {
  if (__builtin_expect(g_engine.recording, 0)) recorder::add(op, address);
}

// What is done at an object reads it, so its memory must be there and nothing may be writing it:
// one byte, atomically, as ThreadSanitizer has it. Called once the step is recorded and before it
// orders anything. Statics need no look: they never go.
inline void touch(const Object* object, const void* pc) {
  const std::uintptr_t address = object->address;
  if (!heap::in_arena(address) && fiber::slot_of(address) < 0) return;
  shadow::access(address, 1, shadow::Kind::kAtomicRead, pc,
                 g_engine.recording ? recorder::last_event() : -1);
}

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_HOOK_H_
