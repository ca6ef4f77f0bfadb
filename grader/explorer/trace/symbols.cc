#include "grader/explorer/trace/symbols.h"

#include <cxxabi.h>

#include <cerrno>
#include <cstdlib>
#include <unordered_map>

#include "grader/explorer/trace/naming.h"
#include "grader/explorer/trace/program.h"
#include "grader/explorer/trace/source_lines.h"
#include "grader/explorer/trace/values.h"

namespace lockstep::trace {
namespace {

// The program must not see that somebody looked at it.
class KeepErrno {
 public:
  KeepErrno() : value_(errno) {}
  ~KeepErrno() { errno = value_; }
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;

 private:
  const int value_;
};

}  // namespace

struct Symbols::Impl {
  Target target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                std::span<const Stack> others);
  std::optional<std::string> value(std::uint64_t type, std::uint64_t bits, std::uint32_t size);

  Program program;
  SourceLines lines{program};
  Naming naming{program, lines};
  std::unordered_map<std::uint64_t, Target> targets;  // by what was asked
};

// A loop asks the same thing thousands of times. The same frames at the same places, and heap
// memory that is never used twice in one execution: then the answer is the same too.
Target Symbols::Impl::target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                             std::span<const Stack> others) {
  std::uint64_t key = 0;
  const auto mix = [&key](std::uint64_t word) {
    key = (key ^ word) * 0x9E37'79B9'7F4A'7C15;
    key ^= key >> 29;
  };
  const auto mix_stack = [&mix](Stack stack) {
    mix(stack.size());
    for (const Frame& frame : stack) {
      mix(frame.pc);
      mix(frame.cfa);
    }
  };
  mix(address);
  mix(size);
  mix_stack(accessor);
  for (const Stack& other : others) mix_stack(other);
  const auto known = targets.find(key);
  if (known != targets.end()) return known->second;
  Target found = naming.target(address, size, accessor, others);
  targets.emplace(key, found);
  return found;
}

std::optional<std::string> Symbols::Impl::value(std::uint64_t type, std::uint64_t bits,
                                                std::uint32_t size) {
  if (auto text = format_value(program, type, bits, size)) return text;
  if (const auto found = naming.find_static(bits, 0)) return "&" + found->text;
  return std::nullopt;
}

Symbols::Symbols() : impl_(std::make_unique<Impl>()) {}
Symbols::~Symbols() = default;

void Symbols::set_heap(std::function<std::optional<HeapBlock>(std::uintptr_t)> block_of) {
  impl_->naming.set_heap(std::move(block_of));
  impl_->targets.clear();
}

// A report without names is better than none: whatever goes wrong in here stays in here.
std::vector<Place> Symbols::places(std::uintptr_t pc, bool exact) try {
  const KeepErrno keep;
  return impl_->lines.places(pc, exact);
} catch (...) {
  return {};
}

Place Symbols::best_place(Stack stack) try {
  const KeepErrno keep;
  return impl_->lines.best_place(stack);
} catch (...) {
  return {};
}

Place Symbols::outermost_function(Stack stack) try {
  const KeepErrno keep;
  return impl_->lines.outermost_function(stack);
} catch (...) {
  return {};
}

Target Symbols::target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                       std::span<const Stack> others) try {
  const KeepErrno keep;
  return impl_->target(address, size, accessor, others);
} catch (...) {
  Target target;
  target.address = address;
  target.size = size;
  return target;
}

void Symbols::annotate(Event& event, std::span<const Stack> others) {
  event.target = target(event.address, event.size, event.stack, others);
  const bool once = event.op == Op::kOnceBegin || event.op == Op::kOnceEnd;
  if (once && event.target.name == "unnamed memory") {
    event.target.name = "a static local's guard";  // the compiler's own variable
  }
}

std::optional<std::string> Symbols::value(std::uint64_t type, std::uint64_t bits,
                                          std::uint32_t size) try {
  const KeepErrno keep;
  return impl_->value(type, bits, size);
} catch (...) {
  return std::nullopt;
}

std::string Symbols::demangle(const char* mangled) {
  if (mangled == nullptr) return {};
  int status = 0;
  char* text = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string name = status == 0 && text != nullptr ? text : mangled;
  std::free(text);
  return name;
}

}  // namespace lockstep::trace
