// __tsan_read*, __tsan_write*, ...: what the compiler calls before each plain access.

#include "grader/explorer/hooks/plain_memory.h"

#include <iterator>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/shadow_cells.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/signals.h"
#include "grader/explorer/model/raw.h"

namespace lockstep {

namespace {

// Plain accesses in a row without any visible operation; then another thread gets a turn, for one
// that waits in `while (!flag);` would never come to a point.
constexpr unsigned long kBurst = 1 << 16;
constexpr unsigned long kEndlessBurst = 300 * kBurst;

// What is left of a thread's stack for libraries, and for the explorer when it makes a report
// there.
constexpr std::size_t kStackReserve = std::size_t{256} << 10;

std::uint64_t value_at(std::uintptr_t address, std::size_t size, bool writes = false) {
  std::uint64_t value = 0;
  g_engine.touching_to_write = writes;
  // The program is about to touch this memory itself: a fault here is its fault.
  g_engine.touching = true;
  const void* const from = reinterpret_cast<const void*>(address);
  if (size == 4) {
    __builtin_memcpy(&value, from, 4);
  } else if (size >= 8) {
    __builtin_memcpy(&value, from, 8);
  } else {
    raw::copy(&value, from, size);
  }
  g_engine.touching = false;
  return value;
}

[[noreturn, gnu::cold]] void fail_endless_loop() {
  trace::Failure failure = failure_of(Rule::kEndlessLoop);
  trace::Spinning spinning;
  trace::Spinning::Thread one;
  one.thread = g_engine.current->id;
  one.stack = failure.stack;
  if (g_engine.recording) one.held = recorder::held_by(one.thread);
  spinning.threads.push_back(std::move(one));
  failure.what = std::move(spinning);
  fail_now(std::move(failure));
}

// A plain access that is a scheduling point, because its code is known to race.
[[gnu::noinline]] void racy_point(std::uintptr_t address, std::size_t size, bool writes,
                                  const void* pc) {
  Pending& p = self()->pending;
  p = Pending{};
  p.op = writes ? Op::kWrite : Op::kRead;
  p.size = static_cast<std::uint32_t>(size);
  p.address = address;
  p.pc = pc;
  reach_point();
  if (writes) {
    note_write();
  } else {
    note_read_for_spin(address, value_at(address, size), pc);
  }
}

[[gnu::noinline, gnu::cold]] void long_burst(const void* pc) {
  const unsigned long accesses = g_engine.accesses;
  if (accesses >= kEndlessBurst) fail_endless_loop();
  if (g_engine.live_count == 1) return;
  yield_turn();
  reach_point(Op::kYield, 0, nullptr, pc);
  g_engine.accesses = accesses + kBurst;
}

// The step, where a replay wants it; otherwise -1.
[[gnu::noinline, gnu::cold]] int record_access(std::uintptr_t address, std::size_t size,
                                               bool writes, const void* pc) {
  if (!writes) recorder::note_read(address, size);
  const bool races = g_racy_code.has(pc);
  // In a long story only what is shared is told.
  constexpr int kLongStory = 5'000;
  const bool tells_all = races && recorder::last_event() < kLongStory;
  if (!tells_all && !shadow::is_shared(address)) return -1;
  trace::Event step;
  step.racing_code = races;
  step.op = writes ? Op::kWrite : Op::kRead;
  step.address = address;
  step.size = static_cast<std::uint32_t>(size);
  step.before = value_at(address, size, writes);
  const int event = recorder::add(std::move(step));
  if (writes) recorder::value_follows(event, address, size);
  return event;
}

}  // namespace

void plain_access(std::uintptr_t address, std::size_t size, bool writes, const void* pc) {
  const Inside inside;
  Engine& e = g_engine;
  const bool visible = !g_racy_code.empty() && g_racy_code.has(pc);
  if (visible) racy_point(address, size, writes, pc);
  // What a loop keeps on its own stack is no news to others.
  if (writes && fiber::slot_of(address) != self()->id) leave_spin();
  if (++e.accesses % kBurst == 0) long_burst(pc);
  const int event = e.recording ? record_access(address, size, writes, pc) : -1;
  shadow::access(address, size, writes ? shadow::Kind::kWrite : shadow::Kind::kRead, pc, event);
  // What the thread does to the same memory in the rest of this step is not covered by this access:
  // it is no point yet, and may have to become one (Searcher::settles).
  if (visible && e.strategy->every_point) self()->tick();
}

namespace {

// What a hook does for one access of the program.
template <bool writes>
[[gnu::always_inline]] inline void check(void* p, std::size_t size, const void* pc) {
  if (!modelled()) return;
  const std::uintptr_t address = address_of(p);
  const bool visible = !g_racy_code.empty() && g_racy_code.has(pc);
  const bool long_run = (g_engine.accesses + 1) % kBurst == 0;
  if (__builtin_expect(!visible && !long_run, 1) &&
      __builtin_expect(shadow::access_quickly<writes>(address, size, pc), 1)) {
    ++g_engine.accesses;
  } else {
    plain_access(address, size, writes, pc);
  }
}

// A function returns: its variables, which others may have touched, are gone. `frame` is that of
// the hook and `caller` its return address.
[[gnu::noinline]] void leave_frame(Thread& me, const std::uintptr_t* frame, const void* caller) {
  constexpr std::size_t kLinkage = 2;  // the saved frame pointer and the return address
  // The function was compiled with a frame pointer, the first word of the hook's own frame.
  // Optimised code may jump to the hook instead of calling it: then the function's frame has
  // already made way for it.
  const bool jumped =
      me.depth < static_cast<int>(std::size(me.calls)) && me.calls[me.depth] == caller;
  const auto* own = jumped ? frame : reinterpret_cast<const std::uintptr_t*>(*frame);
  const auto end = reinterpret_cast<std::uintptr_t>(own + kLinkage);
  if (me.lowest_foreign >= end) return;
  const Inside inside;
  shadow::stack_gone(end);
}

}  // namespace

}  // namespace lockstep

using lockstep::address_of;
using lockstep::modelled;
using lockstep::plain_access;

#define LOCKSTEP_PLAIN(name, size, writes) \
  LOCKSTEP_HOOK void __tsan_##name(void* p) { lockstep::check<writes>(p, size, LOCKSTEP_CALLER); }
#define LOCKSTEP_BOTH(name, size)                              \
  LOCKSTEP_HOOK void __tsan_##name(void* p) {                  \
    if (!modelled()) return;                                   \
    plain_access(address_of(p), size, false, LOCKSTEP_CALLER); \
    plain_access(address_of(p), size, true, LOCKSTEP_CALLER);  \
  }
#define LOCKSTEP_SIZE(n)                               \
  LOCKSTEP_PLAIN(read##n, n, false)                    \
  LOCKSTEP_PLAIN(write##n, n, true)                    \
  LOCKSTEP_PLAIN(unaligned_read##n, n, false)          \
  LOCKSTEP_PLAIN(unaligned_write##n, n, true)          \
  LOCKSTEP_PLAIN(volatile_read##n, n, false)           \
  LOCKSTEP_PLAIN(volatile_write##n, n, true)           \
  LOCKSTEP_PLAIN(unaligned_volatile_read##n, n, false) \
  LOCKSTEP_PLAIN(unaligned_volatile_write##n, n, true) \
  LOCKSTEP_BOTH(read_write##n, n)                      \
  LOCKSTEP_BOTH(unaligned_read_write##n, n)

LOCKSTEP_SIZE(1)
LOCKSTEP_SIZE(2)
LOCKSTEP_SIZE(4)
LOCKSTEP_SIZE(8)
LOCKSTEP_SIZE(16)

LOCKSTEP_HOOK void __tsan_read_range(void* p, std::size_t size) {
  if (modelled() && size != 0) plain_access(address_of(p), size, false, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void __tsan_write_range(void* p, std::size_t size) {
  if (modelled() && size != 0) plain_access(address_of(p), size, true, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void __tsan_vptr_update(void** p, void* value) {
  // A constructor of a base class writes the pointer that is there already: no change.
  if (modelled() && *p != value) plain_access(address_of(p), sizeof(void*), true, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void __tsan_vptr_read(void** p) {
  if (modelled()) plain_access(address_of(p), sizeof(void*), false, LOCKSTEP_CALLER);
}

LOCKSTEP_HOOK void __tsan_init() {}
LOCKSTEP_HOOK void __tsan_func_entry(void* caller) {
  if (!modelled()) return;
  lockstep::Thread* me = lockstep::self();
  // Seen here rather than in the guard page, where the explorer itself might be the one to fall.
  const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (__builtin_expect(frame < me->stack_begin + lockstep::kStackReserve, 0)) {
    lockstep::fail_stack_overflow();
  }
  if (me->depth < 256) me->calls[me->depth] = caller;
  ++me->depth;
}
LOCKSTEP_HOOK void __tsan_func_exit() {
  if (!modelled()) return;
  lockstep::Thread* me = lockstep::self();
  if (me->depth > 0) --me->depth;
  if (__builtin_expect(me->lowest_foreign != lockstep::kNothingForeign, 0)) {
    const auto* frame = static_cast<const std::uintptr_t*>(__builtin_frame_address(0));
    lockstep::leave_frame(*me, frame, LOCKSTEP_CALLER);
  }
}
