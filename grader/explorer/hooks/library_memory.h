#ifndef GRADER_EXPLORER_HOOKS_LIBRARY_MEMORY_H_
#define GRADER_EXPLORER_HOOKS_LIBRARY_MEMORY_H_

// What a function of a library, which nobody instruments, reads or writes for its caller.

#include <algorithm>
#include <cstddef>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/plain_memory.h"
#include "grader/explorer/model/world.h"

namespace lockstep {

// Whether explored code itself called from `pc`.
inline bool seen(const void* pc) { return modelled() && world::in_program(pc); }

// A size that no object of a body has is an end that comes before its beginning: the call runs into
// memory that is not there. It would take all that is there first, so this is cut short.
inline void fall_off(std::size_t size) {
  constexpr std::size_t kPage = 4096;
  if (size > heap::kArenaSize && modelled()) {
    *reinterpret_cast<volatile char*>(~std::uintptr_t{0} - kPage) = 0;
  }
}

inline void reads(const void* p, std::size_t size, const void* pc) {
  fall_off(size);
  if (size != 0) plain_access(address_of(p), size, false, pc);
}
inline void writes(const void* p, std::size_t size, const void* pc) {
  fall_off(size);
  if (size != 0) plain_access(address_of(p), size, true, pc);
}

// The library's own function, where LOCKSTEP_REAL does not do: one without a declaration, or with
// several.
template <class F>
F library(const char* name) {
  const Inside inside;
  return real::next<F>(name);
}

inline constexpr std::size_t kToTheEnd = ~std::size_t{0};

// Of the first `most` characters those before the end of the text.
inline std::size_t length(const char* text, std::size_t most = kToTheEnd) {
  std::size_t size = 0;
  while (size < most && text[size] != 0) ++size;
  return size;
}

// The same and the end itself, if it is among them.
inline std::size_t with_end(const char* text, std::size_t most = kToTheEnd) {
  const std::size_t size = length(text, most);
  return size < most ? size + 1 : size;
}

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_LIBRARY_MEMORY_H_
