#ifndef GRADER_EXPLORER_TRACE_SOURCE_LINES_H_
#define GRADER_EXPLORER_TRACE_SOURCE_LINES_H_

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "grader/explorer/result.h"
#include "grader/explorer/trace/program.h"
#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// From instructions to lines. The members of the same names in Symbols say what these do.
class SourceLines {
 public:
  explicit SourceLines(Program& program) : program_(program) {}

  const std::vector<Place>& places(std::uintptr_t pc, bool exact);
  Place best_place(std::span<const Frame> stack);
  Place outermost_function(std::span<const Frame> stack);

 private:
  std::vector<Place> places_at(std::uintptr_t address);
  // Where an inlined call stands, in the function around it.
  Place declared_at(Dwarf_Die die, const Frame& frame);
  bool own_argument(Dwarf_Die function, Dwarf_Die& argument);
  Place call_place(Dwarf_Die& inlined, std::string_view folder);

  Program& program_;
  std::unordered_map<std::uintptr_t, std::vector<Place>> places_;  // by instruction
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_SOURCE_LINES_H_
