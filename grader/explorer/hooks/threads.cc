// pthread_create, join, detach, self, exit and what belongs to them.

#include "grader/explorer/hooks/threads.h"

#include <pthread.h>
#include <unwind.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/memory.h"

namespace lockstep {

namespace real {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*entry)(void*),
                   void* argument) {
  return LOCKSTEP_REAL(pthread_create)(thread, attributes, entry, argument);
}

}  // namespace real

namespace threads {

namespace {

// What pthread_self answers in explored code: the same in every process, so that the order and the
// hash of std::thread::id are too.
constexpr pthread_t kFirstId = 0x7000'0000'0000;
constexpr pthread_t kIdStep = 0x1000;

trace::Failure misuse(int target) {
  trace::Failure failure = failure_of(Rule::kDestroyedInUse);
  trace::Misuse what;
  what.op = Op::kJoin;
  what.owner = target;
  failure.what = std::move(what);
  return failure;
}

}  // namespace

pthread_t id_of(int thread) { return kFirstId + static_cast<pthread_t>(thread) * kIdStep; }

Thread* find(pthread_t id) {
  const pthread_t index = (id - kFirstId) / kIdStep;
  return id >= kFirstId && index < static_cast<pthread_t>(g_engine.thread_count)
             ? g_engine.threads[index]
             : nullptr;
}

namespace {

// The thread that is to be joined or detached. One that the system made began before the
// exploration, and is not under control.
Thread* find_to_end(pthread_t id) {
  const bool made_up = id >= kFirstId && id < kFirstId + kMaxThreads * kIdStep;
  if (id != 0 && !made_up) refuse("joining a thread that was started before main is not supported");
  return find(id);
}

void record_creation(Thread* thread) {
  recorder::created(thread->id, id_of(thread->id), recorder::stack());
  trace::Event event;
  event.op = Op::kCreate;
  event.other = thread->id;
  recorder::add(std::move(event));
  recorder::note_stack(self());
}

void record_join(const Thread* thread) {
  trace::Event event;
  event.op = Op::kJoin;
  event.other = thread->id;
  recorder::add(std::move(event));
}

}  // namespace

int create(pthread_t* id, bool detached, void* (*entry)(void*), void* argument,
           const void* pc) noexcept {
  const Inside inside;
  Thread* thread = new_thread(entry, argument, pc);
  if (thread == nullptr) {
    // A test's body finds out that there can be no more, as it would from a system; a program that
    // somebody wants explored is not to blame for the explorer's limit.
    if (!g_engine.program) return EAGAIN;
    refuse("more than " + std::to_string(kMaxThreads) +
           " threads in one execution are not supported");
  }
  thread->detached = detached;
  *id = id_of(thread->id);
  leave_spin();
  if (__builtin_expect(g_engine.recording, 0)) record_creation(thread);
  run_to_first_point(thread);
  return 0;
}

int join(pthread_t id, void** result, const void* pc) {
  const Inside inside;
  Thread* me = self();
  Thread* thread = find_to_end(id);
  if (thread == nullptr) return ESRCH;
  if (thread == me) return EDEADLK;
  if (thread->joined || thread->detached) fail_now(misuse(thread->id));
  Pending& p = me->pending;
  p = Pending{};
  p.op = Op::kJoin;
  p.other = static_cast<std::int16_t>(thread->id);
  p.pc = pc;
  reach_point();
  // Another one was waiting for it, too.
  if (thread->joined || thread->detached) fail_now(misuse(thread->id));
  thread->joined = true;
  me->clock.join(thread->at_exit);
  leave_spin();
  if (result != nullptr) *result = thread->result;
  if (__builtin_expect(g_engine.recording, 0)) record_join(thread);
  return 0;
}

int detach(pthread_t id) {
  Thread* thread = find_to_end(id);
  if (thread == nullptr) return ESRCH;
  if (thread->joined || thread->detached) return EINVAL;
  thread->detached = true;
  return 0;
}

namespace {

_Unwind_Reason_Code unwind_step(int, _Unwind_Action actions, _Unwind_Exception_Class,
                                _Unwind_Exception*, _Unwind_Context*, void*) {
  if ((actions & _UA_END_OF_STACK) != 0) {
    // Every destructor of the thread's frames has run.
    const Inside inside;
    run_thread_exits();
    finish_thread();
  }
  return _URC_NO_REASON;
}

}  // namespace

void exit(void* result) {
  self()->result = result;
  // A handler that stops the unwinding would be a fault of the program; the object outlives it.
  auto* exception = static_cast<_Unwind_Exception*>(
      heap::house_allocate(sizeof(_Unwind_Exception), alignof(_Unwind_Exception)));
  std::memset(exception, 0, sizeof *exception);
  g_engine.active = true;
  _Unwind_ForcedUnwind(exception, unwind_step, nullptr);
  g_engine.active = false;
  finish_thread();
}

}  // namespace threads

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

bool is_detached(const pthread_attr_t* attributes) {
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &state);
  return state == PTHREAD_CREATE_DETACHED;
}

}  // namespace

LOCKSTEP_HOOK int pthread_create(pthread_t* id, const pthread_attr_t* attributes,
                                 void* (*entry)(void*), void* argument) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_create)(id, attributes, entry, argument);
  return threads::create(id, is_detached(attributes), entry, argument, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_join(pthread_t id, void** result) {
  if (!modelled()) return LOCKSTEP_REAL(pthread_join)(id, result);
  return threads::join(id, result, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_tryjoin_np(pthread_t id, void** result) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_tryjoin_np)(id, result);
  const Inside inside;
  Thread* thread = threads::find(id);
  if (thread != nullptr && thread->life != Life::kDone) {
    note_read_for_spin(id, 0, LOCKSTEP_CALLER);
    reach_point(Op::kYield, 0, nullptr, LOCKSTEP_CALLER);
    if (thread->life != Life::kDone) return EBUSY;
  }
  return threads::join(id, result, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pthread_detach(pthread_t id) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_detach)(id);
  const Inside inside;
  return threads::detach(id);
}
LOCKSTEP_HOOK pthread_t pthread_self() noexcept {
  return modelled() ? threads::id_of(self()->id) : LOCKSTEP_REAL(pthread_self)();
}
LOCKSTEP_HOOK void pthread_exit(void* result) {
  if (!modelled()) {
    LOCKSTEP_REAL(pthread_exit)(result);
    __builtin_unreachable();
  }
  threads::exit(result);
  __builtin_unreachable();
}

// Questions about a thread by its id, which is the model's and unknown to libc.
LOCKSTEP_HOOK int pthread_setname_np(pthread_t id, const char* name) noexcept {
  return modelled() ? 0 : LOCKSTEP_REAL(pthread_setname_np)(id, name);
}
LOCKSTEP_HOOK int pthread_getname_np(pthread_t id, char* name, std::size_t size) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_getname_np)(id, name, size);
  if (size > 0) name[0] = '\0';
  return 0;
}
LOCKSTEP_HOOK int pthread_getattr_np(pthread_t id, pthread_attr_t* attributes) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_getattr_np)(id, attributes);
  const Inside inside;
  const Thread* thread = threads::find(id);
  if (thread == nullptr) return ESRCH;
  pthread_attr_init(attributes);
  return pthread_attr_setstack(attributes, reinterpret_cast<void*>(fiber::stack_begin(thread->id)),
                               fiber::kStackSize);
}
LOCKSTEP_HOOK int pthread_setschedparam(pthread_t id, int policy,
                                        const sched_param* parameter) noexcept {
  return modelled() ? 0 : LOCKSTEP_REAL(pthread_setschedparam)(id, policy, parameter);
}
LOCKSTEP_HOOK int pthread_cancel(pthread_t id) {
  if (!modelled()) return LOCKSTEP_REAL(pthread_cancel)(id);
  const Inside inside;
  refuse("pthread_cancel is not supported in an explored body: let the thread look at a flag");
}
