// pthread_once (std::call_once) and the guards of static locals.

#include <pthread.h>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/world.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

// Waits until nobody is inside. True when the work is still to be done, and then the caller is
// inside.
bool enter(const volatile void* control, bool (*done)(const volatile void*), const void* pc) {
  Object* object = object_at(control);
  object->kind = ObjectKind::kOnce;
  reach_point(Op::kOnceBegin, object->address, object, pc);
  acquire_from(object->released);
  if (done(control)) return false;
  object->owner = static_cast<std::int16_t>(self()->id);
  record(Op::kOnceBegin, object->address);
  return true;
}

void leave(const volatile void* control) {
  Object* object = object_at(control);
  object->owner = -1;
  release_to(object->released);
  note_write();
  note_silent_release(object);
  record(Op::kOnceEnd, object->address);
}

bool guard_done(const volatile void* guard) {
  return *static_cast<const volatile char*>(guard) != 0;
}
bool once_done(const volatile void* once) { return *static_cast<const volatile int*>(once) == 2; }

}  // namespace

LOCKSTEP_HOOK int pthread_once(pthread_once_t* once, void (*routine)()) {
  // Libraries do things once for themselves, the unwinder at every exception: not the program's.
  if (!modelled() || !world::in_program(LOCKSTEP_CALLER)) {
    return LOCKSTEP_REAL(pthread_once)(once, routine);
  }
  {
    const Inside inside;
    if (!enter(once, once_done, LOCKSTEP_CALLER)) return 0;
  }
  try {
    routine();
  } catch (...) {
    {
      const Inside inside;
      leave(once);
    }
    throw;
  }
  const Inside inside;
  *once = 2;
  leave(once);
  return 0;
}

LOCKSTEP_HOOK int lockstep_guard_acquire(std::uint64_t* guard) asm("__cxa_guard_acquire");
int lockstep_guard_acquire(std::uint64_t* guard) {
  if (!modelled()) {
    static int (*real)(std::uint64_t*) = nullptr;
    if (real == nullptr) real = real::next<int (*)(std::uint64_t*)>("__cxa_guard_acquire");
    return real(guard);
  }
  const Inside inside;
  return enter(guard, guard_done, LOCKSTEP_CALLER) ? 1 : 0;
}
LOCKSTEP_HOOK void lockstep_guard_release(std::uint64_t* guard) asm("__cxa_guard_release");
void lockstep_guard_release(std::uint64_t* guard) {
  if (!modelled()) {
    static void (*real)(std::uint64_t*) = nullptr;
    if (real == nullptr) real = real::next<void (*)(std::uint64_t*)>("__cxa_guard_release");
    real(guard);
    return;
  }
  const Inside inside;
  *reinterpret_cast<char*>(guard) = 1;
  leave(guard);
}
LOCKSTEP_HOOK void lockstep_guard_abort(std::uint64_t* guard) asm("__cxa_guard_abort");
void lockstep_guard_abort(std::uint64_t* guard) {
  if (!modelled()) {
    static void (*real)(std::uint64_t*) = nullptr;
    if (real == nullptr) real = real::next<void (*)(std::uint64_t*)>("__cxa_guard_abort");
    real(guard);
    return;
  }
  const Inside inside;
  leave(guard);
}
