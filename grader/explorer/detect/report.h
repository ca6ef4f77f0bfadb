#ifndef GRADER_EXPLORER_DETECT_REPORT_H_
#define GRADER_EXPLORER_DETECT_REPORT_H_

// What the detectors do when they see something.

#include <cstddef>
#include <cstdint>

#include "grader/explorer/detect/shadow.h"

namespace lockstep {

struct RacingAccess {
  int thread;
  std::uint32_t clock;  // the thread's own, then
  shadow::Kind kind;
  const void* pc;
  int event;
};

// Goes on: the search wants to see what the race leads to.
void report_race(const RacingAccess& first, const RacingAccess& second, std::uintptr_t address,
                 std::size_t size);
// `access` has been, and nothing orders the free that comes now after it: in another interleaving
// the memory is gone before. Goes on.
void report_unordered_free(const RacingAccess& access, std::uintptr_t address, std::size_t size);
// Do not return.
void report_use_after_free(std::uintptr_t address, std::size_t size, shadow::Kind kind,
                           const void* pc, int event);
void report_dead_stack(int owner, std::uintptr_t address, std::size_t size, shadow::Kind kind,
                       const void* pc, int event);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_DETECT_REPORT_H_
