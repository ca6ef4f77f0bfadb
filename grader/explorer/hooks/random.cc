// Randomness from outside the program: the same in every execution, so that a schedule replays and
// a verdict is the same everywhere.

#include <sys/random.h>
#include <sys/types.h>

#include <cstdlib>
#include <cstring>

#include "grader/explorer/hooks/hook.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014),
// begun anew with every execution.
std::uint64_t next_number() {
  constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15u;
  static std::uint32_t execution = 0;
  static std::uint64_t state = 0;
  if (execution != g_engine.execution) {
    execution = g_engine.execution;
    state = 0;
  }
  std::uint64_t z = state += kStep;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void fill(void* buffer, std::size_t size) {
  auto* bytes = static_cast<unsigned char*>(buffer);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(next_number());
}

}  // namespace

LOCKSTEP_HOOK ssize_t getrandom(void* buffer, std::size_t size, unsigned flags) {
  if (!modelled()) return LOCKSTEP_REAL(getrandom)(buffer, size, flags);
  fill(buffer, size);
  return static_cast<ssize_t>(size);
}
LOCKSTEP_HOOK int getentropy(void* buffer, std::size_t size) {
  if (!modelled()) return LOCKSTEP_REAL(getentropy)(buffer, size);
  fill(buffer, size);
  return 0;
}

// std::random_device::_M_getval(), whose source may be an instruction of the processor.
LOCKSTEP_HOOK unsigned lockstep_random_device(void* device) asm("_ZNSt13random_device9_M_getvalEv");
unsigned lockstep_random_device(void* device) {
  if (!modelled()) {
    static unsigned (*real)(void*) = nullptr;
    if (real == nullptr) real = real::next<unsigned (*)(void*)>("_ZNSt13random_device9_M_getvalEv");
    return real(device);
  }
  return static_cast<unsigned>(next_number());
}
