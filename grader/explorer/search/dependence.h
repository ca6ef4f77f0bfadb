#ifndef GRADER_EXPLORER_SEARCH_DEPENDENCE_H_
#define GRADER_EXPLORER_SEARCH_DEPENDENCE_H_

#include <cstdint>

#include "grader/explorer/model/thread.h"

namespace lockstep {

// A visible operation as the search sees it.
struct VisibleOp {
  Op op = Op::kStart;
  bool timed = false;
  std::uint32_t size = 0;
  std::uintptr_t address = 0;
  std::uintptr_t mutex = 0;

  static VisibleOp of(const Pending& pending) {
    return {pending.op, pending.timed, pending.size, pending.address,
            pending.mutex != nullptr ? pending.mutex->address : 0};
  }
};

// Whether doing `a` and `b` (of two threads) in the other order may lead to another state, or one
// of them may let the other go on.
bool dependent(const VisibleOp& a, const VisibleOp& b);

// Of two dependent operations, `earlier` done first: whether both can have been possible at once.
// An unlock and the lock that waited for it cannot.
bool may_be_coenabled(const VisibleOp& earlier, const VisibleOp& later);

// Whatever `later` depends on, `earlier` depends on too: so what came before `earlier` and matters
// to `later` is ordered before `earlier`, and need not be looked at again.
bool covers(const VisibleOp& earlier, const VisibleOp& later);

// Calls f(key) for each key of the step: dependent steps have a key in common.
template <class F>
void for_each_key(const VisibleOp& step, F f) {
  if (step.address != 0) {
    const std::uintptr_t last =
        step.size > 1 ? (step.address + step.size - 1) >> 3 : step.address >> 3;
    for (std::uintptr_t key = step.address >> 3; key <= last; ++key) f(key);
  }
  if (step.mutex != 0) f(step.mutex >> 3);
  if (step.op == Op::kFence) f(std::uintptr_t{0});
}

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_DEPENDENCE_H_
