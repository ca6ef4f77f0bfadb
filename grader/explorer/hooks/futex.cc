// syscall(): std::atomic::wait and notify sleep by futex.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/time.h"
#include "grader/explorer/model/raw.h"

namespace lockstep {

namespace {

// The queue of a futex is another object than the atomic at the same address.
Object* queue_of(int* word) {
  Object* object = g_engine.objects.find_or_make(address_of(word) | 1);
  object->kind = ObjectKind::kFutex;
  return object;
}

long fail_with(int error) {
  errno = error;
  return -1;
}

long futex_wait(int* word, int expected, const timespec* time, bool absolute, bool calendar,
                const void* pc) {
  Thread* me = self();
  Object* queue = queue_of(word);
  reach_point(Op::kFutexWait, address_of(word), queue, pc);
  if (*word != expected) return fail_with(EAGAIN);
  if (g_engine.recording) recorder::add(Op::kFutexWait, address_of(word));
  queue->add_waiter(me->id);
  me->woken = false;
  leave_spin();
  Pending& p = me->pending;
  p.op = Op::kFutexWoken;
  p.timed = time != nullptr;
  if (p.timed) {
    g_engine.saw_deadline = true;
    p.deadline = absolute ? instant(calendar ? CLOCK_REALTIME : CLOCK_MONOTONIC, *time)
                          : deadline_in(duration(*time));
  }
  reach_point();
  if (!me->woken) {
    queue->remove_waiter(me->id);
    if (g_engine.recording) {
      trace::Event event;
      event.op = Op::kFutexWoken;
      event.address = address_of(word);
      event.failed = true;
      recorder::add(std::move(event));
    }
    return fail_with(ETIMEDOUT);
  }
  record(Op::kFutexWoken, address_of(word));
  return 0;
}

long futex_wake(int* word, int most, const void* pc) {
  Object* queue = queue_of(word);
  reach_point(Op::kFutexWake, address_of(word), queue, pc);
  int woken = 0;
  int last = -1;
  while (queue->waiter_count > 0 && woken < most) {
    const int index = most >= queue->waiter_count ? 0 : choose(queue->waiter_count);
    last = queue->take_waiter(index);
    g_engine.threads[last]->woken = true;
    ++woken;
  }
  note_write();
  if (g_engine.recording) {
    trace::Event event;
    event.op = Op::kFutexWake;
    event.address = address_of(word);
    event.count = woken;
    event.other = woken == 1 ? last : -1;
    recorder::add(std::move(event));
  }
  return woken;
}

long futex(int* word, int operation, int value, const timespec* time, const void* pc) {
  const Inside inside;
  const bool calendar = (operation & FUTEX_CLOCK_REALTIME) != 0;
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
      return futex_wait(word, value, time, false, calendar, pc);
    case FUTEX_WAIT_BITSET:
      return futex_wait(word, value, time, true, calendar, pc);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
      return futex_wake(word, value, pc);
    default:
      refuse(
          "this futex operation is not supported in an explored body (supported: wait and wake)");
  }
}

bool refused_in_bodies(long number) {
  switch (number) {
    case SYS_fork:
    case SYS_vfork:
    case SYS_clone:
    case SYS_clone3:
    case SYS_execve:
    case SYS_execveat:
      return true;
    default:
      return false;
  }
}

}  // namespace

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hook below is a C function

LOCKSTEP_HOOK long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  if (modelled()) {
    if (number == SYS_futex) {
      return futex(reinterpret_cast<int*>(a[0]), static_cast<int>(a[1]), static_cast<int>(a[2]),
                   reinterpret_cast<const timespec*>(a[3]), LOCKSTEP_CALLER);
    }
    if (number == SYS_gettid) return self()->id + 1;
    if (refused_in_bodies(number)) {
      refuse("a new process inside an explored body is not supported: threads only");
    }
  }
  const long result = raw::call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (result < 0 && result > -4096) return fail_with(static_cast<int>(-result));
  return result;
}
