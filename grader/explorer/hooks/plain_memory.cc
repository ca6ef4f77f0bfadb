// __tsan_read*, __tsan_write*, ...: what the compiler calls before each plain access.

#include <cstring>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/plain_memory.h"
#include "grader/explorer/hooks/signals.h"

namespace lockstep {

namespace {

// Plain accesses in a row without any visible operation; then another thread gets a turn, for one
// that waits in `while (!flag);` would never come to a point.
constexpr long kBurst = 50'000;
constexpr long kEndlessBurst = 20'000'000;

// What is left of a thread's stack for libraries, and for the explorer when it makes a report there.
constexpr std::size_t kStackReserve = std::size_t{256} << 10;

std::uint64_t value_at(std::uintptr_t address, std::size_t size) {
  std::uint64_t value = 0;
  // The program is about to touch this memory itself: a fault here is its fault.
  g_engine.touching = true;
  std::memcpy(&value, reinterpret_cast<const void*>(address), size < 8 ? size : 8);
  g_engine.touching = false;
  return value;
}

[[noreturn]] void fail_endless_loop() {
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
void racy_point(std::uintptr_t address, std::size_t size, bool writes, const void* pc) {
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

void long_burst(std::uintptr_t address, const void* pc) {
  const long accesses = g_engine.accesses;
  if (accesses >= kEndlessBurst) fail_endless_loop();
  if (g_engine.live_count == 1) return;
  self()->aside = Aside::kYielded;
  reach_point(Op::kYield, 0, nullptr, pc);
  g_engine.accesses = accesses + kBurst;
  static_cast<void>(address);
}

}  // namespace

void plain_access(std::uintptr_t address, std::size_t size, bool writes, const void* pc) {
  const Inside inside;
  Engine& e = g_engine;
  if (!g_racy_code.empty() && g_racy_code.has(pc)) racy_point(address, size, writes, pc);
  // What a loop keeps on its own stack is no news to others.
  if (writes && self()->spin.used != 0 && fiber::slot_of(address) != self()->id) leave_spin();
  if (++e.accesses % kBurst == 0) long_burst(address, pc);
  int event = -1;
  if (__builtin_expect(e.recording, 0) && shadow::is_shared(address)) {
    trace::Event step;
    step.op = writes ? Op::kWrite : Op::kRead;
    step.address = address;
    step.size = static_cast<std::uint32_t>(size);
    step.before = value_at(address, size);
    event = recorder::add(std::move(step));
    if (writes) recorder::value_follows(event, address, size);
  }
  shadow::access(address, size, writes ? shadow::Kind::kWrite : shadow::Kind::kRead, pc, event);
}

}  // namespace lockstep

using lockstep::address_of;
using lockstep::modelled;
using lockstep::plain_access;

#define LOCKSTEP_PLAIN(name, size, writes)                                      \
  LOCKSTEP_HOOK void __tsan_##name(void* p) {                                   \
    if (modelled()) plain_access(address_of(p), size, writes, LOCKSTEP_CALLER); \
  }
#define LOCKSTEP_BOTH(name, size)                                      \
  LOCKSTEP_HOOK void __tsan_##name(void* p) {                          \
    if (!modelled()) return;                                           \
    plain_access(address_of(p), size, false, LOCKSTEP_CALLER);         \
    plain_access(address_of(p), size, true, LOCKSTEP_CALLER);          \
  }
#define LOCKSTEP_SIZE(n)                            \
  LOCKSTEP_PLAIN(read##n, n, false)                 \
  LOCKSTEP_PLAIN(write##n, n, true)                 \
  LOCKSTEP_PLAIN(unaligned_read##n, n, false)       \
  LOCKSTEP_PLAIN(unaligned_write##n, n, true)       \
  LOCKSTEP_PLAIN(volatile_read##n, n, false)        \
  LOCKSTEP_PLAIN(volatile_write##n, n, true)        \
  LOCKSTEP_PLAIN(unaligned_volatile_read##n, n, false) \
  LOCKSTEP_PLAIN(unaligned_volatile_write##n, n, true) \
  LOCKSTEP_BOTH(read_write##n, n)                   \
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
  if (__builtin_expect(frame < lockstep::fiber::stack_begin(me->id) + lockstep::kStackReserve, 0)) {
    lockstep::fail_stack_overflow();
  }
  if (me->depth < 256) me->calls[me->depth] = caller;
  ++me->depth;
}
LOCKSTEP_HOOK void __tsan_func_exit() {
  if (!modelled()) return;
  lockstep::Thread* me = lockstep::self();
  if (me->depth > 0) --me->depth;
  if (__builtin_expect(lockstep::shadow::g_foreign_stack_accesses, 0)) {
    // The function that returns was compiled with a frame pointer, which is the first word of this
    // hook's own frame; its variables are below.
    const lockstep::Inside inside;
    constexpr std::uintptr_t kLinkage = 2 * sizeof(void*);
    const auto* frame = static_cast<const std::uintptr_t*>(__builtin_frame_address(0));
    lockstep::shadow::stack_gone(*frame + kLinkage);
  }
}
