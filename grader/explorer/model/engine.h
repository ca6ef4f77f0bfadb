#ifndef GRADER_EXPLORER_MODEL_ENGINE_H_
#define GRADER_EXPLORER_MODEL_ENGINE_H_

// The model of one execution: which threads there are, what each is about to do, who may go on.
//
// A hook (hooks/) that meets a visible operation fills in `pending` of the current thread and calls
// `reach_point`. That returns when the scheduler has chosen this thread, and the hook then performs
// the operation at once. Between two such points a thread runs alone.
//
// Everything here is zero-initialised: hooks run before main and before any constructor.

#include <cstdint>
#include <string>

#include "grader/explorer/explore.h"
#include "grader/explorer/model/decisions.h"
#include "grader/explorer/model/object.h"
#include "grader/explorer/model/thread.h"
#include "grader/explorer/trace/failure.h"

namespace lockstep {

class Searcher;  // search/searcher.h

struct Engine {
  // True while a thread of the body runs code of the body: hooks model what they meet. False in the
  // explorer itself, in doctest, and outside of any exploration.
  bool active;
  bool touching;           // the explorer reads memory that the program is about to touch
  bool touching_to_write;  // ... and the program is about to write it
  bool exploring;          // an execution is under way
  bool recording;          // a replay that keeps every event for the report
  bool real_threads;
  bool unlock_points;     // an unlock is a scheduling point: somebody tries locks or waits with a
                          // deadline
  bool slow_threads;      // the clock of this pass
  bool program;           // explores a whole main: other threads die with it
  bool may_outlive_main;  // ... which is then only worth a note

  Thread* current;
  Thread* threads[kMaxThreads];
  int thread_count;
  int live_count;
  std::uint32_t execution;  // number of this one, from 1; stamps the tables

  std::uint64_t now;  // virtual nanoseconds
  long steps;
  long look_at_step;       // then the execution is long (model/progress.h), or too long
  unsigned long accesses;  // plain accesses since the last point
  const Options* options;
  Searcher* strategy;
  Decisions decisions;  // of this execution
  ObjectTable objects;

  bool ended;             // the execution is over: a hard failure, or cut by the search
  bool cut;               // ... by the search, as redundant
  bool stopped;           // ... at the limit of steps, though it got on
  bool check_failed;      // a CHECK of this execution did
  bool bound_hit;         // not every choice was open: the search is not exhaustive
  bool somebody_yielded;  // some thread is set aside until another takes a step
  bool somebody_spins;    // some thread is set aside until another writes
  bool saw_deadline;      // a sleep or a timed wait took place
  bool saw_spurious;      // a wait took place that may end for no reason
  bool saw_short;         // a read or write took place that may do less than it could
  bool saw_try;           // a try_lock or a timed lock took place
  int run_length;         // points in a row at which one thread went on although others could
  int slots;              // threads that have a stack and a control block
  int wanted_slots;
  std::uint64_t hash;  // of the steps so far
  int fruitless;       // turns of spinning threads since the last write
  int preemptions;
  bool preempted;  // the step being performed came by a preemption
  VectorClock seq_cst_fences;
  bool library_released;          // the next one is in use
  VectorClock library_releases;   // of the C++ library's own code at the ends of threads
  const void* weak_failures[16];  // places whose compare_exchange_weak has failed
  int weak_failure_count;
  unsigned prints;  // in this execution
  int exit_status;
  bool exiting;               // the program's end: its globals are being destroyed
  bool ignores_broken_pipes;  // SIGPIPE, in this execution
};
extern Engine g_engine;

// Where the virtual clocks stand when an execution begins.
inline constexpr std::uint64_t kFirstInstant = 1'000'000'000'000;

inline Thread* self() { return g_engine.current; }

// --- Points ---------------------------------------------------------------------------------

// The current thread has filled in `pending`; returns when it was chosen.
void reach_point();
void reach_point(Op op, std::uintptr_t address, Object* object, const void* pc);

// The current thread, at its next point, lets every other one go first.
void yield_turn();

// Somebody wrote, unlocked, notified: spinning threads may look again.
void note_write();

// The current thread has read `value`. The same read again and again, with nothing done in between,
// is a spin: the thread is set aside until another one writes.
void note_read_for_spin(std::uintptr_t address, std::uint64_t value, const void* pc);
// It takes `lock`, and may be about to look at something again.
void note_section(std::uintptr_t lock);
// It did something that others can see.
inline void leave_spin() { self()->spin.clear(); }

// One of `count` outcomes of the operation under way; 0 when there is no choice.
int choose(int count);

// Whether the compare_exchange_weak at `pc`, which would succeed, may fail for no reason: once for
// each place and execution.
bool may_fail_weakly(const void* pc);

// Whether `thread` has not ended and cannot run now, deadlines apart.
bool is_asleep(const Thread& thread);
// How many other threads are.
int count_asleep();

// Ends the current thread: called on its stack, never returns.
[[noreturn]] void finish_thread();

// --- Failures -------------------------------------------------------------------------------

// Records the failure (the first hard one counts) and leaves the execution.
[[noreturn]] void fail_now(trace::Failure failure);
// Records it and goes on: the execution may show something worse.
void fail_later(trace::Failure failure);
// A note (or a finding, by the options) that does not stop the execution.
bool ignored(Rule rule);
// The body does something that cannot be explored; `what` is a whole sentence, to which the place
// in the program is added.
[[noreturn]] void refuse(std::string what);

// --- For the search's dependence relation -------------------------------------------------------

// The unlock that the current thread has just done without a point of its own.
void note_silent_release(Object* object);

// Leaves the explored body for the explorer's own code, and comes back.
class Inside {
 public:
  Inside() : was_(g_engine.active) { g_engine.active = false; }
  ~Inside() { g_engine.active = was_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  const bool was_;
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_ENGINE_H_
