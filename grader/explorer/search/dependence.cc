#include "grader/explorer/search/dependence.h"

namespace lockstep {

namespace {

bool only_reads(Op op) { return op == Op::kAtomicLoad || op == Op::kRead || op == Op::kFutexWait; }

bool is_futex(Op op) {
  return op == Op::kFutexWait || op == Op::kFutexWoken || op == Op::kFutexWake;
}

bool overlap(const VisibleOp& a, const VisibleOp& b) {
  const std::uintptr_t a_size = a.size == 0 ? 1 : a.size;
  const std::uintptr_t b_size = b.size == 0 ? 1 : b.size;
  return a.address < b.address + b_size && b.address < a.address + a_size;
}

// The lock that the operation takes, lets go or looks at; 0 for others.
std::uintptr_t lock_of(const VisibleOp& s) {
  if (is_lock(s.op)) return s.address;
  return s.op == Op::kWait || s.op == Op::kWake ? s.mutex : 0;
}

bool is_reader(Op op) {
  return op == Op::kReadLock || op == Op::kTryReadLock || op == Op::kReadUnlock;
}

bool releases_lock(Op op) { return op == Op::kUnlock || op == Op::kReadUnlock || op == Op::kWait; }

bool waits_for_lock(Op op) { return op == Op::kLock || op == Op::kReadLock || op == Op::kWake; }

bool is_notify(Op op) { return op == Op::kNotifyOne || op == Op::kNotifyAll; }

bool conditions_meet(const VisibleOp& a, const VisibleOp& b) {
  if (a.address != b.address) return false;
  const bool a_sleeps = a.op == Op::kWait || a.op == Op::kWake;
  const bool b_sleeps = b.op == Op::kWait || b.op == Op::kWake;
  return (is_notify(a.op) && (is_notify(b.op) || b_sleeps)) || (is_notify(b.op) && a_sleeps);
}

bool is_semaphore(Op op) {
  return op == Op::kSemWait || op == Op::kSemTryWait || op == Op::kSemPost;
}

bool semaphores_meet(const VisibleOp& a, const VisibleOp& b) {
  // Two posts commute.
  return a.address == b.address && !(a.op == Op::kSemPost && b.op == Op::kSemPost);
}

}  // namespace

bool dependent(const VisibleOp& a, const VisibleOp& b) {
  if (is_descriptor(a.op) || is_descriptor(b.op)) {
    return is_descriptor(a.op) && is_descriptor(b.op) && overlap(a, b) &&
           !(a.op == Op::kPoll && b.op == Op::kPoll);
  }
  if (is_memory(a.op) && is_memory(b.op)) {
    return overlap(a, b) && !(only_reads(a.op) && only_reads(b.op));
  }
  if (is_futex(a.op) || is_futex(b.op)) {
    if (is_futex(a.op) && is_futex(b.op)) {
      return a.address == b.address && (a.op == Op::kFutexWake || b.op == Op::kFutexWake);
    }
    // Going to sleep reads the word once more.
    const VisibleOp& sleep = is_futex(a.op) ? a : b;
    const VisibleOp& other = is_futex(a.op) ? b : a;
    return sleep.op == Op::kFutexWait && is_memory(other.op) && !only_reads(other.op) &&
           other.address <= sleep.address && sleep.address < other.address + other.size;
  }
  const std::uintptr_t lock = lock_of(a);
  if (lock != 0 && lock == lock_of(b)) {
    if (is_reader(a.op) && is_reader(b.op)) return false;
    return true;
  }
  if (conditions_meet(a, b)) return true;
  if (is_semaphore(a.op) && is_semaphore(b.op)) return semaphores_meet(a, b);
  if (a.op == Op::kOnceBegin && b.op == Op::kOnceBegin) return a.address == b.address;
  // The guard of a static local is looked at first; who gets to make the object writes it.
  if ((a.op == Op::kOnceBegin && is_memory(b.op)) || (b.op == Op::kOnceBegin && is_memory(a.op))) {
    return overlap(a, b);
  }
  if (a.op == Op::kBarrierArrive || a.op == Op::kBarrierLeave) {
    return (b.op == Op::kBarrierArrive || b.op == Op::kBarrierLeave) && a.address == b.address;
  }
  if (a.op == Op::kInterleave && b.op == Op::kInterleave) {
    return a.address != 0 && a.address == b.address;
  }
  return a.op == Op::kFence && b.op == Op::kFence;
}

bool may_be_coenabled(const VisibleOp& earlier, const VisibleOp& later) {
  const std::uintptr_t lock = lock_of(earlier);
  if (lock != 0 && lock == lock_of(later) && releases_lock(earlier.op)) {
    if (waits_for_lock(later.op)) return later.timed;
    // Only who holds a lock lets it go.
    if (releases_lock(later.op)) return is_reader(earlier.op) || is_reader(later.op);
  }
  // Who sleeps wakes by the notification, unless time may wake it too.
  if (later.op == Op::kWake && is_notify(earlier.op)) return later.timed;
  if (later.op == Op::kFutexWoken && earlier.op == Op::kFutexWake) return later.timed;
  if (later.op == Op::kBarrierLeave) return false;
  return true;
}

bool covers(const VisibleOp& earlier, const VisibleOp& later) {
  if (is_memory(earlier.op) && is_memory(later.op)) {
    return !only_reads(earlier.op) && earlier.address == later.address &&
           earlier.size == later.size;
  }
  const bool plain_lock =
      later.op == Op::kLock || later.op == Op::kTryLock || later.op == Op::kUnlock;
  return plain_lock && lock_of(earlier) == later.address && !is_reader(earlier.op);
}

}  // namespace lockstep
