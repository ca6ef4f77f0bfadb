// <string.h>: text that is copied, joined, compared and searched for the caller. What a function
// does not come to, it does not read.

#include <cstring>

#include "grader/explorer/hooks/library_memory.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

void copies(char* to, const char* from, const void* pc) {
  if (!seen(pc)) return;
  const std::size_t size = with_end(from);
  reads(from, size, pc);
  writes(to, size, pc);
}

void appends(char* to, const char* from, std::size_t most, const void* pc) {
  if (!seen(pc)) return;
  const std::size_t before = length(to);
  const std::size_t size = length(from, most);
  reads(from, with_end(from, most), pc);
  reads(to, before, pc);
  writes(to + before, size + 1, pc);
}

// Up to the first difference, the end, or `most` characters.
void compares(const char* left, const char* right, std::size_t most, const void* pc) {
  if (!seen(pc)) return;
  std::size_t same = 0;
  while (same < most && left[same] == right[same] && left[same] != 0) ++same;
  const std::size_t size = same < most ? same + 1 : same;
  reads(left, size, pc);
  reads(right, size, pc);
}

}  // namespace

LOCKSTEP_HOOK char* strcpy(char* to, const char* from) noexcept {
  copies(to, from, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(strcpy)(to, from);
}

LOCKSTEP_HOOK char* stpcpy(char* to, const char* from) noexcept {
  copies(to, from, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(stpcpy)(to, from);
}

// Fills up with zeros.
LOCKSTEP_HOOK char* strncpy(char* to, const char* from, std::size_t size) noexcept {
  if (seen(LOCKSTEP_CALLER)) {
    reads(from, with_end(from, size), LOCKSTEP_CALLER);
    writes(to, size, LOCKSTEP_CALLER);
  }
  return LOCKSTEP_REAL(strncpy)(to, from, size);
}

LOCKSTEP_HOOK char* strcat(char* to, const char* from) noexcept {
  appends(to, from, kToTheEnd, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(strcat)(to, from);
}

LOCKSTEP_HOOK char* strncat(char* to, const char* from, std::size_t most) noexcept {
  appends(to, from, most, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(strncat)(to, from, most);
}

LOCKSTEP_HOOK char* strdup(const char* text) noexcept {
  if (!seen(LOCKSTEP_CALLER)) return LOCKSTEP_REAL(strdup)(text);
  const std::size_t size = with_end(text);
  reads(text, size, LOCKSTEP_CALLER);
  char* const copy = LOCKSTEP_REAL(strdup)(text);
  if (copy != nullptr) writes(copy, size, LOCKSTEP_CALLER);
  return copy;
}

LOCKSTEP_HOOK std::size_t strlen(const char* text) noexcept {
  if (seen(LOCKSTEP_CALLER)) reads(text, with_end(text), LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(strlen)(text);
}

LOCKSTEP_HOOK int strcmp(const char* left, const char* right) noexcept {
  compares(left, right, kToTheEnd, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(strcmp)(left, right);
}

LOCKSTEP_HOOK int strncmp(const char* left, const char* right, std::size_t most) noexcept {
  compares(left, right, most, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(strncmp)(left, right, most);
}

LOCKSTEP_HOOK const char* lockstep_strchr(const char* text, int wanted) asm("strchr");
const char* lockstep_strchr(const char* text, int wanted) {
  static const auto next = library<decltype(&lockstep_strchr)>("strchr");
  if (seen(LOCKSTEP_CALLER)) {
    std::size_t size = 0;
    while (text[size] != static_cast<char>(wanted) && text[size] != 0) ++size;
    reads(text, size + 1, LOCKSTEP_CALLER);
  }
  return next(text, wanted);
}

LOCKSTEP_HOOK const char* lockstep_strrchr(const char* text, int wanted) asm("strrchr");
const char* lockstep_strrchr(const char* text, int wanted) {
  static const auto next = library<decltype(&lockstep_strrchr)>("strrchr");
  if (seen(LOCKSTEP_CALLER)) reads(text, with_end(text), LOCKSTEP_CALLER);
  return next(text, wanted);
}

LOCKSTEP_HOOK const char* lockstep_strstr(const char* text, const char* wanted) asm("strstr");
const char* lockstep_strstr(const char* text, const char* wanted) {
  static const auto next = library<decltype(&lockstep_strstr)>("strstr");
  if (seen(LOCKSTEP_CALLER)) {
    const std::size_t size = length(wanted);
    const char* const found = next(text, wanted);
    reads(wanted, size + 1, LOCKSTEP_CALLER);
    reads(text, found != nullptr ? static_cast<std::size_t>(found - text) + size : with_end(text),
          LOCKSTEP_CALLER);
  }
  return next(text, wanted);
}
