#ifndef GRADER_EXPLORER_TRACE_RECORDING_H_
#define GRADER_EXPLORER_TRACE_RECORDING_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "grader/explorer/model/operation.h"
#include "grader/explorer/rules.h"

namespace lockstep::trace {

// One frame of a call stack, as the unwinder saw it while the stack was alive. `registers` are in
// DWARF order (0 rax, 1 rdx, 2 rcx, 3 rbx, 4 rsi, 5 rdi, 6 rbp, 7 rsp, 8..15 r8..r15); only those
// in `known` (a bit each) hold the frame's own value.
struct Frame {
  std::uintptr_t pc = 0;  // return address: look up pc - 1
  std::uintptr_t cfa = 0;
  std::array<std::uintptr_t, 16> registers{};
  std::uint32_t known = 0;
  bool exact = false;  // pc is the instruction itself: the innermost frame of a signal
};

// Values of Target::type that are no type of the program: what has a name but no value to show (a
// mutex, the inside of a std::vector), and the memory of a reference itself (of a lambda's
// capture).
inline constexpr std::uint64_t kNoValue = ~std::uint64_t{0};
inline constexpr std::uint64_t kReferenceItself = kNoValue - 1;

// What an address is called, found while the stacks that hold it were alive.
struct Target {
  std::uintptr_t address = 0;
  std::uint32_t size = 0;
  std::string name;         // as the accessing code calls it: "Counter::value_", "lock"
  std::string path;         // from a variable of some thread: "counter.value_"; may be empty
  std::uint64_t type = 0;   // for Symbols::value; 0 unknown
  std::uintptr_t base = 0;  // where the named object begins: two objects may share a name
};

// A visible step as the model did it during the replay of the witness.
struct Event {
  int thread = 0;  // 0 is main
  Op op = Op::kStart;
  std::uintptr_t address = 0;  // of the object or the memory
  std::uint32_t size = 0;
  std::uint64_t before =
      0;  // bits of the value read or overwritten (memory operations up to 8 bytes)
  std::uint64_t after = 0;   // bits of the value written
  std::uintptr_t mutex = 0;  // of a condition wait
  int other = -1;            // the thread created, joined, woken or detached
  int count = 0;             // of a notify: how many it woke; of a semaphore: its value after
  bool failed = false;       // try_lock refused, a timed wait timed out
  bool spurious = false;     // a wait that nobody ended; a compare-exchange failed for no reason
  bool preempts = false;     // the switch to this step left a thread that could have gone on
  bool racy = false;         // takes part in a data race of this execution
  bool gone = false;         // memory of a stack that was left: `before` is what came since
  // The last one in the step of its creator, after which the thread could have gone on: to a reader
  // it is left in the middle there.
  bool left = false;
  bool racing_code = false;  // its code took part in one, of this execution or of another
  std::vector<Frame> stack;  // innermost first
  Target target;             // of `address`; see Symbols::annotate
  // Of kOutput: what was printed; of kCheckFailed: the expression; of kInterleave: what a critical
  // section saw ("enters", "leaves"); of an operation on a descriptor: what came of it.
  std::string text;
};

struct ThreadRecord {
  std::vector<Frame> created;         // where pthread_create was called
  std::vector<std::uintptr_t> locks;  // held at the end, in order of locking
  std::uintptr_t handle = 0;          // pthread_self: values that are thread ids get the label
};

// Everything a replay saw, for the report.
struct Recording {
  std::vector<Event> events;
  std::vector<ThreadRecord> threads;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_RECORDING_H_
