#include "grader/explorer/hooks/time.h"

#include <sched.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/model/raw.h"

namespace lockstep {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kForEver = locks::kNoDeadline - 1;

// A thread that reads the clock again and again waits for it: after this many reads without
// anything else it sleeps a little, or virtual time would never move.
constexpr int kClockReads = 16;
constexpr std::uint64_t kClockStep = 1'000'000;

bool runs_by_calendar(clockid_t id) {
  return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI;
}

timespec as_timespec(std::uint64_t instant) {
  timespec time;
  time.tv_sec = static_cast<time_t>(instant / kSecond);
  time.tv_nsec = static_cast<long>(instant % kSecond);
  return time;
}

void sleep_until(std::uint64_t deadline, const void* pc) {
  const Inside inside;
  Thread* me = self();
  g_engine.saw_deadline = true;
  // One that polls gives the processor up between its looks.
  me->aside = Aside::kNo;
  Pending& p = me->pending;
  p = Pending{};
  p.op = Op::kSleep;
  p.timed = true;
  p.deadline = deadline;
  p.pc = pc;
  reach_point();
  me->clock_reads = 0;
  record(Op::kSleep, 0);
}

std::uint64_t read_clock(clockid_t id, const void* pc) {
  Thread* me = self();
  if (++me->clock_reads > kClockReads) sleep_until(g_engine.now + kClockStep, pc);
  return runs_by_calendar(id) ? g_engine.now + kCalendarOffset : g_engine.now;
}

}  // namespace

std::uint64_t duration(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  const auto seconds = static_cast<std::uint64_t>(time.tv_sec);
  if (seconds > kForEver / kSecond - 1) return kForEver;
  return seconds * kSecond + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t instant(clockid_t id, const timespec& time) {
  const std::uint64_t at = duration(time);
  if (at == kForEver || !runs_by_calendar(id)) return at;
  return at > kCalendarOffset ? at - kCalendarOffset : 0;
}

std::uint64_t deadline_in(std::uint64_t length) {
  return length > kForEver - g_engine.now ? kForEver : g_engine.now + length;
}

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

LOCKSTEP_HOOK int nanosleep(const timespec* length, timespec* rest) {
  if (!modelled()) return LOCKSTEP_REAL(nanosleep)(length, rest);
  sleep_until(deadline_in(duration(*length)), LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK int clock_nanosleep(clockid_t id, int flags, const timespec* time, timespec* rest) {
  if (!modelled()) return LOCKSTEP_REAL(clock_nanosleep)(id, flags, time, rest);
  const bool absolute = (flags & TIMER_ABSTIME) != 0;
  sleep_until(absolute ? instant(id, *time) : deadline_in(duration(*time)), LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK int usleep(useconds_t microseconds) {
  if (!modelled()) return LOCKSTEP_REAL(usleep)(microseconds);
  sleep_until(deadline_in(microseconds * std::uint64_t{1000}), LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK unsigned sleep(unsigned seconds) {
  if (!modelled()) return LOCKSTEP_REAL(sleep)(seconds);
  sleep_until(deadline_in(seconds * kSecond), LOCKSTEP_CALLER);
  return 0;
}
LOCKSTEP_HOOK int thrd_sleep(const timespec* length, timespec* rest) {
  if (!modelled()) return LOCKSTEP_REAL(thrd_sleep)(length, rest);
  sleep_until(deadline_in(duration(*length)), LOCKSTEP_CALLER);
  return 0;
}

LOCKSTEP_HOOK int sched_yield() noexcept {
  if (!modelled()) return static_cast<int>(raw::call(SYS_sched_yield));
  const Inside inside;
  Thread* me = self();
  // One that only looks in vain is let go on until that is certain (note_read_for_spin); another
  // one steps back, or `while (!stop) { ++n; yield(); }` would keep a search for ever.
  if (me->aside == Aside::kNo && me->spin.used == 0) yield_turn();
  reach_point(Op::kYield, 0, nullptr, LOCKSTEP_CALLER);
  record(Op::kYield, 0);
  return 0;
}
LOCKSTEP_HOOK void thrd_yield() { sched_yield(); }

LOCKSTEP_HOOK int clock_gettime(clockid_t id, timespec* time) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(clock_gettime)(id, time);
  *time = as_timespec(read_clock(id, LOCKSTEP_CALLER));
  return 0;
}
LOCKSTEP_HOOK int gettimeofday(timeval* time, void* zone) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(gettimeofday)(time, zone);
  const timespec now = as_timespec(read_clock(CLOCK_REALTIME, LOCKSTEP_CALLER));
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
LOCKSTEP_HOOK time_t time(time_t* result) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(time)(result);
  const time_t now = as_timespec(read_clock(CLOCK_REALTIME, LOCKSTEP_CALLER)).tv_sec;
  if (result != nullptr) *result = now;
  return now;
}
LOCKSTEP_HOOK int timespec_get(timespec* time, int base) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(timespec_get)(time, base);
  *time = as_timespec(read_clock(CLOCK_REALTIME, LOCKSTEP_CALLER));
  return base;
}
LOCKSTEP_HOOK clock_t clock() noexcept {
  if (!modelled()) return LOCKSTEP_REAL(clock)();
  return static_cast<clock_t>((read_clock(CLOCK_MONOTONIC, LOCKSTEP_CALLER) - kFirstInstant) /
                              1000);
}
