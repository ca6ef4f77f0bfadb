#include "grader/explorer/trace/source_lines.h"

#include <dwarf.h>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/source_files.h"
#include "grader/explorer/trace/variables.h"

namespace lockstep::trace {

const std::vector<Place>& SourceLines::places(std::uintptr_t pc, bool exact) {
  const std::uintptr_t address = pc - (exact ? 0 : 1);
  const auto known = places_.find(address);
  if (known != places_.end()) return known->second;
  return places_.emplace(address, places_at(address)).first->second;
}

std::vector<Place> SourceLines::places_at(std::uintptr_t address) {
  DebugInfo& info = program_.info();
  const Dwarf_Addr in_file = address - info.bias();
  const DebugInfo::Line line = info.line_at(in_file);
  if (line.file == nullptr) return {};
  const std::string_view folder = info.folder_at(in_file);
  Frame frame;
  frame.pc = address;
  frame.exact = true;
  std::vector<Place> places;
  Place place{shown_path(line.file, folder), line.line, ""};
  for (const DebugInfo::Scope* scope : functions_at(program_, frame)) {
    Dwarf_Die die = scope->die;
    place.function = program_.function_name(die);
    places.push_back(place);
    if (dwarf_tag(&die) != DW_TAG_inlined_subroutine) break;
    place = call_place(die, folder);
  }
  if (places.empty()) places.push_back(place);  // a line outside of every function
  return places;
}

Place SourceLines::call_place(Dwarf_Die& inlined, std::string_view folder) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0;
  Dwarf_Word line = 0;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  Dwarf_Die unit;
  if (dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_file, &attribute), &file) != 0 ||
      dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_line, &attribute), &line) != 0 ||
      dwarf_diecu(&inlined, &unit, nullptr, nullptr) == nullptr ||
      dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count) {
    return {};
  }
  const char* path = dwarf_filesrc(files, file, nullptr, nullptr);
  if (path == nullptr) return {};
  return {shown_path(path, folder), static_cast<int>(line), ""};
}

Place SourceLines::best_place(std::span<const Frame> stack) {
  for (const Frame& frame : stack) {
    for (const Place& place : places(frame.pc, frame.exact)) {
      if (place.line != 0 && is_own_file(place.file)) return place;
    }
  }
  return {};
}

Place SourceLines::outermost_function(std::span<const Frame> stack) {
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
    const auto functions = functions_at(program_, *frame);
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      Dwarf_Die die = (*function)->die;
      if (program_.own(die)) return declared_at(die, *frame);
    }
  }
  // A small function may have become part of the library's that calls it, with no trace but its
  // type.
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
    for (const DebugInfo::Scope* function : functions_at(program_, *frame)) {
      Dwarf_Die called;
      if (own_argument(function->die, called)) return declared_at(called, *frame);
    }
  }
  return {};
}

Place SourceLines::declared_at(Dwarf_Die die, const Frame& frame) {
  Place place = program_.declaration(die);
  place.file =
      shown_path(place.file, program_.info().folder_at(frame.pc - program_.info().bias() - 1));
  return place;
}

// A class of the program itself that `function`'s class was made for: std::function<...> calls a
// lambda in a function of its own.
bool SourceLines::own_argument(Dwarf_Die function, Dwarf_Die& argument) {
  constexpr int kMostArguments = 4;
  Dwarf_Die scope = program_.info().entry(program_.class_of(function));
  for (int i = 0; scope.addr != nullptr && i < kMostArguments; ++i) {
    if (!template_argument(scope, i, argument)) continue;
    if (is_class(argument) && program_.own(argument)) return true;
  }
  return false;
}

}  // namespace lockstep::trace
