#ifndef GRADER_EXPLORER_MODEL_THREAD_H_
#define GRADER_EXPLORER_MODEL_THREAD_H_

#include <poll.h>

#include <cstddef>
#include <cstdint>

#include "grader/explorer/detect/vector_clock.h"
#include "grader/explorer/model/object.h"
#include "grader/explorer/model/operation.h"

namespace lockstep {

// The visible operation a thread will do when the scheduler next lets it run.
struct Pending {
  Op op = Op::kStart;
  bool timed = false;       // may also end because `deadline` came
  bool weak = false;        // compare_exchange_weak: may fail for no reason
  bool blocks = false;      // of an operation on descriptors: waits until it can be done
  std::uint32_t size = 0;   // bytes, of a memory operation
  std::int16_t other = -1;  // the thread to be joined
  std::uintptr_t address = 0;
  Object* object = nullptr;    // what it is done on; of kWake the condition
  Object* mutex = nullptr;     // of kWait and kWake
  std::uint64_t deadline = 0;  // virtual nanoseconds
  const void* pc = nullptr;
  const pollfd* wish = nullptr;  // what an operation on descriptors waits for
  std::size_t wish_count = 0;
};

enum class Life : std::uint8_t { kAlive, kDone };

// Why the scheduler passes over a thread that could run.
enum class Aside : std::uint8_t {
  kNo,
  kYielded,   // until another thread has taken a step
  kSpinning,  // until another thread writes
};

// The reads a thread repeats without doing anything else: a loop that waits by looking. Values that
// change, and any step of the thread's own that changes something, empty it.
struct SpinSet {
  static constexpr int kReads = 6;
  struct Read {
    std::uintptr_t address;
    std::uint64_t value;
    const void* pc;
    int count;
  };
  Read reads[kReads];
  int used;
  int oldest;
  int most;  // the highest count among them

  void clear() { used = oldest = most = 0; }
  // The read happens (again); returns how often it did in a row.
  int note(std::uintptr_t address, std::uint64_t value, const void* pc) {
    for (int i = 0; i < used; ++i) {
      Read& read = reads[i];
      if (read.address != address || read.pc != pc) continue;
      if (read.value == value) {
        if (++read.count > most) most = read.count;
        return read.count;
      }
      clear();
      break;
    }
    int at = used;
    if (used < kReads) {
      ++used;
    } else {
      at = oldest;
      oldest = (oldest + 1) % kReads;
    }
    reads[at] = Read{address, value, pc, 1};
    return 1;
  }
};

struct ThreadExit {  // a destructor of a thread_local
  void (*call)(void*);
  void* object;
};

inline constexpr int kMaxKeys = 64;

inline constexpr std::uintptr_t kNothingForeign = ~std::uintptr_t{0};

struct Thread {
  // What every step touches.
  int id;
  Life life;
  Aside aside;
  bool woken;      // taken out of a wait by a notify, a post, the last of a barrier
  bool timed_out;  // the scheduler let the deadline win
  bool begun;      // the scheduler has chosen it before
  bool starting;   // runs up to its first visible operation inside its creator's step
  bool detached;
  bool joined;
  bool has_release_fence;
  bool spins_in_library;  // the loop it was last set aside for is libstdc++'s own
  int outside;            // depth of calls into code that is not modelled (doctest)
  int passed_over;        // steps in a row at which it could have run and did not
  bool woke_spuriously;   // woken once by a condition variable for no reason
  int short_transfers;    // reads and writes that did less than they could
  int early_timeouts;     // deadlines that won although others could run
  Pending pending;
  void* stack_pointer;
  std::uintptr_t fs_base;
  std::uintptr_t stack_begin;
  struct ExceptionGlobals {  // as the C++ ABI lays them out
    void* caught;
    unsigned int uncaught;
  };
  ExceptionGlobals* exception_globals;  // of its control block
  int* error_number;                    // likewise: errno
  std::uintptr_t lowest_foreign;        // what others have touched of its stack, or kNothingForeign
  std::uintptr_t foreign_end;

  SpinSet spin;
  int clock_reads;  // since its last other visible operation

  Thread* creator;
  void* (*entry)(void*);
  void* argument;
  void* result;
  const void* created_at;

  // Shadow call stack, from __tsan_func_entry: the caller of each live function.
  int depth;
  const void* calls[256];

  ThreadExit* exits;
  int exit_count;
  int exit_capacity;
  void* keys[kMaxKeys];
  bool uses_keys;

  // Its own clock in the low half, its id above: who did something when, as one number.
  std::uint64_t stamp;
  VectorClock clock;          // happens-before
  VectorClock acquired;       // what relaxed loads have seen, for an acquire fence
  VectorClock release_fence;  // what relaxed stores after the fence publish
  VectorClock at_exit;

  void begin_clock() {
    clock.at[id] = 1;
    stamp = static_cast<std::uint64_t>(id) << 32 | 1;
  }
  // What it did so far is released to others; what it does next is not.
  void tick() {
    ++clock.at[id];
    ++stamp;
  }
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_THREAD_H_
