#ifndef GRADER_EXPLORER_TRACE_FAILURE_H_
#define GRADER_EXPLORER_TRACE_FAILURE_H_

// What broke a rule, as the engine saw it in the replay of the witness: threads, stacks, objects.
// findings.h makes the report of it. Every Target is filled by Symbols::target while the stacks
// were alive. A thread is its index in Recording::threads (0 is main), -1 unknown; an event is an
// index in Recording::events, -1 unknown.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "grader/explorer/model/operation.h"
#include "grader/explorer/rules.h"
#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// A lock somebody holds, and where it was taken.
struct HeldLock {
  Target lock;
  std::vector<Frame> taken;
  bool for_reading = false;  // the shared side
};

// One access to memory.
struct Access {
  int thread = -1;
  Op op = Op::kRead;  // kRead, kWrite, kAtomicLoad, kAtomicStore, kAtomicRmw, kAtomicCas, kFree
  Target target;
  std::vector<Frame> stack;
  std::vector<HeldLock> held;
  int event = -1;
};

// data-race. `first` came first in the witness.
struct DataRace {
  Access first;
  Access second;
};

// A thread that cannot go on.
struct Blocked {
  int thread = -1;
  Op op = Op::kLock;  // kLock, kReadLock, kWait, kFutexWait, kSemWait, kBarrierArrive, kJoin,
                      // kOnceBegin, kQuiesce, kReceive, kSend, kAccept, kConnect, kPoll
  Target object;      // unused for kJoin
  int owner = -1;     // who holds the lock (or runs the once); the target of a join
  bool owner_ended = false;  // ... and has ended without letting go
  std::vector<Frame> stack;  // where it waits
  std::vector<Frame> taken;  // where the owner took the lock; empty for a join
  int event = -1;            // the step with which it went to sleep (kWait, kFutexWait)
};

// deadlock and lost-wakeup: every thread that has not ended, and the reason. Whoever notified is
// found in the recording.
struct Stuck {
  std::vector<Blocked> threads;
};

// check-failed (doctest, fail(), assert as `expression`), not-inside-lock, starvation by fail().
struct CheckFailed {
  std::string message;     // of fail(); empty for a CHECK
  std::string expression;  // of a CHECK: "value() == 2"
  std::string expanded;    // of a CHECK: "1 == 2"
  std::string expected;    // of fail()
  std::string seen;        // of fail()
  std::string file;        // of a CHECK; else Failure::stack says where
  int line = 0;
};

// crash.
struct Crash {
  enum class Kind {
    kNull,
    kStackOverflow,
    kWild,
    kDivision,
    kAbort,
    kAssert,
    kTerminate,
    kBrokenPipe,
    kOther
  };
  Kind kind = Kind::kOther;
  int signal = 0;
  std::uintptr_t address = 0;  // of kWild: what was touched; never printed
  bool writes = false;         // the faulting access was a write, where known
  std::string text;            // of kAssert: the expression; else what is known beside the kind
};

// use-after-free and double-free. Memory of a stack that is gone has no `allocated`.
struct FreedMemory {
  Access access;  // op kFree: the second free
  std::size_t size = 0;
  int allocated_by = -1;
  std::vector<Frame> allocated;
  int freed_by = -1;
  int freed_event = -1;      // the last event before it was freed
  std::vector<Frame> freed;  // empty for a stack: the thread `freed_by` left the scope or ended
  bool stack_memory = false;
};

// leak.
struct Leak {
  struct Block {
    std::size_t size = 0;
    int thread = -1;
    std::vector<Frame> allocated;
  };
  std::vector<Block> blocks;
};

// leak, of descriptors.
struct OpenDescriptors {
  struct One {
    int number = 0;
    int thread = -1;
    std::vector<Frame> opened;
  };
  std::vector<One> all;
};

// unlock-not-owner, relock, destroyed-in-use; double-free of a descriptor, of which `owner` and
// `taken` are who closed it first, and where.
struct Misuse {
  Target object;
  Op op = Op::kUnlock;       // what was done: kUnlock, kLock, kDestroy, kFree, kWait, ...
  int owner = -1;            // who holds it; -1: nobody
  std::vector<Frame> taken;  // where the owner took it
  std::vector<int> waiters;  // of destroyed-in-use: who sleeps in it
  int number = -1;           // of a descriptor
};

// thread-not-joined: the thread whose std::thread was destroyed or assigned to.
// With `program`, it runs on when main returns.
struct NotJoined {
  int thread = -1;
  bool program = false;
};

// busy-wait, livelock, endless-loop: threads that run and get nowhere.
struct Spinning {
  struct Thread {
    int thread = -1;
    std::vector<Frame> stack;
    std::vector<Target> reads;  // what its loop reads again and again
    Target lock;                // that it takes for each look; address 0: none
    std::vector<HeldLock> held;
  };
  std::vector<Thread> threads;
  long steps = 0;  // of livelock: the bound that was passed; of busy-wait: turns of the loop
  double cpu_seconds = 0;  // of endless-loop
};

// starvation: Failure::thread waits and others pass.
struct Starved {
  Target object;
  int overtaken = 0;
  int bound = 0;
};

// exception: it left a thread (or the body).
struct Escaped {
  std::string type;  // mangled, as type_info::name gives it
  std::string what;  // empty when it is no std::exception
};

// early-exit.
struct Exited {
  int status = 0;
  std::string call;  // "exit", "_exit", "quick_exit", "pthread_exit in main"
};

// memory-limit: what was asked for, and what the thread's program had already.
struct OutOfMemory {
  std::size_t asked = 0;  // bytes
  std::size_t held = 0;   // by blocks that were not freed
  std::size_t limit = 0;  // of all that one execution asks for
};

// output-limit.
struct TooMuchOutput {
  std::size_t limit = 0;  // bytes
};

struct Failure {
  Rule rule{};
  int thread = -1;           // who did it
  int event = -1;            // the last event before it; -1: the last of the recording
  std::vector<Frame> stack;  // of `thread`, when it did
  std::variant<std::monostate, DataRace, Stuck, CheckFailed, Crash, FreedMemory, Leak,
               OpenDescriptors, Misuse, NotJoined, Spinning, Starved, Escaped, Exited, OutOfMemory,
               TooMuchOutput>
      what;
  // A data race on the memory of a CriticalSection: where two are seen inside at once, that says
  // all.
  bool of_section = false;
  // What a data race led to: a failed check, a crash, ... The report's `expected` and `seen` are
  // its.
  std::shared_ptr<const Failure> consequence;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_FAILURE_H_
