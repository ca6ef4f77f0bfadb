#ifndef GRADER_EXPLORER_MODEL_THREAD_SET_H_
#define GRADER_EXPLORER_MODEL_THREAD_SET_H_

#include <bit>
#include <cstdint>

#include "grader/explorer/detect/vector_clock.h"

namespace lockstep {

// A set of thread numbers.
class ThreadSet {
 public:
  void add(int t) { words_[t >> 6] |= bit(t); }
  void remove(int t) { words_[t >> 6] &= ~bit(t); }
  bool has(int t) const { return (words_[t >> 6] & bit(t)) != 0; }
  bool empty() const { return (words_[0] | words_[1] | words_[2]) == 0; }
  int first() const {  // -1 when empty
    for (int w = 0; w < kWords; ++w) {
      if (words_[w] != 0) return w * 64 + std::countr_zero(words_[w]);
    }
    return -1;
  }
  ThreadSet operator&(const ThreadSet& other) const {
    ThreadSet result = *this;
    for (int w = 0; w < kWords; ++w) result.words_[w] &= other.words_[w];
    return result;
  }
  ThreadSet operator|(const ThreadSet& other) const {
    ThreadSet result = *this;
    for (int w = 0; w < kWords; ++w) result.words_[w] |= other.words_[w];
    return result;
  }
  ThreadSet without(const ThreadSet& other) const {
    ThreadSet result = *this;
    for (int w = 0; w < kWords; ++w) result.words_[w] &= ~other.words_[w];
    return result;
  }

 private:
  static constexpr int kWords = 3;
  static_assert(kWords * 64 >= kMaxThreads);
  static std::uint64_t bit(int t) { return std::uint64_t{1} << (t & 63); }
  std::uint64_t words_[kWords] = {};
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_THREAD_SET_H_
