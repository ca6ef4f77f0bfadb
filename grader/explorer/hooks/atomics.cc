// __tsan_atomic*: what the compiler calls for each std::atomic operation and fence.
//
// Every operation is a scheduling point and takes effect at once, in the order of the execution:
// the values are those of sequential consistency. The memory orders decide what happens before
// what, and so which plain accesses race (C++20, [intro.races]): an acquire load of a value joins
// the clock of the release sequence that it reads from, fences as in [atomics.fences].

#include <cstring>

#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/hooks/hook.h"

namespace lockstep {

namespace {

using U8 = std::uint8_t;
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;
using U128 = unsigned __int128;

bool acquires(int order) {
  return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME || order == __ATOMIC_ACQ_REL ||
         order == __ATOMIC_SEQ_CST;
}
bool releases(int order) {
  return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

template <class T>
U64 bits(T value) {
  U64 result = 0;
  __builtin_memcpy(&result, &value, sizeof(T) < 8 ? sizeof(T) : 8);
  return result;
}

void synchronise_load(Object* object, int order) {
  if (acquires(order)) {
    self()->clock.join(object->released);
    if (g_engine.library_released) self()->clock.join(g_engine.library_releases);
  } else {
    self()->acquired.join(object->released);
  }
}

void synchronise_store(Object* object, int order, bool read_modify_write) {
  Thread* me = self();
  // A read-modify-write continues the release sequence it found; a store begins a new one.
  if (!read_modify_write && !(releases(order) || me->has_release_fence)) {
    object->released.clear();
    return;
  }
  if (releases(order)) {
    if (read_modify_write) {
      object->released.join(me->clock);
    } else {
      object->released.assign(me->clock);
    }
    me->tick();
  } else if (me->has_release_fence) {
    if (read_modify_write) {
      object->released.join(me->release_fence);
    } else {
      object->released.assign(me->release_fence);
    }
  }
}

void atomic_point(Op op, const volatile void* p, int size, const void* pc, bool weak = false) {
  Pending& pending = self()->pending;
  pending = Pending{};
  pending.op = op;
  pending.address = address_of(p);
  pending.size = static_cast<U32>(size);
  pending.weak = weak;
  pending.pc = pc;
  reach_point();
}

int record_step(Op op, const volatile void* p, int size, U64 before, U64 after,
                bool spurious = false) {
  if (__builtin_expect(!g_engine.recording, 1)) return -1;
  trace::Event event;
  event.op = op;
  event.address = address_of(p);
  event.size = static_cast<std::uint32_t>(size);
  event.before = before;
  event.after = after;
  event.spurious = spurious;
  return recorder::add(std::move(event));
}

// Reads for the program: a fault is its fault.
template <class T>
T touch(const volatile T* p) {
  g_engine.touching = true;
  const T value = *p;
  g_engine.touching = false;
  return value;
}

template <class T>
T load(const volatile T* p, int order, const void* pc) {
  const Inside inside;
  atomic_point(Op::kAtomicLoad, p, sizeof(T), pc);
  const T value = touch(p);
  synchronise_load(object_at(p), order);
  const int event = record_step(Op::kAtomicLoad, p, sizeof(T), bits(value), 0);
  shadow::access(address_of(p), sizeof(T), shadow::Kind::kAtomicRead, pc, event);
  note_read_for_spin(address_of(p), bits(value), pc);
  return value;
}

template <class T>
void store(volatile T* p, T value, int order, const void* pc) {
  const Inside inside;
  atomic_point(Op::kAtomicStore, p, sizeof(T), pc);
  const int event = record_step(Op::kAtomicStore, p, sizeof(T), bits(touch(p)), bits(value));
  shadow::access(address_of(p), sizeof(T), shadow::Kind::kAtomicWrite, pc, event);
  synchronise_store(object_at(p), order, false);
  *p = value;
  note_write();
}

template <class T, class F>
T modify(volatile T* p, int order, const void* pc, F change) {
  const Inside inside;
  atomic_point(Op::kAtomicRmw, p, sizeof(T), pc);
  Object* object = object_at(p);
  const T before = touch(p);
  const T after = change(before);
  synchronise_load(object, order);
  const int event = record_step(Op::kAtomicRmw, p, sizeof(T), bits(before), bits(after));
  shadow::access(address_of(p), sizeof(T), shadow::Kind::kAtomicWrite, pc, event);
  synchronise_store(object, order, true);
  *p = after;
  if (before == after) {
    note_read_for_spin(address_of(p), bits(before), pc);
  } else {
    note_write();
  }
  return before;
}

template <class T>
bool compare_exchange(volatile T* p, T* expected, T desired, int order, int failure_order,
                      bool weak, const void* pc) {
  const Inside inside;
  atomic_point(Op::kAtomicCas, p, sizeof(T), pc, weak);
  Object* object = object_at(p);
  const T before = touch(p);
  const bool as_expected = before == *expected;
  bool succeeds = as_expected;
  if (succeeds && weak && may_fail_weakly(pc)) succeeds = choose(2) == 0;
  if (succeeds) {
    synchronise_load(object, order);
    const int event = record_step(Op::kAtomicRmw, p, sizeof(T), bits(before), bits(desired));
    shadow::access(address_of(p), sizeof(T), shadow::Kind::kAtomicWrite, pc, event);
    synchronise_store(object, order, true);
    *p = desired;
    note_write();
    return true;
  }
  synchronise_load(object, failure_order);
  const int event =
      record_step(Op::kAtomicCas, p, sizeof(T), bits(before), bits(desired), as_expected);
  shadow::access(address_of(p), sizeof(T), shadow::Kind::kAtomicRead, pc, event);
  *expected = before;
  note_read_for_spin(address_of(p), bits(before), pc);
  return false;
}

// Outside of explored code the operations are what they say. (16 bytes: nobody shares them there.)
template <class T>
bool plain_compare_exchange(volatile T* p, T* expected, T desired) {
  if constexpr (sizeof(T) == 16) {
    if (*p == *expected) {
      *p = desired;
      return true;
    }
    *expected = *p;
    return false;
  } else {
    return __atomic_compare_exchange_n(p, expected, desired, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }
}

template <class T, class F>
T plain_modify(volatile T* p, F change) {
  T before = *p;
  while (!plain_compare_exchange(p, &before, change(before))) {
  }
  return before;
}

}  // namespace

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

#define LOCKSTEP_MODIFY(n, T, name, expression)                                 \
  LOCKSTEP_HOOK T __tsan_atomic##n##_##name(volatile T* p, T v, int order) {    \
    const auto change = [v](T old) -> T { return static_cast<T>(expression); }; \
    if (!modelled()) return plain_modify(p, change);                            \
    return modify(p, order, LOCKSTEP_CALLER, change);                           \
  }
#define LOCKSTEP_ATOMIC(n, T)                                                                     \
  LOCKSTEP_HOOK T __tsan_atomic##n##_load(const volatile T* p, int order) {                       \
    if (!modelled()) {                                                                            \
      const T value = *p;                                                                         \
      __atomic_thread_fence(__ATOMIC_SEQ_CST);                                                    \
      return value;                                                                               \
    }                                                                                             \
    return load(p, order, LOCKSTEP_CALLER);                                                       \
  }                                                                                               \
  LOCKSTEP_HOOK void __tsan_atomic##n##_store(volatile T* p, T v, int order) {                    \
    if (!modelled()) {                                                                            \
      *p = v;                                                                                     \
      __atomic_thread_fence(__ATOMIC_SEQ_CST);                                                    \
      return;                                                                                     \
    }                                                                                             \
    store(p, v, order, LOCKSTEP_CALLER);                                                          \
  }                                                                                               \
  LOCKSTEP_MODIFY(n, T, exchange, (static_cast<void>(old), v))                                    \
  LOCKSTEP_MODIFY(n, T, fetch_add, old + v)                                                       \
  LOCKSTEP_MODIFY(n, T, fetch_sub, old - v)                                                       \
  LOCKSTEP_MODIFY(n, T, fetch_and, old& v)                                                        \
  LOCKSTEP_MODIFY(n, T, fetch_or, old | v)                                                        \
  LOCKSTEP_MODIFY(n, T, fetch_xor, old ^ v)                                                       \
  LOCKSTEP_MODIFY(n, T, fetch_nand, ~(old & v))                                                   \
  LOCKSTEP_HOOK int __tsan_atomic##n##_compare_exchange_strong(volatile T* p, T* e, T v,          \
                                                               int order, int failure) {          \
    if (!modelled()) return plain_compare_exchange(p, e, v);                                      \
    return compare_exchange(p, e, v, order, failure, false, LOCKSTEP_CALLER);                     \
  }                                                                                               \
  LOCKSTEP_HOOK int __tsan_atomic##n##_compare_exchange_weak(volatile T* p, T* e, T v, int order, \
                                                             int failure) {                       \
    if (!modelled()) return plain_compare_exchange(p, e, v);                                      \
    return compare_exchange(p, e, v, order, failure, true, LOCKSTEP_CALLER);                      \
  }                                                                                               \
  LOCKSTEP_HOOK T __tsan_atomic##n##_compare_exchange_val(volatile T* p, T e, T v, int order,     \
                                                          int failure) {                          \
    if (!modelled()) {                                                                            \
      plain_compare_exchange(p, &e, v);                                                           \
    } else {                                                                                      \
      compare_exchange(p, &e, v, order, failure, false, LOCKSTEP_CALLER);                         \
    }                                                                                             \
    return e;                                                                                     \
  }

LOCKSTEP_ATOMIC(8, U8)
LOCKSTEP_ATOMIC(16, U16)
LOCKSTEP_ATOMIC(32, U32)
LOCKSTEP_ATOMIC(64, U64)
LOCKSTEP_ATOMIC(128, U128)

LOCKSTEP_HOOK void __tsan_atomic_thread_fence(int order) {
  if (!modelled()) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return;
  }
  const Inside inside;
  Thread* me = self();
  // Only sequentially consistent fences meet each other; the others act on their own thread.
  if (order == __ATOMIC_SEQ_CST) reach_point(Op::kFence, 0, nullptr, LOCKSTEP_CALLER);
  if (acquires(order)) me->clock.join(me->acquired);
  if (order == __ATOMIC_SEQ_CST) {
    me->clock.join(g_engine.seq_cst_fences);
    g_engine.seq_cst_fences.join(me->clock);
  }
  if (releases(order)) {
    me->release_fence.assign(me->clock);
    me->has_release_fence = true;
    me->tick();
  }
  record(Op::kFence, 0);
}
LOCKSTEP_HOOK void __tsan_atomic_signal_fence(int /*order*/) {}

// clang calls libatomic for 16 bytes where gcc calls the hooks above.
LOCKSTEP_HOOK U128 lockstep_atomic_load_16(const volatile U128* p,
                                           int order) asm("__atomic_load_16");
U128 lockstep_atomic_load_16(const volatile U128* p, int order) {
  if (!modelled()) return *p;
  return load(p, order, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void lockstep_atomic_store_16(volatile U128* p, U128 v,
                                            int order) asm("__atomic_store_16");
void lockstep_atomic_store_16(volatile U128* p, U128 v, int order) {
  if (!modelled()) {
    *p = v;
    return;
  }
  store(p, v, order, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK U128 lockstep_atomic_exchange_16(volatile U128* p, U128 v,
                                               int order) asm("__atomic_exchange_16");
U128 lockstep_atomic_exchange_16(volatile U128* p, U128 v, int order) {
  const auto change = [v](U128) { return v; };
  if (!modelled()) return plain_modify(p, change);
  return modify(p, order, LOCKSTEP_CALLER, change);
}
LOCKSTEP_HOOK bool lockstep_atomic_compare_exchange_16(
    volatile U128* p, U128* e, U128 v, int order, int failure) asm("__atomic_compare_exchange_16");
bool lockstep_atomic_compare_exchange_16(volatile U128* p, U128* e, U128 v, int order,
                                         int failure) {
  if (!modelled()) return plain_compare_exchange(p, e, v);
  return compare_exchange(p, e, v, order, failure, false, LOCKSTEP_CALLER);
}

// The generic entry points, for objects of other sizes: libatomic takes a lock of its own around
// them, so they are atomic for the model too.
namespace {

void generic_access(Op op, const void* p, std::size_t size, bool writes, const void* pc) {
  Pending& pending = self()->pending;
  pending = Pending{};
  pending.op = op;
  pending.address = address_of(p);
  pending.size = static_cast<U32>(size);
  pending.pc = pc;
  reach_point();
  const int event = record_step(op, p, static_cast<int>(size), 0, 0);
  shadow::access(address_of(p), size,
                 writes ? shadow::Kind::kAtomicWrite : shadow::Kind::kAtomicRead, pc, event);
}

void generic_load(std::size_t size, const void* p, void* result, int order, const void* pc) {
  generic_access(Op::kAtomicLoad, p, size, false, pc);
  synchronise_load(object_at(p), order);
  std::memcpy(result, p, size);
}

void generic_store(std::size_t size, void* p, const void* value, int order, const void* pc) {
  generic_access(Op::kAtomicStore, p, size, true, pc);
  synchronise_store(object_at(p), order, false);
  std::memcpy(p, value, size);
  note_write();
}

void generic_exchange(std::size_t size, void* p, const void* value, void* result, int order,
                      const void* pc) {
  generic_access(Op::kAtomicRmw, p, size, true, pc);
  synchronise_load(object_at(p), order);
  synchronise_store(object_at(p), order, true);
  std::memcpy(result, p, size);
  std::memcpy(p, value, size);
  note_write();
}

bool generic_compare_exchange(std::size_t size, void* p, void* expected, const void* desired,
                              int order, int failure, const void* pc) {
  generic_access(Op::kAtomicCas, p, size, true, pc);
  const bool succeeds = std::memcmp(p, expected, size) == 0;
  synchronise_load(object_at(p), succeeds ? order : failure);
  if (succeeds) {
    synchronise_store(object_at(p), order, true);
    std::memcpy(p, desired, size);
    note_write();
  } else {
    std::memcpy(expected, p, size);
  }
  return succeeds;
}

// Outside of explored code nobody shares such objects.
class Modelled {
 public:
  Modelled() : was_(g_engine.active) { g_engine.active = false; }
  ~Modelled() { g_engine.active = was_; }
  explicit operator bool() const { return was_; }

 private:
  const bool was_;
};

}  // namespace

LOCKSTEP_HOOK void lockstep_atomic_load(std::size_t size, const void* p, void* result,
                                        int order) asm("__atomic_load");
void lockstep_atomic_load(std::size_t size, const void* p, void* result, int order) {
  if (const Modelled modelled{}) {
    generic_load(size, p, result, order, LOCKSTEP_CALLER);
  } else {
    std::memcpy(result, p, size);
  }
}
LOCKSTEP_HOOK void lockstep_atomic_store(std::size_t size, void* p, const void* value,
                                         int order) asm("__atomic_store");
void lockstep_atomic_store(std::size_t size, void* p, const void* value, int order) {
  if (const Modelled modelled{}) {
    generic_store(size, p, value, order, LOCKSTEP_CALLER);
  } else {
    std::memcpy(p, value, size);
  }
}
LOCKSTEP_HOOK void lockstep_atomic_exchange(std::size_t size, void* p, const void* value,
                                            void* result, int order) asm("__atomic_exchange");
void lockstep_atomic_exchange(std::size_t size, void* p, const void* value, void* result,
                              int order) {
  if (const Modelled modelled{}) {
    generic_exchange(size, p, value, result, order, LOCKSTEP_CALLER);
  } else {
    std::memcpy(result, p, size);
    std::memcpy(p, value, size);
  }
}
LOCKSTEP_HOOK bool lockstep_atomic_compare_exchange(std::size_t size, void* p, void* expected,
                                                    const void* desired, int order,
                                                    int failure) asm("__atomic_compare_exchange");
bool lockstep_atomic_compare_exchange(std::size_t size, void* p, void* expected,
                                      const void* desired, int order, int failure) {
  if (const Modelled modelled{}) {
    return generic_compare_exchange(size, p, expected, desired, order, failure, LOCKSTEP_CALLER);
  }
  if (std::memcmp(p, expected, size) == 0) {
    std::memcpy(p, desired, size);
    return true;
  }
  std::memcpy(expected, p, size);
  return false;
}
