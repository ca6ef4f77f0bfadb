// sem_*, which std::counting_semaphore uses too, and pthread_barrier_*.

#include <pthread.h>
#include <semaphore.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/hooks/time.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

Object* semaphore_at(sem_t* semaphore) {
  Object* object = object_at(semaphore);
  if (object->kind != ObjectKind::kSemaphore) {
    // First met here: it was initialised before the exploration. Its count is its first word.
    object->kind = ObjectKind::kSemaphore;
    object->count = *reinterpret_cast<const int*>(semaphore);
  }
  return object;
}

void record_semaphore(Op op, const Object* object, bool failed) {
  if (__builtin_expect(!g_engine.recording, 1)) return;
  trace::Event event;
  event.op = op;
  event.address = object->address;
  event.failed = failed;
  event.count = object->count;
  recorder::add(std::move(event));
}

void take(Object* object, Op op, const void* pc) {
  --object->count;
  record_semaphore(op, object, false);
  touch(object, pc);
  acquire_from(object->released);
  leave_spin();
}

int wait(sem_t* semaphore, std::uint64_t deadline, const void* pc) {
  const Inside inside;
  Thread* me = self();
  Object* object = semaphore_at(semaphore);
  Pending& p = me->pending;
  p = Pending{};
  p.op = Op::kSemWait;
  p.address = object->address;
  p.object = object;
  p.timed = deadline != locks::kNoDeadline;
  if (p.timed) g_engine.saw_deadline = true;
  p.deadline = deadline;
  p.pc = pc;
  reach_point();
  if (me->timed_out) {
    record_semaphore(Op::kSemWait, object, true);
    touch(object, pc);
    errno = ETIMEDOUT;
    return -1;
  }
  take(object, Op::kSemWait, pc);
  return 0;
}

}  // namespace

LOCKSTEP_HOOK int sem_init(sem_t* semaphore, int shared, unsigned value) noexcept {
  const int result = LOCKSTEP_REAL(sem_init)(semaphore, shared, value);
  if (modelled()) g_engine.objects.forget(address_of(semaphore));
  return result;
}
LOCKSTEP_HOOK int sem_destroy(sem_t* semaphore) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(sem_destroy)(semaphore);
  // Who sleeps in a global one while the process ends is ended with it.
  if (g_engine.exiting) return 0;
  const Inside inside;
  locks::destroy_semaphore(semaphore);
  return 0;
}
LOCKSTEP_HOOK int sem_wait(sem_t* semaphore) {
  if (!modelled()) return LOCKSTEP_REAL(sem_wait)(semaphore);
  return wait(semaphore, locks::kNoDeadline, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int sem_timedwait(sem_t* semaphore, const timespec* time) {
  if (!modelled()) return LOCKSTEP_REAL(sem_timedwait)(semaphore, time);
  return wait(semaphore, instant(CLOCK_REALTIME, *time), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int sem_clockwait(sem_t* semaphore, clockid_t id, const timespec* time) {
  if (!modelled()) return LOCKSTEP_REAL(sem_clockwait)(semaphore, id, time);
  return wait(semaphore, instant(id, *time), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int sem_trywait(sem_t* semaphore) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(sem_trywait)(semaphore);
  const Inside inside;
  Object* object = semaphore_at(semaphore);
  reach_point(Op::kSemTryWait, object->address, object, LOCKSTEP_CALLER);
  if (object->count <= 0) {
    record_semaphore(Op::kSemTryWait, object, true);
    touch(object, LOCKSTEP_CALLER);
    note_read_for_spin(object->address, 0, LOCKSTEP_CALLER);
    errno = EAGAIN;
    return -1;
  }
  take(object, Op::kSemTryWait, LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK int sem_post(sem_t* semaphore) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(sem_post)(semaphore);
  const Inside inside;
  Object* object = semaphore_at(semaphore);
  reach_point(Op::kSemPost, object->address, object, LOCKSTEP_CALLER);
  ++object->count;
  record_semaphore(Op::kSemPost, object, false);
  touch(object, LOCKSTEP_CALLER);
  release_joining(object->released);
  note_write();
  return 0;
}
LOCKSTEP_HOOK int sem_getvalue(sem_t* semaphore, int* value) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(sem_getvalue)(semaphore, value);
  const Inside inside;
  *value = semaphore_at(semaphore)->count;
  return 0;
}

LOCKSTEP_HOOK int pthread_barrier_init(pthread_barrier_t* barrier,
                                       const pthread_barrierattr_t* attributes,
                                       unsigned count) noexcept {
  const int result = LOCKSTEP_REAL(pthread_barrier_init)(barrier, attributes, count);
  if (result == 0 && modelled()) {
    const Inside inside;
    g_engine.objects.forget(address_of(barrier));
    Object* object = object_at(barrier);
    object->kind = ObjectKind::kBarrier;
    object->count = static_cast<std::int32_t>(count);
  }
  return result;
}
LOCKSTEP_HOOK int pthread_barrier_destroy(pthread_barrier_t* barrier) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_barrier_destroy)(barrier);
  const Inside inside;
  locks::destroy_condition(barrier, LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_barrier_wait)(barrier);
  const Inside inside;
  Thread* me = self();
  Object* object = object_at(barrier);
  reach_point(Op::kBarrierArrive, object->address, object, LOCKSTEP_CALLER);
  record(Op::kBarrierArrive, object->address);
  touch(object, LOCKSTEP_CALLER);
  release_joining(object->released);
  if (object->waiter_count + 1 >= object->count) {
    while (object->waiter_count > 0) {
      Thread* other = g_engine.threads[object->take_waiter(0)];
      other->woken = true;
      other->clock.join(object->released);
    }
    acquire_from(object->released);
    note_write();
    return PTHREAD_BARRIER_SERIAL_THREAD;
  }
  me->woken = false;
  object->add_waiter(me->id);
  reach_point(Op::kBarrierLeave, object->address, object, LOCKSTEP_CALLER);
  record(Op::kBarrierLeave, object->address);
  return 0;
}
