#ifndef GRADER_EXPLORER_MODEL_DECISIONS_H_
#define GRADER_EXPLORER_MODEL_DECISIONS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/raw.h"

namespace lockstep {

// A thread that took a step, or (with kOutcome) how the step fell.
using Decision = std::uint16_t;
inline constexpr Decision kOutcome = 0x8000;

// Every decision of the execution under way: what a schedule is made of. Zero bytes are an empty
// one.
class Decisions {
 public:
  void clear() { count_ = 0; }
  void add(Decision decision) {
    if (__builtin_expect(count_ == capacity_, 0)) grow();
    data_[count_++] = decision;
  }
  std::vector<Decision> copy() const { return {data_, data_ + count_}; }

 private:
  void grow() {
    const std::size_t capacity = capacity_ == 0 ? 1 << 12 : capacity_ * 2;
    auto* data = static_cast<Decision*>(map_memory(capacity * sizeof(Decision)));
    raw::copy(data, data_, count_ * sizeof(Decision));
    if (data_ != nullptr) unmap_memory(data_, capacity_ * sizeof(Decision));
    data_ = data;
    capacity_ = capacity;
  }

  Decision* data_;
  std::size_t count_;
  std::size_t capacity_;
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_DECISIONS_H_
