#ifndef GRADER_EXPLORER_HOOKS_TIME_H_
#define GRADER_EXPLORER_HOOKS_TIME_H_

#include <time.h>

#include <cstdint>

namespace lockstep {

// Virtual time. The monotonic clock is g_engine.now; the calendar clock runs beside it from a fixed
// day, so that what a program prints is the same in every execution.
inline constexpr std::uint64_t kCalendarOffset = 1'767'225'600ull * 1'000'000'000;  // 2026-01-01

// The instant on the engine's clock that `time` on clock `id` means. Times before the epoch count
// as passed; beyond what 64 bits hold is for ever.
std::uint64_t instant(clockid_t id, const timespec& time);

// A length of time; saturates.
std::uint64_t duration(const timespec& time);

// The deadline `length` from now; saturates below locks::kNoDeadline.
std::uint64_t deadline_in(std::uint64_t length);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_TIME_H_
