#include "grader/explorer/fiber/fiber.h"

#include <dlfcn.h>
#include <immintrin.h>
#include <linux/futex.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/raw.h"
#include "grader/explorer/model/real.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

namespace lockstep::fiber {

namespace {

// One real pthread: the owner of a control block, and in the real-thread back end what runs.
struct Slot {
  pthread_t pthread;
  std::uintptr_t fs_base;
  std::uintptr_t top;  // fibers use the stack below this; the parked pthread's frames are above
  int turn;            // set when it may run
  int idle;            // set when it is parked at the bottom of its stack
  void (*entry)();
  jmp_buf bottom;
  bool made;
};

Slot g_slots[kMaxThreads];
int g_controller_turn;
bool g_abandoning;
void* g_controller_sp;
std::uintptr_t g_controller_fs;

// A flag that one thread waits for: clear, set, or clear with somebody asleep, who has to be woken.
enum : int { kClear = 0, kSet = 1, kAwaited = 2 };

void wait_until_set(int* word) {
  for (;;) {
    int seen = kClear;
    __atomic_compare_exchange_n(word, &seen, kAwaited, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
    if (seen == kSet) return;
    raw::call(SYS_futex, raw::as_long(word), FUTEX_WAIT_PRIVATE, kAwaited, 0);
  }
}

void set_and_wake(int* word) {
  if (__atomic_exchange_n(word, kSet, __ATOMIC_ACQ_REL) != kAwaited) return;
  raw::call(SYS_futex, raw::as_long(word), FUTEX_WAKE_PRIVATE, 1);
}

void take_turn(int* word) {
  wait_until_set(word);
  __atomic_store_n(word, kClear, __ATOMIC_RELAXED);
}

// What every pthread of the pool does. Under fibers it only sleeps, and lends its control block.
void* pool_main(void* argument) {
  Slot* slot = static_cast<Slot*>(argument);
  slot->fs_base = _readfsbase_u64();
  // Room for the frames that the parked thread itself still makes.
  slot->top = (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - (16u << 10)) & ~15ul;
  stack_t alternate{};
  alternate.ss_size = 64u << 10;
  alternate.ss_sp = map_memory(alternate.ss_size);
  ::sigaltstack(&alternate, nullptr);
  setjmp(slot->bottom);
  for (;;) {
    set_and_wake(&slot->idle);
    take_turn(&slot->turn);
    if (g_abandoning) continue;
    __atomic_store_n(&slot->idle, kClear, __ATOMIC_RELAXED);
    slot->entry();
  }
}

// Saves what a call must preserve, changes stacks, and the control block with it.
__attribute__((naked)) void switch_stacks(void** /*save*/, void* /*to*/, std::uintptr_t /*fs*/) {
  asm volatile(
      "pushq %rbp\n\tpushq %rbx\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
      "movq %rsp,(%rdi)\n\tmovq %rsi,%rsp\n\twrfsbase %rdx\n\t"
      "popq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbx\n\tpopq %rbp\n\tret");
}

}  // namespace

bool supported() { return (::getauxval(AT_HWCAP2) & 2) != 0; }  // HWCAP2_FSGSBASE

namespace {

constexpr std::size_t kMaxProcessors = 1024;
struct Processors {
  unsigned long bits[kMaxProcessors / 64];
};
Processors g_allowed;  // to the thread that explores, before
int g_processor = -1;  // that the threads were made on

}  // namespace

void stay_on_one_processor() {
  raw::call(SYS_sched_getaffinity, 0, sizeof g_allowed, raw::as_long(&g_allowed));
  unsigned here = 0;
  if (g_processor < 0 && raw::call(SYS_getcpu, raw::as_long(&here)) == 0) {
    g_processor = static_cast<int>(here % kMaxProcessors);
  }
  Processors one{};
  one.bits[g_processor / 64] = 1ul << (g_processor % 64);
  raw::call(SYS_sched_setaffinity, 0, sizeof one, raw::as_long(&one));
}

void leave_processor() {
  raw::call(SYS_sched_setaffinity, 0, sizeof g_allowed, raw::as_long(&g_allowed));
}

void prepare(Thread* thread) {
  Slot& slot = g_slots[thread->id];
  if (!slot.made) {
    slot.made = true;
    char* region = reinterpret_cast<char*>(stack_begin(thread->id)) - kGuardSize;
    void* p = ::mmap(region, kGuardSize + kStackSize, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (p != region) die("no memory for a thread's stack");
    ::mprotect(region, kGuardSize, PROT_NONE);
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstack(&attributes, region + kGuardSize, kStackSize);
    // Signals are for the thread that explores; a pool thread takes none.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    if (!g_engine.real_threads)
      raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::as_long(&all), raw::as_long(&before), 8);
    if (real::pthread_create(&slot.pthread, &attributes, pool_main, &slot) != 0) {
      die("no more threads to be had: raise the limit on processes");
    }
    if (!g_engine.real_threads)
      raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::as_long(&before), 0, 8);
    wait_until_set(&slot.idle);
    ::pthread_attr_destroy(&attributes);
  }
  thread->fs_base = slot.fs_base;
  thread->stack_begin = stack_begin(thread->id);
}

void reset(Thread* thread, void (*entry)()) {
  Slot& slot = g_slots[thread->id];
  slot.entry = entry;
  if (g_engine.real_threads) return;
  // The entry point finds the stack as after a call: 8 mod 16, with a return address of 0, where
  // unwinders stop.
  auto* sp = reinterpret_cast<std::uintptr_t*>(slot.top);
  *--sp = 0;
  *--sp = 0;
  *--sp = 0;
  *--sp = reinterpret_cast<std::uintptr_t>(entry);
  for (int i = 0; i < 6; ++i) *--sp = 0;
  thread->stack_pointer = sp;
}

void run(Thread* to) {
  if (g_engine.real_threads) {
    set_and_wake(&g_slots[to->id].turn);
    take_turn(&g_controller_turn);
    return;
  }
  g_controller_fs = _readfsbase_u64();
  switch_stacks(&g_controller_sp, to->stack_pointer, to->fs_base);
}

void switch_threads(Thread* from, Thread* to) {
  if (g_engine.real_threads) {
    from->stack_pointer = __builtin_frame_address(0);
    set_and_wake(&g_slots[to->id].turn);
    take_turn(&g_slots[from->id].turn);
    if (g_abandoning) longjmp(g_slots[from->id].bottom, 1);
    return;
  }
  switch_stacks(&from->stack_pointer, to->stack_pointer, to->fs_base);
}

void finish(Thread* from, Thread* to) {
  if (g_engine.real_threads) {
    set_and_wake(&g_slots[to->id].turn);
    longjmp(g_slots[from->id].bottom, 1);
  }
  switch_stacks(&from->stack_pointer, to->stack_pointer, to->fs_base);
  __builtin_unreachable();
}

void leave(Thread* from) {
  if (g_engine.real_threads) {
    set_and_wake(&g_controller_turn);
    longjmp(g_slots[from->id].bottom, 1);
  }
  switch_stacks(&from->stack_pointer, g_controller_sp, g_controller_fs);
  __builtin_unreachable();
}

void abandon(Thread* const* threads, int count) {
  if (!g_engine.real_threads) return;
  g_abandoning = true;
  for (int i = 0; i < count; ++i) {
    Slot& slot = g_slots[threads[i]->id];
    // A thread that left or ended is on its way to idle by itself; one that was switched away from
    // is woken, sees g_abandoning and jumps there.
    if (__atomic_load_n(&slot.idle, __ATOMIC_ACQUIRE) != kSet && threads[i]->life == Life::kAlive &&
        threads[i] != g_engine.current) {
      set_and_wake(&slot.turn);
    }
    wait_until_set(&slot.idle);
  }
  g_abandoning = false;
}

}  // namespace lockstep::fiber
