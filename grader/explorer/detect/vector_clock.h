#ifndef GRADER_EXPLORER_DETECT_VECTOR_CLOCK_H_
#define GRADER_EXPLORER_DETECT_VECTOR_CLOCK_H_

#include <cstdint>
#include <cstring>

namespace lockstep {

// More threads than this in one execution make pthread_create answer EAGAIN.
inline constexpr int kMaxThreads = 192;

// The most threads any execution of this process has had. Clock entries beyond it have never been
// written, so they are still zero and no loop has to look at them.
inline int g_clock_width = 1;

// A vector clock (Mattern, "Virtual Time and Global States of Distributed Systems", 1989): entry t is
// the last step of thread t that happened before.
struct VectorClock {
  std::uint32_t at[kMaxThreads];

  void clear() { std::memset(at, 0, sizeof(at[0]) * static_cast<std::size_t>(g_clock_width)); }
  void assign(const VectorClock& other) {
    std::memcpy(at, other.at, sizeof(at[0]) * static_cast<std::size_t>(g_clock_width));
  }
  void join(const VectorClock& other) {
    for (int t = 0; t < g_clock_width; ++t) {
      if (other.at[t] > at[t]) at[t] = other.at[t];
    }
  }
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_DETECT_VECTOR_CLOCK_H_
