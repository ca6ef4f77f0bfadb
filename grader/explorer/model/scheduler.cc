// Who goes on: the loop that every visible operation passes through.

#include <algorithm>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/model/descriptors.h"
#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/execution.h"
#include "grader/explorer/model/library_spins.h"
#include "grader/explorer/model/progress.h"
#include "grader/explorer/model/recorder.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/search/searcher.h"

namespace lockstep {

Engine g_engine;

namespace {

// A timed wait or a sleep may end early (slow-threads clock) this often in one thread of one
// execution while others could run; without a bound a polling loop would never be exhausted.
constexpr int kEarlyTimeouts = 3;

// A thread that could be interrupted is, after this many points: `while (!stop) ++n;` needs others
// to run even under a search that would let it go on for ever.
constexpr int kMaxRunLength = 1000;

constexpr int kKnownSpinTurns = 3;

// Locking, looking, unlocking, and nothing else, at one place in the program.
constexpr int kIdleSections = 32;

// Rounds in which only spinning threads ran and none of them wrote.
constexpr int kFruitlessRounds = 8;

enum class Ready { kNo, kYes, kAtDeadline };

inline bool mutex_free(const Object* lock, int thread) {
  return (lock->owner < 0 && lock->readers == 0) || (lock->recursive && lock->owner == thread);
}

// The operations that may have to wait, but for the two that most threads wait at.
bool may_block(Op op) {
  constexpr auto bit = [](Op one) { return std::uint64_t{1} << static_cast<int>(one); };
  constexpr std::uint64_t kBlocking =
      bit(Op::kReadLock) | bit(Op::kWake) | bit(Op::kFutexWoken) | bit(Op::kBarrierLeave) |
      bit(Op::kSemWait) | bit(Op::kOnceBegin) | bit(Op::kSleep) | bit(Op::kQuiesce) |
      bit(Op::kReceive) | bit(Op::kSend) | bit(Op::kAccept) | bit(Op::kConnect) | bit(Op::kPoll);
  return (kBlocking >> static_cast<int>(op) & 1) != 0;
}

bool can_proceed_rarely(const Thread& thread) {
  const Pending& p = thread.pending;
  switch (p.op) {
    case Op::kReadLock:
      return p.object->owner < 0;
    case Op::kWake:
      return thread.woken && p.mutex->owner < 0;
    case Op::kFutexWoken:
    case Op::kBarrierLeave:
      return thread.woken;
    case Op::kSemWait:
      return p.object->count > 0;
    case Op::kOnceBegin:
      return p.object->owner < 0;
    case Op::kReceive:
    case Op::kSend:
    case Op::kAccept:
    case Op::kConnect:
    case Op::kPoll:
      return descriptors::ready(p);
    case Op::kSleep:
    case Op::kQuiesce:
      return false;
    default:
      return true;
  }
}

// Whether `thread` could do its pending operation now, deadlines apart.
[[gnu::always_inline]] inline bool can_proceed(const Thread& thread) {
  const Pending& p = thread.pending;
  if (p.op == Op::kLock) return mutex_free(p.object, thread.id);
  if (p.op == Op::kJoin) return g_engine.threads[p.other]->life == Life::kDone;
  return !may_block(p.op) || can_proceed_rarely(thread);
}

[[gnu::always_inline]] inline Ready readiness(const Thread& thread) {
  if (can_proceed(thread)) return Ready::kYes;
  const Pending& p = thread.pending;
  if (!p.timed) return Ready::kNo;
  // Who was notified in time waits for the mutex alone.
  if (p.op == Op::kWake && thread.woken) return Ready::kNo;
  return p.deadline <= g_engine.now ? Ready::kYes : Ready::kAtDeadline;
}

inline bool is_ready(const Thread& thread) {
  return can_proceed(thread) || (thread.pending.timed && readiness(thread) == Ready::kYes);
}

struct Candidates {
  std::uint8_t enabled[kMaxThreads];
  int count = 0;
  int current = -1;

  void add(const Thread& thread) {
    if (&thread == g_engine.current) current = count;
    enabled[count++] = static_cast<std::uint8_t>(thread.id);
  }
};

template <class F>
[[gnu::always_inline]] inline void for_each_alive(F f) {
  for (int i = 0; i < g_engine.thread_count; ++i) {
    Thread& thread = *g_engine.threads[i];
    if (thread.life == Life::kAlive) f(thread);
  }
}

void add_ready(Candidates& candidates) {
  for_each_alive([&](Thread& thread) {
    if (thread.aside == Aside::kNo && is_ready(thread)) candidates.add(thread);
  });
}

// Under the slow-threads clock a deadline may win although others could run.
void add_early_timeouts(Candidates& candidates) {
  Candidates merged;
  int left_out = 0;
  for_each_alive([&](Thread& thread) {
    if (thread.aside != Aside::kNo) return;
    const Ready ready = readiness(thread);
    if (ready == Ready::kYes) merged.add(thread);
    if (ready != Ready::kAtDeadline) return;
    if (thread.early_timeouts < kEarlyTimeouts) {
      merged.add(thread);
    } else {
      ++left_out;
    }
  });
  // One that is all alone wakes by the clock in any case.
  if (left_out > 0 && left_out + merged.count > 1) g_engine.bound_hit = true;
  candidates = merged;
}

void add_quiescers(Candidates& candidates) {
  for_each_alive([&](Thread& thread) {
    if (thread.pending.op == Op::kQuiesce) candidates.add(thread);
  });
}

void add_aside(Candidates& candidates, Aside aside) {
  for_each_alive([&](Thread& thread) {
    if (thread.aside == aside && readiness(thread) == Ready::kYes) candidates.add(thread);
  });
}

// Nobody can run: the clock goes on to the next deadline.
void advance_clock(Candidates& candidates) {
  std::uint64_t earliest = ~std::uint64_t{0};
  for_each_alive([&](Thread& thread) {
    if (readiness(thread) == Ready::kAtDeadline) {
      earliest = std::min(earliest, thread.pending.deadline);
    }
  });
  if (earliest == ~std::uint64_t{0}) return;
  g_engine.now = earliest;
  note_clock_tick();
  add_ready(candidates);
}

bool only_library_spins(const Candidates& candidates) {
  return std::all_of(candidates.enabled, candidates.enabled + candidates.count,
                     [](int id) { return g_engine.threads[id]->spins_in_library; });
}

// Only threads that spin are left. They get their turns, one after the other, and when nothing ever
// comes of it that is a livelock.
void rotate_spinners(Candidates& candidates) {
  add_aside(candidates, Aside::kSpinning);
  if (candidates.count == 0) return;
  if (++g_engine.fruitless > kFruitlessRounds * candidates.count) {
    if (!only_library_spins(candidates)) fail_livelock();
    // Two that back off from each other may do so for ever, but only at the scheduler's will.
    g_engine.bound_hit = true;
    cut_execution();
  }
  // Fair: the one after the current thread.
  const int next = (candidates.current + 1) % candidates.count;
  candidates.enabled[0] = candidates.enabled[next];
  candidates.current = candidates.enabled[0] == g_engine.current->id ? 0 : -1;
  candidates.count = 1;
}

void apply_fairness(Candidates& candidates) {
  const int bound = g_engine.options->fairness;
  if (bound <= 0) return;
  for (int i = 0; i < candidates.count; ++i) {
    const int id = candidates.enabled[i];
    if (g_engine.threads[id]->passed_over >= bound) {
      candidates.enabled[0] = static_cast<std::uint8_t>(id);
      candidates.current = g_engine.current->id == id ? 0 : -1;
      candidates.count = 1;
      return;
    }
  }
}

void limit_run_length(Candidates& candidates) {
  Engine& e = g_engine;
  if (candidates.current < 0 || candidates.count == 1) {
    e.run_length = 0;
    return;
  }
  if (++e.run_length <= kMaxRunLength) return;
  e.bound_hit = true;
  e.run_length = 0;
  for (int i = candidates.current; i + 1 < candidates.count; ++i) {
    candidates.enabled[i] = candidates.enabled[i + 1];
  }
  --candidates.count;
  candidates.current = -1;
}

void count_passed_over(const Candidates& candidates, int chosen) {
  if (g_engine.options->fairness <= 0) return;
  for (int i = 0; i < candidates.count; ++i) {
    Thread& thread = *g_engine.threads[candidates.enabled[i]];
    thread.passed_over = thread.id == chosen ? 0 : thread.passed_over + 1;
  }
}

// Another thread takes a step: who yielded may go on after it.
void end_yields() {
  g_engine.somebody_yielded = false;
  for_each_alive([](Thread& thread) {
    if (thread.aside == Aside::kYielded) thread.aside = Aside::kNo;
  });
}

// Who goes on where no thread can simply take its next step, or where a deadline may come first.
[[gnu::noinline]] void add_others(Candidates& candidates) {
  const Engine& e = g_engine;
  if (candidates.count > 0 && e.slow_threads) add_early_timeouts(candidates);
  if (candidates.count == 0) add_aside(candidates, Aside::kYielded);
  if (candidates.count == 0) add_quiescers(candidates);
  if (candidates.count == 0 && e.slow_threads) add_early_timeouts(candidates);
  if (candidates.count == 0) advance_clock(candidates);
  if (candidates.count == 0) rotate_spinners(candidates);
  if (candidates.count == 0 && e.live_count > 0) fail_stuck();
}

// `thread`, whose deadline comes before what it waits for.
[[gnu::noinline]] void let_time_out(Thread& thread, const Candidates& candidates) {
  Engine& e = g_engine;
  thread.timed_out = true;
  if (thread.pending.deadline <= e.now) return;
  e.now = thread.pending.deadline;
  if (e.slow_threads && candidates.count > 1) ++thread.early_timeouts;
}

// An execution has become long. A test's body is small, and one that comes to the limit goes round
// for ever. A whole program may just have much to do: it is stopped there, unless it gets nowhere.
[[gnu::noinline]] void go_on_or_stop() {
  Engine& e = g_engine;
  constexpr int kBetweenLooks = 61;  // no multiple of what may well be the length of a turn
  const long limit = e.options->steps;
  if (e.steps > limit) {
    e.bound_hit = true;
    if (!e.program || progress::none()) fail_livelock();
    e.stopped = true;
    leave_execution();
  }
  if (e.program) {
    if (e.steps <= limit / 2) progress::begin();
    progress::look();
    e.look_at_step = std::min(e.steps + kBetweenLooks, limit + 1);
  }
}

// The next thread to run, or nullptr when all have ended. Does not return when none can run.
Thread* pick() {
  Engine& e = g_engine;
  if (++e.steps >= e.look_at_step) go_on_or_stop();
  Candidates candidates;
  add_ready(candidates);
  if (candidates.count == 0 || e.slow_threads) {
    add_others(candidates);
    if (candidates.count == 0) return nullptr;
  }
  apply_fairness(candidates);
  limit_run_length(candidates);

  int index = 0;
  if (candidates.count > 1 || e.strategy->every_point) {
    index = e.strategy->choose_thread({candidates.enabled, candidates.count, candidates.current});
    if (index < 0) cut_execution();
  }
  Thread* chosen = e.threads[candidates.enabled[index]];
  e.decisions.add(static_cast<Decision>(chosen->id));
  e.preempted = candidates.current >= 0 && chosen != e.current;
  if (e.preempted) ++e.preemptions;
  if (chosen != e.current) e.run_length = 0;
  e.hash = (e.hash ^ (static_cast<std::uint64_t>(chosen->id) << 8 |
                      static_cast<std::uint64_t>(chosen->pending.op))) *
               0x100000001B3u +
           chosen->pending.address;
  count_passed_over(candidates, chosen->id);

  if (chosen->pending.timed && !can_proceed(*chosen)) let_time_out(*chosen, candidates);
  chosen->begun = true;
  chosen->aside = Aside::kNo;
  if (e.somebody_yielded) end_yields();
  return chosen;
}

void run_next() {
  Thread* me = g_engine.current;
  Thread* next = pick();
  if (next == me) return;
  g_engine.current = next;
  fiber::switch_threads(me, next);
}

}  // namespace

void reach_point() {
  Thread* me = g_engine.current;
  me->timed_out = false;
  if (g_engine.recording) recorder::note_stack(me);
  g_engine.accesses = 0;
  if (me->starting) {
    // What a thread does before its first visible operation commutes with everything: it is run in
    // the step that creates the thread, so that starting is no step of its own.
    me->starting = false;
    if (g_engine.recording) recorder::note_left(*me, readiness(*me) == Ready::kYes);
    g_engine.current = me->creator;
    fiber::switch_threads(me, me->creator);
    return;
  }
  run_next();
}

void reach_point(Op op, std::uintptr_t address, Object* object, const void* pc) {
  Pending& p = g_engine.current->pending;
  p = Pending{};
  p.op = op;
  p.address = address;
  p.object = object;
  p.pc = pc;
  reach_point();
}

void yield_turn() {
  self()->aside = Aside::kYielded;
  g_engine.somebody_yielded = true;
}

namespace {

[[gnu::noinline]] void end_spins() {
  g_engine.somebody_spins = self()->aside == Aside::kSpinning;
  for_each_alive([](Thread& thread) {
    if (&thread != g_engine.current && thread.aside == Aside::kSpinning) thread.aside = Aside::kNo;
  });
}

}  // namespace

void note_write() {
  g_engine.fruitless = 0;
  if (g_engine.somebody_spins) end_spins();
  leave_spin();
}

namespace {

// The current thread did at `place` what it did there before, `turns` times now, and nothing else
// that anybody could see. Code that is known to spin is set aside at its third turn; other code
// gets the benefit of the doubt until `enough` (a short loop may well read one value several
// times), so that no interleaving of it is lost. `pc` is the code address of the operation itself,
// where it is known.
void note_turn(int turns, int enough, std::uintptr_t address, const void* place, const void* pc,
               bool is_section = false) {
  const bool known = !g_spinning_code.empty() && g_spinning_code.has(place);
  const int limit = known ? kKnownSpinTurns : enough;
  if (turns < limit) return;
  self()->aside = Aside::kSpinning;
  g_engine.somebody_spins = true;
  if (turns > limit) return;
  if (!known) g_spinning_code.learn(place);
  self()->spins_in_library = is_library_spin(*self(), pc);
  if (!self()->spins_in_library) note_busy_wait(address, is_section);
}

// Where the program is, as one code address: a lock is taken through functions of the library,
// whose own address says nothing.
const void* program_place() {
  const Thread& me = *self();
  std::uintptr_t mixed = 0;
  for (int i = me.depth - 1; i >= 0 && i >= me.depth - 4; --i) {
    if (i >= 256) continue;
    const auto at = reinterpret_cast<std::uintptr_t>(me.calls[i]) - world::g_program_base;
    mixed = mixed * 31 + (at & 0xFFFFFF);
  }
  return reinterpret_cast<const void*>(world::g_program_base + (mixed & 0xFFFFFFFF));
}

}  // namespace

void note_read_for_spin(std::uintptr_t address, std::uint64_t value, const void* pc) {
  // Libraries lie elsewhere in every process: a place in one says nothing in a schedule.
  const void* place = world::in_program(pc) ? pc : program_place();
  note_turn(self()->spin.note(address, value, place), kSpinTurns, address, place, pc);
}

void note_section(std::uintptr_t lock) {
  // Not the atomic at the same address: locking is another kind of looking.
  const void* place = program_place();
  note_turn(self()->spin.note(lock | 1, 0, place), kIdleSections, lock, place, nullptr, true);
}

int choose(int count) {
  if (count <= 1) return 0;
  const int outcome = g_engine.strategy->choose_outcome(count);
  g_engine.decisions.add(static_cast<Decision>(kOutcome | outcome));
  return outcome;
}

bool may_fail_weakly(const void* pc) {
  Engine& e = g_engine;
  if (!e.options->weak_cas_fails || e.weak_failure_count == 16) return false;
  for (int i = 0; i < e.weak_failure_count; ++i) {
    if (e.weak_failures[i] == pc) return false;
  }
  e.weak_failures[e.weak_failure_count++] = pc;
  return true;
}

bool is_asleep(const Thread& thread) {
  return thread.life == Life::kAlive && readiness(thread) != Ready::kYes;
}

int count_asleep() {
  int count = 0;
  for_each_alive([&](Thread& thread) {
    if (&thread != g_engine.current && is_asleep(thread)) ++count;
  });
  return count;
}

void finish_thread() {
  Engine& e = g_engine;
  Thread* me = e.current;
  e.active = false;
  const std::uintptr_t stack_end = fiber::stack_begin(me->id) + fiber::kStackSize;
  if (me->lowest_foreign < stack_end) shadow::stack_gone(stack_end);
  me->life = Life::kDone;
  --e.live_count;
  me->at_exit.assign(me->clock);
  me->tick();
  thread_ended(me);
  note_write();
  if (me->starting) {
    // It never had a visible operation: back to its creator, in the middle of whose step it ran.
    me->starting = false;
    e.current = me->creator;
    fiber::finish(me, me->creator);
  }
  Thread* next = pick();
  if (next == nullptr) leave_execution();
  e.current = next;
  fiber::finish(me, next);
}

}  // namespace lockstep
