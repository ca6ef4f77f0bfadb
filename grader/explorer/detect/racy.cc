#include "grader/explorer/detect/racy.h"

#include <algorithm>

namespace lockstep {

CodeSet g_racy_code;
CodeSet g_spinning_code;

void CodeSet::learn(const void* pc) {
  if (has(pc) || learnt_count_ == kMaxLearnt) return;
  for (int i = 0; i < learnt_count_; ++i) {
    if (learnt_[i] == pc) return;
  }
  learnt_[learnt_count_++] = pc;
}

bool CodeSet::grow() {
  if (learnt_count_ == 0) return false;
  bool grew = false;
  for (int k = 0; k < learnt_count_; ++k) {
    if (size_ >= kCapacity / 2 || has(learnt_[k])) continue;
    std::uint32_t i = slot(learnt_[k]);
    while (slots_[i] != nullptr) i = (i + 1) & (kCapacity - 1);
    slots_[i] = learnt_[k];
    ++size_;
    grew = true;
  }
  learnt_count_ = 0;
  return grew;
}

void CodeSet::clear() {
  if (size_ != 0) std::fill(std::begin(slots_), std::end(slots_), nullptr);
  size_ = 0;
  learnt_count_ = 0;
}

std::vector<const void*> CodeSet::members() const {
  std::vector<const void*> result;
  for (const void* pc : slots_) {
    if (pc != nullptr) result.push_back(pc);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace lockstep
