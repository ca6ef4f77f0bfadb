#include "grader/explorer/hooks/locks.h"

#include <cerrno>
#include <vector>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/library_locks.h"
#include "grader/explorer/model/world.h"

namespace lockstep::locks {

namespace {

// Who waits at a semaphore: it keeps no list of them, its count says when they may go on.
std::vector<int> blocked_at(const Object* semaphore) {
  std::vector<int> threads;
  if (semaphore->count > 0) return threads;
  for (int i = 0; i < g_engine.thread_count; ++i) {
    const Thread& thread = *g_engine.threads[i];
    if (thread.life != Life::kAlive || &thread == self()) continue;
    if (thread.pending.op == Op::kSemWait && thread.pending.object == semaphore) {
      threads.push_back(i);
    }
  }
  return threads;
}

trace::Failure misuse(Rule rule, const Object* object, Op op) {
  trace::Failure failure = failure_of(rule);
  trace::Misuse what;
  what.op = op;
  what.owner = object->owner;
  for (int i = 0; i < object->waiter_count; ++i) what.waiters.push_back(object->waiters[i]);
  if (object->kind == ObjectKind::kSemaphore) what.waiters = blocked_at(object);
  if (g_engine.recording) {
    what.object = recorder::target(object->address, 1);
    what.taken = recorder::taken_at(object->address);
  }
  failure.what = std::move(what);
  return failure;
}

bool held(const Object& object) {
  const bool lock = object.kind == ObjectKind::kMutex || object.kind == ObjectKind::kReadWriteLock;
  return lock && (object.owner >= 0 || object.readers > 0);
}

bool slept_in(const Object& object) {
  if (object.kind == ObjectKind::kSemaphore) return !blocked_at(&object).empty();
  return object.waiter_count > 0;
}

Object* mutex_at(void* mutex, MutexKind kind) {
  Object* object = object_at(mutex);
  object->kind = ObjectKind::kMutex;
  object->recursive = kind == MutexKind::kRecursive;
  return object;
}

void take(Object* object, const void* pc) {
  Thread* me = self();
  object->owner = static_cast<std::int16_t>(me->id);
  ++object->count;
  object->locked_at = pc;
  me->clock.join(object->released);
}

void let_go(Object* object) {
  object->owner = -1;
  object->count = 0;
  release_to(object->released);
}

// Locks inside libstdc++ that programs do not know of. They are held for a few instructions without
// any point in between, so they are always free: taking part in the search would only multiply it.
bool is_silent(void* mutex) {
  return __builtin_expect(world::g_cxx_library_data.holds(address_of(mutex)), 0) &&
         library_locks::silent(mutex);
}

void add_lock_event(Op op, const Object* object, bool failed) {
  trace::Event event;
  event.op = op;
  event.address = object->address;
  event.failed = failed;
  recorder::add(std::move(event));
  if (!failed) recorder::took(object->address);
}

inline void record_lock(Op op, const Object* object, bool failed) {
  if (__builtin_expect(g_engine.recording, 0)) add_lock_event(op, object, failed);
}

}  // namespace

int lock(void* mutex, MutexKind kind, std::uint64_t deadline, const void* pc) noexcept {
  const Inside inside;
  if (is_silent(mutex)) return 0;
  Thread* me = self();
  Object* object = mutex_at(mutex, kind);
  if (object->owner == me->id && kind == MutexKind::kErrorChecking) return EDEADLK;
  const bool timed = deadline != kNoDeadline;
  if (timed) g_engine.saw_deadline = g_engine.saw_try = true;
  if (object->owner == me->id && !object->recursive && !timed) {
    fail_relock(object, Op::kLock);
  }
  Pending& p = me->pending;
  p = Pending{};
  p.op = Op::kLock;
  p.address = object->address;
  p.object = object;
  p.timed = timed;
  p.deadline = deadline;
  p.pc = pc;
  reach_point();
  const bool timed_out = me->timed_out;
  record_lock(Op::kLock, object, timed_out);
  touch(object, pc);
  if (timed_out) return ETIMEDOUT;
  take(object, pc);
  note_section(object->address);
  return 0;
}

void fail_relock(const Object* object, Op op) { fail_now(misuse(Rule::kRelock, object, op)); }

int try_lock(void* mutex, MutexKind kind, const void* pc) noexcept {
  const Inside inside;
  if (is_silent(mutex)) return 0;
  g_engine.saw_try = true;
  Thread* me = self();
  Object* object = mutex_at(mutex, kind);
  reach_point(Op::kTryLock, object->address, object, pc);
  const bool free = object->owner < 0 || (object->recursive && object->owner == me->id);
  record_lock(Op::kTryLock, object, !free);
  touch(object, pc);
  if (!free) {
    note_read_for_spin(object->address, 1, pc);
    return EBUSY;
  }
  take(object, pc);
  note_section(object->address);
  return 0;
}

int unlock(void* mutex, MutexKind kind, const void* pc) noexcept {
  const Inside inside;
  if (is_silent(mutex)) return 0;
  Thread* me = self();
  Object* object = object_at(mutex);
  if (object->owner != me->id) {
    if (kind == MutexKind::kErrorChecking) return EPERM;
    fail_now(misuse(Rule::kUnlockNotOwner, object, Op::kUnlock));
  }
  if (object->count > 1) {
    --object->count;
    return 0;
  }
  // An unlock commutes with what its own thread did before, unless somebody can see that the lock
  // is held without waiting for it.
  if (g_engine.unlock_points) reach_point(Op::kUnlock, object->address, object, pc);
  if (__builtin_expect(g_engine.recording, 0)) {
    recorder::add(Op::kUnlock, object->address);
    recorder::released(object->address);
  }
  touch(object, pc);
  let_go(object);
  // A section in which nothing was done tells nobody anything.
  if (me->spin.used == 0) note_write();
  if (!g_engine.unlock_points) note_silent_release(object);
  return 0;
}

void destroy(void* mutex, const void* /*pc*/) {
  Object* object = g_engine.objects.find(address_of(mutex));
  if (object == nullptr) return;
  if (held(*object)) fail_now(misuse(Rule::kDestroyedInUse, object, Op::kDestroy));
  g_engine.objects.forget(address_of(mutex));
}

void destroy_semaphore(void* semaphore) {
  Object* object = g_engine.objects.find(address_of(semaphore));
  if (object == nullptr) return;
  if (slept_in(*object)) fail_now(misuse(Rule::kDestroyedInUse, object, Op::kDestroy));
  g_engine.objects.forget(address_of(semaphore));
}

int wait(void* condition, void* mutex, std::uint64_t deadline, const void* pc) noexcept {
  const Inside inside;
  Thread* me = self();
  Object* queue = object_at(condition);
  queue->kind = ObjectKind::kCondition;
  Object* lock = object_at(mutex);
  if (lock->owner != me->id) fail_now(misuse(Rule::kUnlockNotOwner, lock, Op::kWait));
  const bool timed = deadline != kNoDeadline;
  if (timed) g_engine.saw_deadline = true;

  Pending& p = me->pending;
  p = Pending{};
  p.op = Op::kWait;
  p.address = queue->address;
  p.object = queue;
  p.mutex = lock;
  p.pc = pc;
  reach_point();
  if (__builtin_expect(g_engine.recording, 0)) {
    trace::Event event;
    event.op = Op::kWait;
    event.address = queue->address;
    event.mutex = lock->address;
    recorder::add(std::move(event));
    recorder::released(lock->address);
  }
  touch(queue, pc);
  touch(lock, pc);
  const int levels = lock->count;
  let_go(lock);
  note_write();
  queue->add_waiter(me->id);
  me->woken = false;

  p.op = Op::kWake;
  p.timed = timed;
  p.deadline = deadline;
  const bool may_wake = g_engine.options->spurious_wakeups && !me->woke_spuriously;
  if (may_wake) {
    // As a deadline that is always past: it may end the wait at any moment, and moves no clock.
    p.timed = true;
    p.deadline = 0;
  }
  reach_point();
  const bool spurious = may_wake && me->timed_out && !(timed && deadline <= g_engine.now);
  const bool timed_out = me->timed_out && !spurious;
  me->woke_spuriously = me->woke_spuriously || spurious;
  g_engine.saw_spurious = g_engine.saw_spurious || may_wake;
  if (!me->woken) queue->remove_waiter(me->id);
  // Who timed out is no waiter any more, and may still have to wait for the mutex: what a notify
  // does meanwhile comes too late for it.
  if (lock->owner >= 0) reach_point(Op::kLock, lock->address, lock, pc);
  if (__builtin_expect(g_engine.recording, 0)) {
    trace::Event event;
    event.op = Op::kWake;
    event.address = queue->address;
    event.mutex = lock->address;
    event.failed = timed_out;
    event.spurious = spurious;
    recorder::add(std::move(event));
    recorder::took(lock->address);
  }
  touch(lock, pc);
  take(lock, pc);
  lock->count = levels;
  return timed_out ? ETIMEDOUT : 0;
}

int notify(void* condition, bool all, const void* pc) noexcept {
  const Inside inside;
  Object* queue = object_at(condition);
  queue->kind = ObjectKind::kCondition;
  const Op op = all ? Op::kNotifyAll : Op::kNotifyOne;
  reach_point(op, queue->address, queue, pc);
  int woken = 0;
  int last = -1;
  while (queue->waiter_count > 0 && (all || woken == 0)) {
    // Which waiter wakes is a choice: POSIX promises no order.
    last = queue->take_waiter(all ? 0 : choose(queue->waiter_count));
    g_engine.threads[last]->woken = true;
    ++woken;
  }
  note_write();
  if (__builtin_expect(g_engine.recording, 0)) {
    trace::Event event;
    event.op = op;
    event.address = queue->address;
    event.count = woken;
    event.other = woken == 1 ? last : -1;
    recorder::add(std::move(event));
  }
  touch(queue, pc);
  return 0;
}

void destroy_condition(void* condition, const void* /*pc*/) {
  Object* queue = g_engine.objects.find(address_of(condition));
  if (queue == nullptr) return;
  if (queue->waiter_count > 0) fail_now(misuse(Rule::kDestroyedInUse, queue, Op::kDestroy));
  g_engine.objects.forget(address_of(condition));
}

void destroy_memory(std::uintptr_t begin, std::size_t size, Op op) {
  const std::uintptr_t end = begin + size;
  for (int i = 0; i < g_engine.objects.size(); ++i) {
    Object& object = g_engine.objects.at(i);
    if (object.address < begin || object.address >= end) continue;
    if (held(object) || slept_in(object)) fail_now(misuse(Rule::kDestroyedInUse, &object, op));
  }
}

}  // namespace lockstep::locks
