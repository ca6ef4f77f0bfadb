#ifndef GRADER_EXPLORER_DETECT_RACY_H_
#define GRADER_EXPLORER_DETECT_RACY_H_

// What the explorer learns of a program while it runs it: the code that races (its plain accesses
// become scheduling points), the code that spins. Both sets are frozen while an execution runs,
// grow between executions, and are part of a schedule.

#include <cstdint>
#include <vector>

namespace lockstep {

// A set of code addresses.
class CodeSet {
 public:
  bool has(const void* pc) const {
    for (std::uint32_t i = slot(pc);; i = (i + 1) & (kCapacity - 1)) {
      if (slots_[i] == pc) return true;
      if (slots_[i] == nullptr) return false;
    }
  }
  bool empty() const { return size_ == 0; }
  // To be part of the set from the next execution on.
  void learn(const void* pc);
  // Takes in what was learnt; true when the set grew.
  bool grow();
  void clear();
  std::vector<const void*> members() const;

 private:
  static constexpr std::uint32_t kCapacity = 1 << 12;
  static std::uint32_t slot(const void* pc) {
    return static_cast<std::uint32_t>((reinterpret_cast<std::uint64_t>(pc) * 0x9E3779B97F4A7C15u) >>
                                      52);
  }
  std::uint32_t size_ = 0;
  const void* slots_[kCapacity] = {};
  static constexpr int kMaxLearnt = 256;
  const void* learnt_[kMaxLearnt] = {};
  int learnt_count_ = 0;
};

extern CodeSet g_racy_code;
extern CodeSet g_spinning_code;

}  // namespace lockstep

#endif  // GRADER_EXPLORER_DETECT_RACY_H_
