#ifndef GRADER_EXPLORER_TRACE_NAMING_H_
#define GRADER_EXPLORER_TRACE_NAMING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "grader/explorer/trace/objects.h"
#include "grader/explorer/trace/program.h"
#include "grader/explorer/trace/recording.h"
#include "grader/explorer/trace/source_lines.h"
#include "grader/explorer/trace/symbols.h"

namespace lockstep::trace {

// From addresses to names: see Symbols::target.
class Naming {
 public:
  Naming(Program& program, SourceLines& lines);

  Target target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                std::span<const Stack> others);

  // The variable with static storage, or a thread-local one of the calling thread, at an address.
  std::optional<Expression> find_static(std::uintptr_t address, std::uint32_t size);

  void set_heap(std::function<std::optional<HeapBlock>(std::uintptr_t)> block_of) {
    block_of_ = std::move(block_of);
  }

 private:
  Object static_object(const DebugInfo::Variable& variable, std::uintptr_t base);
  std::optional<Expression> find(std::uintptr_t address, std::uint32_t size, Stack accessor,
                                 std::span<const Stack> others);
  // Fills in name and path as seen from `accessor`.
  void put_name(const Expression& found, Stack accessor, Target& target);
  std::string within_class(const Expression& found, const Expression::Mark& mark);
  // What holds an address that no variable leads to.
  std::string described(std::uintptr_t address, Stack accessor, std::span<const Stack> others);
  std::optional<std::string> frame_that_holds(std::uintptr_t address, Stack stack);

  Program& program_;
  SourceLines& lines_;
  const std::size_t tls_size_;
  std::function<std::optional<HeapBlock>(std::uintptr_t)> block_of_;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_NAMING_H_
