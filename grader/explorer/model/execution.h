#ifndef GRADER_EXPLORER_MODEL_EXECUTION_H_
#define GRADER_EXPLORER_MODEL_EXECUTION_H_

// One execution from its first step to its last, and the ways it can end.

#include <functional>
#include <optional>

#include "grader/explorer/model/engine.h"
#include "grader/explorer/trace/failure.h"

namespace lockstep {

// What one execution came to.
struct Outcome {
  std::optional<trace::Failure> failure;  // the worst
  bool race = false;                      // a data race took place
  bool cut = false;                       // the search cut it as redundant
  std::vector<trace::Failure> notes;
  std::string refused;     // why it cannot be explored
  std::uint64_t hash = 0;  // of every visible step: equal for equal executions
};

// Runs `body` once, from the state that `world::freeze` saw, under g_engine.strategy. The outcome
// is the caller's to take apart until the next execution.
Outcome& run_execution(const std::function<void()>& body);

[[noreturn]] void leave_execution();
[[noreturn]] void cut_execution();
[[noreturn]] void fail_stuck();
[[noreturn]] void fail_livelock();
// The current thread has read the same kSpinTurns times.
inline constexpr int kSpinTurns = 16;
// ... or, with `is_section`, has taken the lock at `address` to look at something again.
void note_busy_wait(std::uintptr_t address, bool is_section);
void note_clock_tick();
void thread_ended(Thread* thread);

// A new modelled thread, alive and about to run `entry(argument)`; nullptr when there are too many.
Thread* new_thread(void* (*entry)(void*), void* argument, const void* pc);
// Runs it up to its first visible operation.
void run_to_first_point(Thread* thread);
// Runs the destructors of thread_locals and keys of the current thread, on its stack.
void run_thread_exits();
void run_key_destructors();  // hooks/keys.cc

// A Failure of the current thread, with its stack when recording.
trace::Failure failure_of(Rule rule);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_EXECUTION_H_
