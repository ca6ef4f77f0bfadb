#include "grader/explorer/hooks/endless_loop.h"

#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/raw.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/trace/process_symbols.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::endless_loop {

namespace {

constexpr long kMillisecond = 1'000'000;  // nanoseconds

// Processor time without any hook that makes an endless loop.
constexpr int kSeconds = 2;
constexpr long kLimit = kSeconds * 1'000 * kMillisecond;
// ... where this very execution is known to end in one.
constexpr long kKnownLimit = 100 * kMillisecond;
constexpr long kTick = 50 * kMillisecond;

// Instructions that are looked at one by one to learn how far the loop reaches.
constexpr int kSteps = 20'000;

// What one execution may print. One that prints on and on is no endless loop until then.
constexpr std::size_t kMostPrinted = std::size_t{8} << 20;
// What prints by a way that has no hook is seen by the clock, a little later.
constexpr std::size_t kMostPrintedUnseen = kMostPrinted + (std::size_t{1} << 20);

// How far the execution is. Two that agree in all of it took the same steps.
struct Progress {
  std::uint32_t execution = 0;
  std::uint64_t hash = 0;
  long steps = -1;
  unsigned long accesses = 0;
  std::size_t printed = 0;

  bool operator==(const Progress&) const = default;
  bool same_place(const Progress& other) const {
    return hash == other.hash && steps == other.steps && accesses == other.accesses;
  }
};

Progress g_seen;    // at the last tick
long g_seen_since;  // processor time at which it was first seen
Progress g_loop;    // where a loop began that has had its whole time

// The single steps through the loop. Which of its lines a tick falls on is luck, so the one
// reported is the first of all that belong to it.
struct Walk {
  struct Stop {
    std::uintptr_t pc;
    std::uintptr_t stack;  // the outermost frame, whose loop it is, has the highest
  };
  enum class Purpose { kLeaveLibraries, kSeeTheLoop, kReachTarget };
  Purpose purpose = Purpose::kLeaveLibraries;
  int left = 0;             // steps
  void (*end)() = nullptr;  // what comes then; does not return
  std::vector<Stop> stops;
  std::uintptr_t target = 0;
  std::uintptr_t target_stack = 0;
};
Walk g_walk;

Progress progress() {
  const Engine& e = g_engine;
  return {e.execution, e.hash, e.steps, e.accesses, world::printed_so_far()};
}

long processor_time() {
  timespec time{};
  raw::call(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, raw::as_long(&time));
  return time.tv_sec * 1'000 * kMillisecond + time.tv_nsec;
}

[[noreturn]] void fail() {
  g_engine.active = false;
  trace::Failure failure = failure_of(Rule::kEndlessLoop);
  trace::Spinning spinning;
  spinning.cpu_seconds = kSeconds;
  trace::Spinning::Thread one;
  one.thread = self()->id;
  one.stack = failure.stack;
  if (g_engine.recording) one.held = recorder::held_by(one.thread);
  spinning.threads.push_back(std::move(one));
  failure.what = std::move(spinning);
  fail_now(std::move(failure));
}

[[noreturn]] void fail_output() {
  g_engine.active = false;
  trace::Failure failure = failure_of(Rule::kOutputLimit);
  failure.what = trace::TooMuchOutput{kMostPrinted};
  fail_now(std::move(failure));
}

constexpr greg_t kTrapFlag = 0x100;

bool in_program(std::uintptr_t pc) { return world::in_program(reinterpret_cast<const void*>(pc)); }

void begin_walk(mcontext_t& machine, Walk::Purpose purpose, void (*end)()) {
  g_walk = Walk{};
  g_walk.purpose = purpose;
  g_walk.left = kSteps;
  g_walk.end = end;
  machine.gregs[REG_EFL] |= kTrapFlag;
}

// Ends the execution by `end`, but not within a library: it may hold locks of its own there.
void end_in_program(mcontext_t& machine, void (*end)()) {
  if (in_program(static_cast<std::uintptr_t>(machine.gregs[REG_RIP]))) end();
  begin_walk(machine, Walk::Purpose::kLeaveLibraries, end);
}

void note_stop(const Walk::Stop& stop) {
  if (!in_program(stop.pc)) return;
  const bool known = std::any_of(g_walk.stops.begin(), g_walk.stops.end(), [&](const auto& one) {
    return one.pc == stop.pc && one.stack == stop.stack;
  });
  if (!known) g_walk.stops.push_back(stop);
}

// The first line of the loop, and of its instructions the lowest. False when no line of the program
// itself is in it: then its caller's must do.
bool choose_target() {
  Walk& walk = g_walk;
  if (walk.stops.empty()) return false;
  const auto by_stack = [](const Walk::Stop& a, const Walk::Stop& b) { return a.stack < b.stack; };
  const std::uintptr_t outermost =
      std::max_element(walk.stops.begin(), walk.stops.end(), by_stack)->stack;
  int first_line = 0;
  for (const Walk::Stop& stop : walk.stops) {
    if (stop.stack != outermost) continue;
    for (const Place& place : trace::process_symbols().places(stop.pc, true)) {
      if (place.line == 0 || !trace::is_own_file(place.file)) continue;
      const bool earlier = first_line == 0 || place.line < first_line ||
                           (place.line == first_line && stop.pc < walk.target);
      if (earlier) {
        first_line = place.line;
        walk.target = stop.pc;
        walk.target_stack = stop.stack;
      }
      break;
    }
  }
  return first_line != 0;
}

}  // namespace

void watch() {
  g_loop = Progress{};
  g_seen = Progress{};
  const itimerval often{{0, kTick / 1'000}, {0, kTick / 1'000}};
  LOCKSTEP_REAL(setitimer)(ITIMER_PROF, &often, nullptr);
}

void unwatch() {
  const itimerval never{};
  LOCKSTEP_REAL(setitimer)(ITIMER_PROF, &never, nullptr);
}

void tick(mcontext_t& machine) {
  const Engine& e = g_engine;
  if (!e.exploring || !e.active) {
    g_seen = Progress{};
    return;
  }
  const Progress now = progress();
  const long time = processor_time();
  if (g_walk.left > 0) return;  // under way
  if (now.printed > kMostPrintedUnseen) return end_in_program(machine, fail_output);
  if (g_seen != now) {
    g_seen = now;
    g_seen_since = time;
    return;
  }
  if (time - g_seen_since < (now.same_place(g_loop) ? kKnownLimit : kLimit)) return;
  g_loop = now;
  if (!e.recording) return end_in_program(machine, fail);
  begin_walk(machine, Walk::Purpose::kSeeTheLoop, fail);
}

void note_print() {
  // Asking is a system call, as printing is.
  constexpr unsigned kBetweenLooks = 256;
  if (++g_engine.prints % kBetweenLooks != 0) return;
  if (world::printed_so_far() > kMostPrinted) fail_output();
}

bool step(mcontext_t& machine) {
  Walk& walk = g_walk;
  if (walk.left == 0) return false;
  const Inside inside;
  const auto pc = static_cast<std::uintptr_t>(machine.gregs[REG_RIP]);
  const auto stack = static_cast<std::uintptr_t>(machine.gregs[REG_RSP]);
  --walk.left;
  bool done = walk.left == 0;
  switch (walk.purpose) {
    case Walk::Purpose::kLeaveLibraries:
      done = done || in_program(pc);
      break;
    case Walk::Purpose::kSeeTheLoop:
      note_stop({pc, stack});
      if (done && choose_target()) {
        walk.purpose = Walk::Purpose::kReachTarget;
        walk.left = kSteps;
        done = false;
      }
      break;
    case Walk::Purpose::kReachTarget:
      done = done || (pc == walk.target && stack == walk.target_stack);
      break;
  }
  if (!done) return true;
  walk.left = 0;
  machine.gregs[REG_EFL] &= ~kTrapFlag;
  walk.end();
  return true;
}

}  // namespace lockstep::endless_loop
