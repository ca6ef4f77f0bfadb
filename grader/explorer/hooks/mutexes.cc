// pthread_mutex_*, pthread_cond_*, pthread_spin_*.

#include <pthread.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/hooks/time.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

LOCKSTEP_HOOK int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_mutex_lock)(mutex);
  return locks::lock(mutex, locks::kind_of(mutex), locks::kNoDeadline, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* time) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_mutex_timedlock)(mutex, time);
  return locks::lock(mutex, locks::kind_of(mutex), instant(CLOCK_REALTIME, *time), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t id,
                                          const timespec* time) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_mutex_clocklock)(mutex, id, time);
  return locks::lock(mutex, locks::kind_of(mutex), instant(id, *time), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_mutex_trylock)(mutex);
  return locks::try_lock(mutex, locks::kind_of(mutex), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_mutex_unlock)(mutex);
  return locks::unlock(mutex, locks::kind_of(mutex), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_mutex_init(pthread_mutex_t* mutex,
                                     const pthread_mutexattr_t* attributes) noexcept {
  const int result = LOCKSTEP_REAL(pthread_mutex_init)(mutex, attributes);
  if (modelled()) g_engine.objects.forget(address_of(mutex));
  return result;
}
LOCKSTEP_HOOK int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_mutex_destroy)(mutex);
  const Inside inside;
  locks::destroy(mutex, LOCKSTEP_CALLER);
  return 0;
}

LOCKSTEP_HOOK int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cond_wait)(condition, mutex);
  return locks::wait(condition, mutex, locks::kNoDeadline, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                         const timespec* time) {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cond_timedwait)(condition, mutex, time);
  const Inside inside;
  // pthread_condattr_setclock keeps its choice in the condition: bit 1 of the flags.
  const bool monotonic = (condition->__data.__wrefs & 2) != 0;
  return locks::wait(condition, mutex, instant(monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME, *time),
                     LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                         clockid_t id, const timespec* time) {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cond_clockwait)(condition, mutex, id, time);
  return locks::wait(condition, mutex, instant(id, *time), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cond_signal)(condition);
  return locks::notify(condition, false, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cond_broadcast)(condition);
  return locks::notify(condition, true, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_cond_init(pthread_cond_t* condition,
                                    const pthread_condattr_t* attributes) noexcept {
  const int result = LOCKSTEP_REAL(pthread_cond_init)(condition, attributes);
  if (modelled()) g_engine.objects.forget(address_of(condition));
  return result;
}
LOCKSTEP_HOOK int pthread_cond_destroy(pthread_cond_t* condition) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cond_destroy)(condition);
  const Inside inside;
  locks::destroy_condition(condition, LOCKSTEP_CALLER);
  return 0;
}

// A spin lock is a mutex whose waiters burn time: what it may do is the same.
LOCKSTEP_HOOK int pthread_spin_init(pthread_spinlock_t* lock, int shared) noexcept {
  if (modelled()) g_engine.objects.forget(address_of(lock));
  return LOCKSTEP_REAL(pthread_spin_init)(lock, shared);
}
LOCKSTEP_HOOK int pthread_spin_destroy(pthread_spinlock_t* lock) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_spin_destroy)(lock);
  const Inside inside;
  locks::destroy(const_cast<int*>(lock), LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_spin_lock)(lock);
  return locks::lock(const_cast<int*>(lock), locks::MutexKind::kNormal, locks::kNoDeadline,
                     LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_spin_trylock)(lock);
  return locks::try_lock(const_cast<int*>(lock), locks::MutexKind::kNormal, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_spin_unlock)(lock);
  return locks::unlock(const_cast<int*>(lock), locks::MutexKind::kNormal, LOCKSTEP_CALLER);
}
