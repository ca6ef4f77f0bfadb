// <threads.h>: glibc implements it by internal calls, so the pthread hooks never see it.

#include <threads.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/hooks/threads.h"
#include "grader/explorer/hooks/time.h"
#include "grader/explorer/model/memory.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

extern "C" int pthread_once(pthread_once_t* once, void (*routine)());

namespace {

int as_c11(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ETIMEDOUT:
      return thrd_timedout;
    case ENOMEM:
      return thrd_nomem;
    default:
      return thrd_error;
  }
}

struct Start {
  thrd_start_t entry;
  void* argument;
};

void* run(void* p) {
  const Start start = *static_cast<Start*>(p);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start.entry(start.argument)));
}

// mtx_init keeps the kind where pthreads has it.
locks::MutexKind kind_of(const mtx_t* mutex) {
  return locks::kind_of(reinterpret_cast<const pthread_mutex_t*>(mutex));
}

}  // namespace

LOCKSTEP_HOOK int thrd_create(thrd_t* id, thrd_start_t entry, void* argument) {
  if (!modelled()) return LOCKSTEP_REAL(thrd_create)(id, entry, argument);
  const Inside inside;
  auto* start = static_cast<Start*>(heap::arena_allocate(sizeof(Start), alignof(Start), nullptr));
  *start = Start{entry, argument};
  // The block is the library's: it is never looked at again once the thread has begun.
  const int result = threads::create(id, false, run, start, LOCKSTEP_CALLER);
  heap::arena_mark_freed(heap::block_of(start), nullptr);
  return as_c11(result);
}
LOCKSTEP_HOOK int thrd_join(thrd_t id, int* result) {
  if (!modelled()) return LOCKSTEP_REAL(thrd_join)(id, result);
  const Inside inside;
  void* value = nullptr;
  const int error = threads::join(id, &value, LOCKSTEP_CALLER);
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return as_c11(error);
}
LOCKSTEP_HOOK int thrd_detach(thrd_t id) {
  if (!modelled()) return LOCKSTEP_REAL(thrd_detach)(id);
  const Inside inside;
  return as_c11(threads::detach(id));
}
LOCKSTEP_HOOK void thrd_exit(int result) {
  if (!modelled()) {
    LOCKSTEP_REAL(thrd_exit)(result);
    __builtin_unreachable();
  }
  threads::exit(reinterpret_cast<void*>(static_cast<std::intptr_t>(result)));
  __builtin_unreachable();
}
LOCKSTEP_HOOK thrd_t thrd_current() {
  return modelled() ? threads::id_of(self()->id) : LOCKSTEP_REAL(thrd_current)();
}
// thrd_equal compares two numbers and is left to libc, whose header defines it inline.

LOCKSTEP_HOOK int mtx_init(mtx_t* mutex, int type) {
  if (modelled()) g_engine.objects.forget(address_of(mutex));
  return LOCKSTEP_REAL(mtx_init)(mutex, type);
}
LOCKSTEP_HOOK int mtx_lock(mtx_t* mutex) {
  if (!modelled()) return LOCKSTEP_REAL(mtx_lock)(mutex);
  return as_c11(locks::lock(mutex, kind_of(mutex), locks::kNoDeadline, LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK int mtx_timedlock(mtx_t* mutex, const timespec* time) {
  if (!modelled()) return LOCKSTEP_REAL(mtx_timedlock)(mutex, time);
  return as_c11(
      locks::lock(mutex, kind_of(mutex), instant(CLOCK_REALTIME, *time), LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK int mtx_trylock(mtx_t* mutex) {
  if (!modelled()) return LOCKSTEP_REAL(mtx_trylock)(mutex);
  return as_c11(locks::try_lock(mutex, kind_of(mutex), LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK int mtx_unlock(mtx_t* mutex) {
  if (!modelled()) return LOCKSTEP_REAL(mtx_unlock)(mutex);
  return as_c11(locks::unlock(mutex, kind_of(mutex), LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK void mtx_destroy(mtx_t* mutex) {
  if (!modelled()) {
    LOCKSTEP_REAL(mtx_destroy)(mutex);
    return;
  }
  const Inside inside;
  locks::destroy(mutex, LOCKSTEP_CALLER);
}

LOCKSTEP_HOOK int cnd_init(cnd_t* condition) {
  if (modelled()) g_engine.objects.forget(address_of(condition));
  return LOCKSTEP_REAL(cnd_init)(condition);
}
LOCKSTEP_HOOK int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  if (!modelled()) return LOCKSTEP_REAL(cnd_wait)(condition, mutex);
  return as_c11(locks::wait(condition, mutex, locks::kNoDeadline, LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* time) {
  if (!modelled()) return LOCKSTEP_REAL(cnd_timedwait)(condition, mutex, time);
  return as_c11(locks::wait(condition, mutex, instant(CLOCK_REALTIME, *time), LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK int cnd_signal(cnd_t* condition) {
  if (!modelled()) return LOCKSTEP_REAL(cnd_signal)(condition);
  return as_c11(locks::notify(condition, false, LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK int cnd_broadcast(cnd_t* condition) {
  if (!modelled()) return LOCKSTEP_REAL(cnd_broadcast)(condition);
  return as_c11(locks::notify(condition, true, LOCKSTEP_CALLER));
}
LOCKSTEP_HOOK void cnd_destroy(cnd_t* condition) {
  if (!modelled()) {
    LOCKSTEP_REAL(cnd_destroy)(condition);
    return;
  }
  const Inside inside;
  locks::destroy_condition(condition, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void call_once(once_flag* flag, void (*routine)()) {
  if (!modelled()) {
    LOCKSTEP_REAL(call_once)(flag, routine);
    return;
  }
  static_assert(sizeof(once_flag) == sizeof(pthread_once_t));
  pthread_once(reinterpret_cast<pthread_once_t*>(flag), routine);
}
