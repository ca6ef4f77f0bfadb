#ifndef GRADER_EXPLORER_MODEL_OPERATION_H_
#define GRADER_EXPLORER_MODEL_OPERATION_H_

#include <cstdint>

namespace lockstep {

// What a thread is about to do, or did: the visible operations of the model.
enum class Op : std::uint8_t {
  kStart,  // the first step of a thread
  kAtomicLoad,
  kAtomicStore,
  kAtomicRmw,  // exchange, fetch_*, a compare_exchange that succeeded
  kAtomicCas,  // compare_exchange while pending; a failed one when done
  kFence,
  kRead,  // plain memory
  kWrite,
  kLock,  // any mutex, and a writer of a rwlock
  kTryLock,
  kUnlock,
  kReadLock,  // shared side of a rwlock
  kTryReadLock,
  kReadUnlock,
  kWait,  // condition variable: releases the mutex and goes to sleep
  kWake,  // comes back from a wait, mutex taken again
  kNotifyOne,
  kNotifyAll,
  kFutexWait,  // atomic::wait went to sleep
  kFutexWoken,
  kFutexWake,  // atomic::notify_one, notify_all
  kSemWait,
  kSemTryWait,
  kSemPost,
  kBarrierArrive,
  kBarrierLeave,
  kOnceBegin,  // call_once, a static local's guard
  kOnceEnd,
  kCreate,
  kJoin,
  kDetach,
  kExit,
  kYield,
  kSleep,
  kQuiesce,
  kInterleave,  // lockstep::interleave, CriticalSection
  kReceive,     // read, recv: takes bytes from a pipe or connection
  kSend,        // write, send
  kAccept,
  kConnect,
  kListen,  // bind, listen
  kPoll,    // poll, select: looks at descriptors
  kShutdown,
  kClose,     // of a descriptor
  kAllocate,  // recorded only, never a scheduling point
  kFree,
  kDestroy,      // a lock, condition, semaphore, ... ceases to exist
  kOutput,       // std::cout and friends: recorded only
  kCheckFailed,  // recorded only
};

// Plain or atomic memory.
inline bool is_memory(Op op) {
  switch (op) {
    case Op::kAtomicLoad:
    case Op::kAtomicStore:
    case Op::kAtomicRmw:
    case Op::kAtomicCas:
    case Op::kRead:
    case Op::kWrite:
      return true;
    default:
      return false;
  }
}

// Takes or gives back a mutex or a read-write lock.
inline bool is_lock(Op op) {
  switch (op) {
    case Op::kLock:
    case Op::kTryLock:
    case Op::kUnlock:
    case Op::kReadLock:
    case Op::kTryReadLock:
    case Op::kReadUnlock:
      return true;
    default:
      return false;
  }
}

// Done on a descriptor: a pipe, a connection, a place to connect to.
inline bool is_descriptor(Op op) { return Op::kReceive <= op && op <= Op::kClose; }

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_OPERATION_H_
