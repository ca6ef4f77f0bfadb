#include "grader/explorer/trace/operations.h"

namespace lockstep::trace {

std::string_view verb(Op op) {
  switch (op) {
    case Op::kStart:
      return "starts";
    case Op::kAtomicLoad:
      return "loads";
    case Op::kAtomicStore:
      return "stores";
    case Op::kAtomicRmw:
      return "updates";
    case Op::kAtomicCas:
      return "compares";
    case Op::kFence:
      return "fence";
    case Op::kRead:
      return "reads";
    case Op::kWrite:
      return "writes";
    case Op::kLock:
      return "locks";
    case Op::kTryLock:
      return "tries to lock";
    case Op::kUnlock:
      return "unlocks";
    case Op::kReadLock:
      return "locks for reading";
    case Op::kTryReadLock:
      return "tries to lock for reading";
    case Op::kReadUnlock:
      return "unlocks for reading";
    case Op::kWait:
    case Op::kFutexWait:
      return "waits for";
    case Op::kWake:
    case Op::kFutexWoken:
      return "wakes from";
    case Op::kNotifyOne:
      return "notifies one";
    case Op::kNotifyAll:
      return "notifies all";
    case Op::kFutexWake:
      return "notifies";
    case Op::kSemWait:
      return "acquires";
    case Op::kSemTryWait:
      return "tries to acquire";
    case Op::kSemPost:
      return "releases";
    case Op::kBarrierArrive:
      return "arrives at";
    case Op::kBarrierLeave:
      return "leaves";
    case Op::kOnceBegin:
      return "begins the once-only part of";
    case Op::kOnceEnd:
      return "ends the once-only part of";
    case Op::kCreate:
      return "creates";
    case Op::kJoin:
      return "joins";
    case Op::kDetach:
      return "detaches";
    case Op::kExit:
      return "ends";
    case Op::kYield:
      return "yields";
    case Op::kSleep:
      return "sleeps";
    case Op::kQuiesce:
      return "waits for quiescence";
    case Op::kInterleave:
      return "passes";
    case Op::kReceive:
      return "reads from";
    case Op::kSend:
      return "writes to";
    case Op::kAccept:
      return "accepts at";
    case Op::kConnect:
      return "connects to";
    case Op::kListen:
      return "opens";
    case Op::kPoll:
      return "polls";
    case Op::kShutdown:
      return "shuts down";
    case Op::kClose:
      return "closes";
    case Op::kAllocate:
      return "allocates";
    case Op::kFree:
      return "frees";
    case Op::kDestroy:
      return "destroys";
    case Op::kOutput:
      return "prints";
    case Op::kCheckFailed:
      return "check fails";
  }
  return "does";
}

std::string_view verb(const Event& event) {
  switch (event.op) {
    case Op::kTryLock:
      return event.failed ? "tries to lock" : "locks";
    case Op::kTryReadLock:
      return event.failed ? "tries to lock for reading" : "locks for reading";
    case Op::kSemTryWait:
      return event.failed ? "tries to acquire" : "acquires";
    case Op::kWake:
    case Op::kFutexWoken:
      return event.failed ? "times out in" : "wakes from";
    default:
      return verb(event.op);
  }
}

bool writes(const Event& event) {
  return event.op == Op::kWrite || event.op == Op::kAtomicStore || event.op == Op::kAtomicRmw;
}

bool is_signal(Op op) {
  if (is_descriptor(op)) return true;
  switch (op) {
    case Op::kWait:
    case Op::kWake:
    case Op::kNotifyOne:
    case Op::kNotifyAll:
    case Op::kFutexWait:
    case Op::kFutexWoken:
    case Op::kFutexWake:
    case Op::kSemWait:
    case Op::kSemTryWait:
    case Op::kSemPost:
    case Op::kBarrierArrive:
    case Op::kBarrierLeave:
      return true;
    default:
      return false;
  }
}

bool is_lifetime(Op op) {
  switch (op) {
    case Op::kCreate:
    case Op::kJoin:
    case Op::kDetach:
    case Op::kExit:
    case Op::kAllocate:
    case Op::kFree:
    case Op::kDestroy:
      return true;
    default:
      return false;
  }
}

}  // namespace lockstep::trace
