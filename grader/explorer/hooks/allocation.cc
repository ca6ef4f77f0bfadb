// malloc, operator new and their families.

#include <malloc.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/raw.h"

namespace lockstep {

namespace {

using heap::Block;

[[noreturn]] void fail_memory_limit(std::size_t bytes) {
  trace::Failure failure = failure_of(Rule::kMemoryLimit);
  trace::OutOfMemory out;
  out.asked = bytes;
  out.limit = heap::kArenaSize;
  heap::arena_blocks(
      [](Block* block, void* total) {
        if (block->state == heap::kLive) *static_cast<std::size_t*>(total) += block->size;
      },
      &out.held);
  failure.what = out;
  fail_now(std::move(failure));
}

void* allocate(std::size_t bytes, std::size_t alignment, const void* pc) {
  if (!modelled()) return heap::house_allocate(bytes, alignment);
  const Inside inside;
  void* p = heap::arena_allocate(bytes, alignment, pc);
  if (p == nullptr) fail_memory_limit(bytes);
  heap::block_of(p)->thread = self()->id;
  if (__builtin_expect(g_engine.recording, 0)) recorder::allocated(address_of(p), bytes);
  return p;
}

[[noreturn]] void fail_double_free(std::size_t size, const void* p) {
  trace::Failure failure = failure_of(Rule::kDoubleFree);
  trace::FreedMemory freed;
  freed.access.op = Op::kFree;
  freed.access.thread = self()->id;
  freed.size = size;
  if (g_engine.recording) {
    freed.access.stack = failure.stack;
    freed.access.target = recorder::target(address_of(p), 1);
    if (const recorder::BlockHistory* history = recorder::history(address_of(p))) {
      freed.allocated_by = history->allocated_by;
      freed.allocated = history->allocated;
      freed.freed_by = history->freed_by;
      freed.freed = history->freed;
      freed.freed_event = history->freed_event;
    }
  }
  failure.what = std::move(freed);
  fail_now(std::move(failure));
}

// The memory at `p` is nobody's from now on.
void note_freed(void* p, std::size_t size) {
  locks::destroy_memory(address_of(p), size, Op::kFree);
  if (__builtin_expect(g_engine.recording, 0)) {
    if (size > 0 && shadow::is_shared(address_of(p))) {
      trace::Event step;
      step.op = Op::kFree;
      step.address = address_of(p);
      step.size = static_cast<std::uint32_t>(std::min<std::size_t>(size, 1u << 30));
      recorder::add(std::move(step));
    }
    recorder::freed(address_of(p));
  }
  shadow::freed(address_of(p), size);
}

// What was allocated before main belongs to every execution: none gives it back for good.
void release_early(void* p) {
  const Inside inside;
  const std::size_t size = heap::house_size(p);
  if (heap::freed_early_around(address_of(p), 1) != nullptr) fail_double_free(size, p);
  note_freed(p, size);
  heap::mark_freed_early(p);
}

void release(void* p, const void* pc) {
  if (p == nullptr) return;
  if (!heap::in_arena(p)) {
    if (!modelled() && heap::in_house(p)) heap::house_free(p);
    if (modelled() && heap::in_early(p)) release_early(p);
    return;
  }
  if (!modelled()) return;  // the arena is emptied as a whole
  const Inside inside;
  Block* block = heap::block_of(p);
  if (block->state == heap::kFreed) fail_double_free(block->size, p);
  if (block->state != heap::kLive) {
    trace::Failure failure = failure_of(Rule::kCrash);
    trace::Crash crash;
    crash.kind = trace::Crash::Kind::kAbort;
    crash.text = "free() of a pointer that malloc() did not return";
    failure.what = std::move(crash);
    fail_now(std::move(failure));
  }
  note_freed(p, block->size);
  heap::arena_mark_freed(block, pc);
}

std::size_t size_of(void* p) {
  return heap::in_arena(p) ? heap::block_of(p)->size : heap::house_size(p);
}

void* reallocate(void* p, std::size_t bytes, const void* pc) {
  if (p == nullptr) return allocate(bytes, 16, pc);
  if (bytes == 0) {
    release(p, pc);
    return nullptr;
  }
  void* q = allocate(bytes, 16, pc);
  if (q == nullptr) return nullptr;
  raw::copy(q, p, std::min(bytes, size_of(p)));
  release(p, pc);
  return q;
}

void* allocate_zeroed(std::size_t count, std::size_t size, const void* pc) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  void* p = allocate(bytes, 16, pc);
  if (p != nullptr) raw::fill(p, 0, bytes);
  return p;
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment, const void* pc) {
  void* p = allocate(bytes, alignment, pc);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

void* allocate_or_fail(std::size_t bytes, std::size_t alignment, const void* pc) {
  void* p = allocate(bytes, alignment, pc);
  if (p == nullptr) errno = ENOMEM;
  return p;
}

}  // namespace

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

LOCKSTEP_HOOK void* malloc(std::size_t bytes) noexcept {
  return allocate_or_fail(bytes, 16, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void free(void* p) noexcept { release(p, LOCKSTEP_CALLER); }
LOCKSTEP_HOOK void* calloc(std::size_t count, std::size_t size) noexcept {
  return allocate_zeroed(count, size, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void* realloc(void* p, std::size_t bytes) noexcept {
  return reallocate(p, bytes, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void* reallocarray(void* p, std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  return reallocate(p, bytes, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
  return allocate_or_fail(bytes, alignment, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  return allocate_or_fail(bytes, alignment, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK void* valloc(std::size_t bytes) noexcept {
  return allocate_or_fail(bytes, 4096, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int posix_memalign(void** result, std::size_t alignment, std::size_t bytes) noexcept {
  void* p = allocate(bytes, alignment, LOCKSTEP_CALLER);
  if (p == nullptr) return ENOMEM;
  *result = p;
  return 0;
}
LOCKSTEP_HOOK std::size_t malloc_usable_size(void* p) noexcept {
  return p == nullptr ? 0 : size_of(p);
}

#define LOCKSTEP_OPERATOR __attribute__((visibility("default")))

LOCKSTEP_OPERATOR void* operator new(std::size_t bytes) {
  return allocate_or_throw(bytes, 16, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void* operator new[](std::size_t bytes) {
  return allocate_or_throw(bytes, 16, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment), LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment), LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate(bytes, 16, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate(bytes, 16, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void operator delete(void* p) noexcept { release(p, LOCKSTEP_CALLER); }
LOCKSTEP_OPERATOR void operator delete[](void* p) noexcept { release(p, LOCKSTEP_CALLER); }
LOCKSTEP_OPERATOR void operator delete(void* p, std::size_t) noexcept {
  release(p, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void operator delete[](void* p, std::size_t) noexcept {
  release(p, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void operator delete(void* p, std::align_val_t) noexcept {
  release(p, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void operator delete[](void* p, std::align_val_t) noexcept {
  release(p, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  release(p, LOCKSTEP_CALLER);
}
LOCKSTEP_OPERATOR void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  release(p, LOCKSTEP_CALLER);
}
