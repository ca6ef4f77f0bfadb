// pthread_rwlock_*: std::shared_mutex and std::shared_timed_mutex.

#include <pthread.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/hooks/time.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

Object* lock_at(pthread_rwlock_t* lock) {
  Object* object = object_at(lock);
  object->kind = ObjectKind::kReadWriteLock;
  return object;
}

void record_lock(Op op, const Object* object, bool failed) {
  if (__builtin_expect(!g_engine.recording, 1)) return;
  trace::Event event;
  event.op = op;
  event.address = object->address;
  event.failed = failed;
  recorder::add(std::move(event));
  if (!failed) recorder::took(object->address);
}

void take(Object* object, bool writer, const void* pc) {
  Thread* me = self();
  me->clock.join(object->released);
  object->locked_at = pc;
  if (writer) {
    me->clock.join(object->read_released);
    object->owner = static_cast<std::int16_t>(me->id);
  } else {
    ++object->readers;
  }
  leave_spin();
}

int lock(pthread_rwlock_t* rwlock, bool writer, std::uint64_t deadline, const void* pc) {
  const Inside inside;
  Thread* me = self();
  Object* object = lock_at(rwlock);
  const Op op = writer ? Op::kLock : Op::kReadLock;
  if (object->owner == me->id) {
    if (deadline != locks::kNoDeadline) return EDEADLK;
    locks::fail_relock(object, op);
  }
  Pending& p = me->pending;
  p = Pending{};
  p.op = op;
  p.address = object->address;
  p.object = object;
  p.timed = deadline != locks::kNoDeadline;
  if (p.timed) g_engine.saw_deadline = g_engine.saw_try = true;
  p.deadline = deadline;
  p.pc = pc;
  reach_point();
  const bool timed_out = me->timed_out;
  record_lock(op, object, timed_out);
  touch(object, pc);
  if (timed_out) return ETIMEDOUT;
  take(object, writer, pc);
  return 0;
}

int try_lock(pthread_rwlock_t* rwlock, bool writer, const void* pc) {
  const Inside inside;
  g_engine.saw_try = true;
  Object* object = lock_at(rwlock);
  const Op op = writer ? Op::kTryLock : Op::kTryReadLock;
  reach_point(op, object->address, object, pc);
  const bool free = object->owner < 0 && (!writer || object->readers == 0);
  record_lock(op, object, !free);
  touch(object, pc);
  if (!free) {
    note_read_for_spin(object->address, 1, pc);
    return EBUSY;
  }
  take(object, writer, pc);
  return 0;
}

}  // namespace

LOCKSTEP_HOOK int pthread_rwlock_rdlock(pthread_rwlock_t* l) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_rdlock)(l);
  return lock(l, false, locks::kNoDeadline, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_wrlock(pthread_rwlock_t* l) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_wrlock)(l);
  return lock(l, true, locks::kNoDeadline, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_tryrdlock(pthread_rwlock_t* l) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_tryrdlock)(l);
  return try_lock(l, false, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_trywrlock(pthread_rwlock_t* l) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_trywrlock)(l);
  return try_lock(l, true, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_timedrdlock(pthread_rwlock_t* l, const timespec* t) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_timedrdlock)(l, t);
  return lock(l, false, instant(CLOCK_REALTIME, *t), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_timedwrlock(pthread_rwlock_t* l, const timespec* t) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_timedwrlock)(l, t);
  return lock(l, true, instant(CLOCK_REALTIME, *t), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_clockrdlock(pthread_rwlock_t* l, clockid_t id,
                                             const timespec* t) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_clockrdlock)(l, id, t);
  return lock(l, false, instant(id, *t), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_clockwrlock(pthread_rwlock_t* l, clockid_t id,
                                             const timespec* t) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_clockwrlock)(l, id, t);
  return lock(l, true, instant(id, *t), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_rwlock_unlock(pthread_rwlock_t* l) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_unlock)(l);
  const Inside inside;
  Thread* me = self();
  Object* object = lock_at(l);
  const bool writer = object->owner == me->id;
  if (!writer && object->readers == 0) {
    trace::Failure failure = failure_of(Rule::kUnlockNotOwner);
    trace::Misuse misuse;
    misuse.op = Op::kUnlock;
    misuse.owner = object->owner;
    if (g_engine.recording) {
      misuse.object = recorder::target(object->address, 1);
      misuse.taken = recorder::taken_at(object->address);
    }
    failure.what = std::move(misuse);
    fail_now(std::move(failure));
  }
  const Op op = writer ? Op::kUnlock : Op::kReadUnlock;
  if (g_engine.unlock_points) reach_point(op, object->address, object, LOCKSTEP_CALLER);
  if (g_engine.recording) {
    recorder::add(op, object->address);
    recorder::released(object->address);
  }
  touch(object, LOCKSTEP_CALLER);
  if (writer) {
    object->owner = -1;
    release_to(object->released);
  } else {
    --object->readers;
    release_joining(object->read_released);
  }
  note_write();
  if (!g_engine.unlock_points) note_silent_release(object);
  return 0;
}
LOCKSTEP_HOOK int pthread_rwlock_init(pthread_rwlock_t* l, const pthread_rwlockattr_t* a) noexcept {
  if (modelled()) g_engine.objects.forget(address_of(l));
  return LOCKSTEP_REAL(pthread_rwlock_init)(l, a);
}
LOCKSTEP_HOOK int pthread_rwlock_destroy(pthread_rwlock_t* l) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_rwlock_destroy)(l);
  const Inside inside;
  locks::destroy(l, LOCKSTEP_CALLER);
  return 0;
}
