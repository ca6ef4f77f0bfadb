#ifndef GRADER_EXPLORER_DETECT_VECTOR_CLOCK_H_
#define GRADER_EXPLORER_DETECT_VECTOR_CLOCK_H_

#include <cstdint>

namespace lockstep {

// More threads than this in one execution make pthread_create answer EAGAIN.
inline constexpr int kMaxThreads = 192;

// The most threads any execution of this process has had, rounded up to whole groups. Clock entries
// beyond it have never been written, so they are still zero and no loop has to look at them.
inline constexpr int kClockGroup = 4;
inline int g_clock_width = kClockGroup;
inline void widen_clocks(int threads) {
  while (g_clock_width < threads) g_clock_width += kClockGroup;
}

// A vector clock (Mattern, "Virtual Time and Global States of Distributed Systems", 1989): entry t
// is the last step of thread t that happened before.
struct alignas(16) VectorClock {
  std::uint32_t at[kMaxThreads];

  void clear() {
    for_each_group([this](int t) { group(t) = Group{}; });
  }
  void assign(const VectorClock& other) {
    for_each_group([this, &other](int t) { group(t) = other.group(t); });
  }
  void join(const VectorClock& other) {
    for_each_group([this, &other](int t) {
      const Group mine = group(t);
      const Group its = other.group(t);
      group(t) = its > mine ? its : mine;
    });
  }

 private:
  // As many entries as one vector register holds. Most programs need a single group: a call of
  // memcpy would cost more than its work.
  using Group [[gnu::vector_size(16), gnu::may_alias]] = std::uint32_t;
  static_assert(kMaxThreads % kClockGroup == 0 && sizeof(Group) == kClockGroup * sizeof(at[0]));

  Group& group(int t) { return *reinterpret_cast<Group*>(at + t); }
  const Group& group(int t) const { return *reinterpret_cast<const Group*>(at + t); }

  template <class F>
  static void for_each_group(F f) {
    const int width = g_clock_width;
    int t = 0;
    do {
      f(t);
      t += kClockGroup;
      asm("" : "+r"(t));  // no loop that the compiler would turn into a call of memset or memcpy
    } while (t < width);
  }
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_DETECT_VECTOR_CLOCK_H_
