#ifndef GRADER_EXPLORER_SEARCH_RANDOM_H_
#define GRADER_EXPLORER_SEARCH_RANDOM_H_

#include <cstdint>

namespace lockstep {

// Random numbers that are the same everywhere (xorshift64*: Vigna, "An experimental exploration of
// Marsaglia's xorshift generators, scrambled", 2016).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567) {
    if (state_ == 0) state_ = 1;
    for (int i = 0; i < 8; ++i) next();
  }
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du;
  }
  // Uniform in [0, n).
  int below(int n) {
    return static_cast<int>(((next() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_RANDOM_H_
