// memcpy and its like, and qsort: their callers' accesses, which the compiler does not report.
// memcpy, memmove and memset must not be compiled into calls of themselves.

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "grader/explorer/hooks/library_memory.h"
#include "grader/explorer/model/raw.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

void access(const void* p, std::size_t size, bool writes, const void* pc) {
  fall_off(size);
  if (size != 0 && seen(pc)) plain_access(address_of(p), size, writes, pc);
}

}  // namespace

LOCKSTEP_HOOK void* memcpy(void* __restrict to, const void* __restrict from,
                           std::size_t size) noexcept {
  access(from, size, false, LOCKSTEP_CALLER);
  access(to, size, true, LOCKSTEP_CALLER);
  raw::copy(to, from, size);
  return to;
}
LOCKSTEP_HOOK void* memmove(void* to, const void* from, std::size_t size) noexcept {
  access(from, size, false, LOCKSTEP_CALLER);
  access(to, size, true, LOCKSTEP_CALLER);
  if (address_of(to) - address_of(from) >= size) {
    raw::copy(to, from, size);
  } else {
    raw::copy_backwards(to, from, size);
  }
  return to;
}
LOCKSTEP_HOOK void* memset(void* to, int value, std::size_t size) noexcept {
  access(to, size, true, LOCKSTEP_CALLER);
  raw::fill(to, value, size);
  return to;
}

LOCKSTEP_HOOK int memcmp(const void* left, const void* right, std::size_t size) noexcept {
  access(left, size, false, LOCKSTEP_CALLER);
  access(right, size, false, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(memcmp)(left, right, size);
}

// <cstring> has two of this name.
LOCKSTEP_HOOK const void* lockstep_memchr(const void* text, int wanted,
                                          std::size_t size) asm("memchr");
const void* lockstep_memchr(const void* text, int wanted, std::size_t size) {
  static const auto next = library<decltype(&lockstep_memchr)>("memchr");
  const void* const found = next(text, wanted, size);
  if (found != nullptr) size = address_of(found) - address_of(text) + 1;
  access(text, size, false, LOCKSTEP_CALLER);
  return found;
}

// How often it reads and writes which element is the library's affair: the array counts as written.
LOCKSTEP_HOOK void qsort(void* array, std::size_t count, std::size_t size,
                         int (*compare)(const void*, const void*)) {
  if (count > 1) access(array, count * size, true, LOCKSTEP_CALLER);
  LOCKSTEP_REAL(qsort)(array, count, size, compare);
}
