#include "grader/explorer/trace/capture.h"

#include <unwind.h>

#include <algorithm>

namespace lockstep::trace {
namespace {

struct Collector {
  std::vector<Frame>& frames;
  std::size_t skip;
  std::size_t most;
};

// Registers that a callee must preserve: the unwinder knows them in every frame. Others it may not
// have, and _Unwind_GetGR does not ask before it follows their pointer.
constexpr int kPreserved[] = {3, 6, 12, 13, 14, 15};

_Unwind_Reason_Code collect(_Unwind_Context* context, void* argument) {
  auto& collector = *static_cast<Collector*>(argument);
  // The context's CFA is that of the callee, which is this frame's stack pointer at the call: what
  // the callee itself lacked until now.
  const auto callee_cfa = static_cast<std::uintptr_t>(_Unwind_GetCFA(context));
  if (!collector.frames.empty()) collector.frames.back().cfa = callee_cfa;
  int before = 0;
  const auto pc = static_cast<std::uintptr_t>(_Unwind_GetIPInfo(context, &before));
  if (pc == 0 || collector.frames.size() == collector.most) return _URC_END_OF_STACK;
  Frame& frame = collector.frames.emplace_back();
  frame.pc = pc;
  frame.exact = before != 0;
  for (const int number : kPreserved) {
    frame.registers[number] = static_cast<std::uintptr_t>(_Unwind_GetGR(context, number));
    frame.known |= 1U << number;
  }
  frame.registers[7] = callee_cfa;
  frame.known |= 1U << 7;
  return _URC_NO_REASON;
}

}  // namespace

[[gnu::noinline]] std::vector<Frame> capture_stack(int skip, int most) {
  // Kept from call to call: what is returned takes no more room than it has frames, for a replay
  // keeps very many.
  static auto& frames = *new std::vector<Frame>;
  frames.clear();
  const auto skipped = static_cast<std::size_t>(skip < 0 ? 0 : skip) + 1;  // and this function
  const auto limit = static_cast<std::size_t>(most < 0 ? 0 : most) + skipped;
  frames.reserve(limit + 1);
  // One frame more than asked for: it brings the CFA of the last.
  Collector collector{frames, skipped, limit + 1};
  _Unwind_Backtrace(collect, &collector);
  const std::size_t end = std::min(frames.size(), limit);
  const std::size_t begin = std::min(skipped, end);
  return {frames.begin() + static_cast<std::ptrdiff_t>(begin),
          frames.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace lockstep::trace
