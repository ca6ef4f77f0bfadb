#include "grader/explorer/model/execution.h"

#include <cxxabi.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/signals.h"
#include "grader/explorer/model/descriptors.h"
#include "grader/explorer/model/leaks.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/recorder.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/search/searcher.h"
#include "grader/explorer/trace/capture.h"
#include "grader/explorer/trace/process_symbols.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep {

namespace {

Outcome g_outcome;
bool g_outcome_used;  // anything in g_outcome but its initial state
const std::function<void()>* g_body;

// The worse of two failures is reported: what ends an execution before what it survives, and a
// consequence before its cause.
int weight(Rule rule) {
  switch (rule) {
    case Rule::kLeak:
    case Rule::kStarvation:
      return 0;
    case Rule::kThreadNotJoined:
      return 1;
    case Rule::kDataRace:
      return 2;
    case Rule::kCheckFailed:
      return 3;
    case Rule::kBusyWait:
      return 4;
    default:
      return 5;
  }
}

bool listed(const std::vector<Rule>& rules, Rule rule) {
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

void keep(trace::Failure failure) {
  g_outcome_used = true;
  if (listed(g_engine.options->only_note, failure.rule)) {
    for (const trace::Failure& note : g_outcome.notes) {
      if (note.rule == failure.rule) return;
    }
    g_outcome.notes.push_back(std::move(failure));
    return;
  }
  if (failure.rule == Rule::kDataRace) g_outcome.race = true;
  std::optional<trace::Failure>& kept = g_outcome.failure;
  if (!kept) {
    kept = std::move(failure);
    return;
  }
  if (kept->of_section && failure.rule == Rule::kNotInsideLock) {
    kept = std::move(failure);
    return;
  }
  if (kept->of_section && failure.rule == Rule::kDataRace && !failure.of_section) {
    // The cause of the overlap.
    failure.consequence = std::move(kept->consequence);
    kept = std::move(failure);
    return;
  }
  // A race and what it led to belong together.
  if (weight(failure.rule) > weight(kept->rule)) {
    const bool race_first = kept->rule == Rule::kDataRace;
    std::swap(*kept, failure);
    if (race_first) {
      auto consequence = std::make_shared<trace::Failure>(std::move(*kept));
      *kept = std::move(failure);
      kept->consequence = std::move(consequence);
    }
  } else if (kept->rule == Rule::kDataRace && !kept->consequence && weight(failure.rule) > 2) {
    kept->consequence = std::make_shared<trace::Failure>(std::move(failure));
  }
}

void* body_entry(void*) {
  (*g_body)();
  return nullptr;
}

// Where every modelled thread begins.
void thread_main() {
  Thread* me = g_engine.current;
  world::reset_thread_locals(me->fs_base);
  // The same for every thread that borrows this control block.
  if (me->exception_globals == nullptr) {
    me->exception_globals = reinterpret_cast<Thread::ExceptionGlobals*>(abi::__cxa_get_globals());
  }
  *me->exception_globals = {};
  if (me->error_number == nullptr) me->error_number = &errno;
  *me->error_number = 0;
  g_engine.active = true;
  me->result = me->entry(me->argument);
  g_engine.active = false;
  run_thread_exits();
  if (me->id == 0 && g_engine.live_count > 1 && !g_engine.program) {
    // The body's end is a step of its own: what the others do may come before it or after.
    reach_point(Op::kExit, 0, nullptr, nullptr);
  }
  finish_thread();
}

void check_the_end() {
  Engine& e = g_engine;
  if (e.cut || e.stopped || g_outcome.failure || !g_outcome.refused.empty()) return;
  for (int i = 1; i < e.thread_count; ++i) {
    const Thread& thread = *e.threads[i];
    const bool left = e.program ? thread.life == Life::kAlive : !thread.joined && !thread.detached;
    if (!left || ignored(Rule::kThreadNotJoined)) continue;
    trace::Failure failure;
    failure.rule = Rule::kThreadNotJoined;
    failure.thread = i;
    failure.what = trace::NotJoined{i, e.program};
    if (e.program && e.may_outlive_main) {
      g_outcome_used = true;
      g_outcome.notes.push_back(std::move(failure));
    } else {
      keep(std::move(failure));
    }
    break;
  }
  if (!ignored(Rule::kLeak)) {
    if (auto leak = leaks::find()) {
      trace::Failure failure;
      failure.rule = Rule::kLeak;
      failure.what = std::move(*leak);
      keep(std::move(failure));
    }
    // Those of a program go with it.
    auto open = e.program ? std::nullopt : descriptors::left_open();
    if (open) {
      trace::Failure failure;
      failure.rule = Rule::kLeak;
      failure.what = std::move(*open);
      keep(std::move(failure));
    }
  }
}

}  // namespace

trace::Failure failure_of(Rule rule) {
  trace::Failure failure;
  failure.rule = rule;
  failure.thread = g_engine.current->id;
  if (g_engine.recording) {
    failure.stack = recorder::stack();
    failure.event = recorder::last_event();
  }
  return failure;
}

bool ignored(Rule rule) {
  return !g_engine.options->ignore.empty() && listed(g_engine.options->ignore, rule);
}

void fail_later(trace::Failure failure) {
  const Inside inside;
  if (!ignored(failure.rule)) keep(std::move(failure));
}

void fail_now(trace::Failure failure) {
  g_engine.active = false;
  if (!ignored(failure.rule)) keep(std::move(failure));
  leave_execution();
}

void refuse(std::string what) {
  g_engine.active = false;
  g_outcome_used = true;
  if (g_outcome.refused.empty()) {
    const Place at = trace::process_symbols().best_place(trace::capture_stack(0));
    if (at.line != 0) what += " (at " + trace::short_place(at.file, at.line) + ")";
    g_outcome.refused = std::move(what);
  }
  leave_execution();
}

void leave_execution() {
  g_engine.ended = true;
  fiber::leave(g_engine.current);
}

void cut_execution() {
  g_engine.cut = true;
  leave_execution();
}

void fail_stuck() {
  Engine& e = g_engine;
  trace::Stuck stuck;
  bool lost = false;
  for (int i = 0; i < e.thread_count; ++i) {
    const Thread& thread = *e.threads[i];
    if (thread.life != Life::kAlive) continue;
    const Pending& p = thread.pending;
    trace::Blocked blocked;
    blocked.thread = i;
    blocked.op = p.op;
    std::uintptr_t address = p.address;
    switch (p.op) {
      case Op::kWake:
        blocked.op = thread.woken ? Op::kLock : Op::kWait;
        if (thread.woken) address = p.mutex->address;
        lost = lost || !thread.woken;
        break;
      case Op::kFutexWoken:
        blocked.op = Op::kFutexWait;
        lost = true;
        break;
      case Op::kBarrierLeave:
        blocked.op = Op::kBarrierArrive;
        break;
      case Op::kJoin:
        blocked.owner = p.other;
        break;
      default:
        break;
    }
    const Object* held = blocked.op == Op::kLock && p.mutex != nullptr ? p.mutex : p.object;
    if (held != nullptr && p.op != Op::kJoin) blocked.owner = held->owner;
    if (blocked.owner >= 0) {
      blocked.owner_ended = e.threads[blocked.owner]->life == Life::kDone;
    }
    if (e.recording) {
      blocked.stack = recorder::stack_of(i);
      if (address != 0) {
        blocked.object = recorder::target_seen_by(i, address, 1);
        blocked.taken = recorder::taken_at(address);
      }
      blocked.event = recorder::last_event_of(i);
    }
    stuck.threads.push_back(std::move(blocked));
  }
  trace::Failure failure = failure_of(lost ? Rule::kLostWakeup : Rule::kDeadlock);
  failure.what = std::move(stuck);
  fail_now(std::move(failure));
}

void fail_livelock() {
  Engine& e = g_engine;
  trace::Spinning spinning;
  spinning.steps = e.steps;
  for (int i = 0; i < e.thread_count; ++i) {
    const Thread& thread = *e.threads[i];
    if (thread.life != Life::kAlive || is_asleep(thread)) continue;
    trace::Spinning::Thread one;
    one.thread = i;
    if (e.recording) {
      one.stack = recorder::stack_of(i);
      for (int k = 0; k < thread.spin.used; ++k) {
        one.reads.push_back(recorder::target_seen_by(i, thread.spin.reads[k].address, 1));
      }
      one.held = recorder::held_by(i);
    }
    spinning.threads.push_back(std::move(one));
  }
  trace::Failure failure = failure_of(Rule::kLivelock);
  failure.what = std::move(spinning);
  fail_now(std::move(failure));
}

void note_busy_wait(std::uintptr_t address, bool is_section) {
  if (ignored(Rule::kBusyWait)) return;
  trace::Failure failure = failure_of(Rule::kBusyWait);
  trace::Spinning spinning;
  trace::Spinning::Thread one;
  one.thread = g_engine.current->id;
  spinning.steps = kSpinTurns;
  if (g_engine.recording) {
    one.stack = failure.stack;
    if (is_section) {
      one.reads = recorder::reads_of_section();
      one.lock = recorder::target(address, 1);
    } else if (address != 0) {
      one.reads.push_back(recorder::target(address, 1));
    }
    one.held = recorder::held_by(one.thread);
  }
  spinning.threads.push_back(std::move(one));
  failure.what = std::move(spinning);
  fail_later(std::move(failure));
}

void note_clock_tick() {
  if (g_engine.strategy->every_point) g_engine.strategy->clock_tick();
}
void thread_ended(Thread* thread) {
  if (g_engine.strategy->every_point) g_engine.strategy->thread_ended(thread->id);
}
void note_silent_release(Object* object) {
  if (g_engine.strategy->every_point) g_engine.strategy->silent_release(object);
}

Thread* new_thread(void* (*entry)(void*), void* argument, const void* pc) {
  Engine& e = g_engine;
  const int id = e.thread_count;
  if (id == kMaxThreads) return nullptr;
  if (e.threads[id] == nullptr || e.threads[id]->fs_base == 0) {
    // A real pthread has to be made for the new slot. That changes libc's own lists, which are put
    // back with the rest: so it is done between executions, and this one is run again.
    e.wanted_slots = std::max(e.wanted_slots, std::min(kMaxThreads, (id + 1) * 2));
    cut_execution();
  }
  Thread* thread = e.threads[id];
  widen_clocks(id + 1);
  ++e.thread_count;
  ++e.live_count;
  thread->life = Life::kAlive;
  thread->aside = Aside::kNo;
  thread->woken = thread->timed_out = thread->starting = thread->begun = false;
  thread->detached = thread->joined = thread->has_release_fence = false;
  thread->outside = 0;
  thread->passed_over = 0;
  thread->woke_spuriously = false;
  thread->short_transfers = 0;
  thread->early_timeouts = 0;
  thread->pending = Pending{};
  thread->spin.clear();
  thread->clock_reads = 0;
  thread->creator = nullptr;
  thread->entry = entry;
  thread->argument = argument;
  thread->result = nullptr;
  thread->created_at = pc;
  thread->lowest_foreign = kNothingForeign;
  thread->foreign_end = 0;
  thread->depth = 0;
  thread->exit_count = 0;
  if (thread->uses_keys) std::fill(std::begin(thread->keys), std::end(thread->keys), nullptr);
  thread->uses_keys = false;
  thread->acquired.clear();
  if (id == 0) {
    thread->clock.clear();
  } else {
    Thread* parent = e.current;
    thread->clock.assign(parent->clock);
    parent->tick();
    thread->creator = parent;
    if (e.strategy->every_point) e.strategy->thread_created(parent->id, id);
  }
  thread->begin_clock();
  fiber::reset(thread, thread_main);
  return thread;
}

void run_to_first_point(Thread* thread) {
  Engine& e = g_engine;
  Thread* me = e.current;
  thread->starting = true;
  thread->creator = me;
  e.current = thread;
  fiber::switch_threads(me, thread);
}

void run_thread_exits() {
  Thread* me = g_engine.current;
  while (me->exit_count > 0) {
    const ThreadExit exit = me->exits[--me->exit_count];
    g_engine.active = true;
    exit.call(exit.object);
    g_engine.active = false;
  }
  if (me->uses_keys) run_key_destructors();
}

namespace {

// What every step touches of every thread would lie in the same few sets of the processor's caches
// if all threads began at the beginning of a page.
Thread* map_thread(int id) {
  constexpr int kPage = 4096;
  constexpr int kHot = 256;  // bytes
  char* const pages = static_cast<char*>(map_memory(sizeof(Thread) + kPage));
  return reinterpret_cast<Thread*>(pages + id * kHot % kPage);
}

void make_slot(int id) {
  Thread*& thread = g_engine.threads[id];
  if (thread == nullptr) thread = map_thread(id);
  thread->id = id;
  fiber::prepare(thread);
}

}  // namespace

Outcome& run_execution(const std::function<void()>& body) {
  Engine& e = g_engine;
  if (g_outcome_used) {
    g_outcome = Outcome{};
    g_outcome_used = false;
  }
  g_body = &body;
  world::restore();
  if (e.slots < e.wanted_slots) {
    world::thaw();
    while (e.slots < e.wanted_slots) make_slot(e.slots++);
    world::freeze();
  }
  heap::arena_clear();
  descriptors::begin_execution();
  e.objects.clear();
  shadow::clear();
  ++e.execution;
  e.now = kFirstInstant;
  e.steps = 0;
  e.look_at_step = e.program ? e.options->steps / 2 : e.options->steps + 1;
  e.accesses = 0;
  e.touching = false;
  e.ended = e.cut = e.stopped = e.check_failed = e.somebody_yielded = e.somebody_spins = false;
  e.fruitless = 0;
  e.preemptions = 0;
  e.preempted = false;
  e.run_length = 0;
  e.weak_failure_count = 0;
  e.prints = 0;
  e.exit_status = 0;
  e.exiting = false;
  e.ignores_broken_pipes = ignored_broken_pipes_before();
  e.hash = 0;
  e.seq_cst_fences.clear();
  e.library_released = false;
  e.library_releases.clear();
  e.thread_count = e.live_count = 0;
  e.current = nullptr;
  e.decisions.clear();
  e.strategy->begin_execution();
  Thread* main_thread = new_thread(body_entry, nullptr, nullptr);
  e.current = main_thread;
  e.exploring = true;
  fiber::run(main_thread);
  e.active = false;
  fiber::abandon(e.threads, e.thread_count);
  check_the_end();
  e.exploring = false;
  if (e.cut) {
    g_outcome.cut = true;
    g_outcome_used = true;
  }
  g_outcome.hash = e.hash;
  return g_outcome;
}

}  // namespace lockstep
