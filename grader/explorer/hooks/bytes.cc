// memcpy, memmove, memset, and what std::string compares and searches with: their callers'
// accesses, which the compiler does not report. The first three must not be compiled into calls of
// themselves.

#include <cstddef>
#include <cstring>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/plain_memory.h"
#include "grader/explorer/model/raw.h"
#include "grader/explorer/model/world.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

// A size that no object of a body has is an end that comes before its beginning: the copy runs into
// memory that is not there. It would take all that is there first, so this is cut short.
void fall_off(std::size_t size) {
  constexpr std::size_t kPage = 4096;
  if (size > heap::kArenaSize && modelled()) {
    *reinterpret_cast<volatile char*>(~std::uintptr_t{0} - kPage) = 0;
  }
}

void access(const void* p, std::size_t size, bool writes, const void* pc) {
  fall_off(size);
  if (size != 0 && modelled() && world::in_program(pc)) {
    plain_access(address_of(p), size, writes, pc);
  }
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

LOCKSTEP_HOOK std::size_t strlen(const char* text) noexcept {
  const std::size_t size = LOCKSTEP_REAL(strlen)(text);
  access(text, size + 1, false, LOCKSTEP_CALLER);
  return size;
}

LOCKSTEP_HOOK int strcmp(const char* left, const char* right) noexcept {
  std::size_t same = 0;
  while (left[same] == right[same] && left[same] != 0) ++same;
  access(left, same + 1, false, LOCKSTEP_CALLER);
  access(right, same + 1, false, LOCKSTEP_CALLER);
  return static_cast<unsigned char>(left[same]) - static_cast<unsigned char>(right[same]);
}

// <cstring> has two of this name.
LOCKSTEP_HOOK const void* lockstep_memchr(const void* text, int wanted,
                                          std::size_t size) asm("memchr");
const void* lockstep_memchr(const void* text, int wanted, std::size_t size) {
  static decltype(&lockstep_memchr) library = nullptr;
  if (library == nullptr) library = real::next<decltype(&lockstep_memchr)>("memchr");
  const void* const found = library(text, wanted, size);
  if (found != nullptr) size = address_of(found) - address_of(text) + 1;
  access(text, size, false, LOCKSTEP_CALLER);
  return found;
}
