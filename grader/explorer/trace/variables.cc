#include "grader/explorer/trace/variables.h"

#include <dwarf.h>

#include <algorithm>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/expression.h"
#include "grader/explorer/trace/memory.h"

namespace lockstep::trace {
namespace {

Dwarf_Addr code_address(Program& program, const Frame& frame) {
  return frame.pc - program.info().bias() - (frame.exact ? 0 : 1);
}

class Collector {
 public:
  Collector(Program& program, std::span<const Frame> stack, std::vector<Root>& roots)
      : program_(program), stack_(stack), roots_(roots) {}

  void add_variable(Dwarf_Die& variable, std::size_t frame);

 private:
  void add(Root::Kind kind, Dwarf_Die type, std::uintptr_t address, std::string_view name,
           Link link = Link::kDot);
  // A variable or capture `name` of `type` that lies at `address`.
  void add_stored(Dwarf_Die type, std::uintptr_t address, std::string_view name);
  // What a pointer or reference `name` of `type` leads to.
  void add_pointee(Dwarf_Die type, std::uintptr_t to, std::string_view name);
  void add_captures(Dwarf_Die closure, std::uintptr_t address);

  Program& program_;
  std::span<const Frame> stack_;
  std::vector<Root>& roots_;
};

void Collector::add(Root::Kind kind, Dwarf_Die type, std::uintptr_t address, std::string_view name,
                    Link link) {
  Expression expression;
  expression.text = name;
  expression.link = link;
  roots_.push_back({kind, {type, address, expression}});
}

void Collector::add_variable(Dwarf_Die& variable, std::size_t frame) {
  Dwarf_Die type;
  const std::string_view name = name_of_entry(variable);
  if (name.empty() || !type_of(variable, type)) return;
  const auto location = locate_variable(program_.info(), variable, stack_, frame);
  if (!location) return;
  if (location->in_memory) {
    add_stored(type, location->value, name);
    return;
  }
  type = stripped(type);
  if (is_pointer(type) || is_reference(type)) add_pointee(type, location->value, name);
}

void Collector::add_stored(Dwarf_Die type, std::uintptr_t address, std::string_view name) {
  type = stripped(type);
  const bool leads = is_pointer(type) || is_reference(type);
  if (!is_reference(type) && name != "this" && name != "__closure") {
    add(Root::Kind::kLocal, type, address, name);
  }
  if (!leads) return;
  if (const auto to = read_word(address)) add_pointee(type, *to, name);
}

void Collector::add_pointee(Dwarf_Die type, std::uintptr_t to, std::string_view name) {
  Dwarf_Die pointee;
  if (to == 0 || !type_of(type, pointee)) return;
  pointee = stripped(pointee);
  if (is_class(pointee) && program_.kind(pointee) == ClassKind::kClosure &&
      (name == "this" || name == "__closure")) {
    add_captures(pointee, to);
  } else if (name == "this") {
    add(Root::Kind::kThis, pointee, to, "", Link::kStart);
  } else if (is_reference(type)) {
    add(Root::Kind::kReference, pointee, to, name);
  } else {
    add(Root::Kind::kPointer, pointee, to, name, Link::kArrow);
  }
}

void Collector::add_captures(Dwarf_Die closure, std::uintptr_t address) {
  each_child(closure, [&](Dwarf_Die& child) {
    Dwarf_Die type;
    if (dwarf_tag(&child) != DW_TAG_member || !type_of(child, type)) return true;
    std::string_view name = name_of_entry(child);
    if (name.starts_with("__")) name.remove_prefix(2);  // as g++ calls them
    const auto offset = member_offset(child);
    if (!offset || name.empty()) return true;
    add_stored(type, address + *offset, name);
    if (is_reference(type)) add(Root::Kind::kLocal, type, address + *offset, name);
    return true;
  });
}

}  // namespace

std::vector<const DebugInfo::Scope*> functions_at(Program& program, const Frame& frame) {
  std::vector<const DebugInfo::Scope*> functions;
  for (const DebugInfo::Scope* scope : program.info().scopes_at(code_address(program, frame))) {
    if (scope->function) functions.push_back(scope);
  }
  std::reverse(functions.begin(), functions.end());
  return functions;
}

void collect_roots(Program& program, std::span<const Frame> stack, std::vector<Root>& roots) {
  Collector collector(program, stack, roots);
  for (std::size_t frame = 0; frame < stack.size(); ++frame) {
    std::vector<const DebugInfo::Scope*> own;
    bool in_own = false;
    for (const DebugInfo::Scope* scope :
         program.info().scopes_at(code_address(program, stack[frame]))) {
      Dwarf_Die die = scope->die;
      if (scope->function) in_own = program.own(die);
      if (in_own) own.push_back(scope);
    }
    for (auto scope = own.rbegin(); scope != own.rend(); ++scope) {
      for (Dwarf_Die variable : (*scope)->variables) collector.add_variable(variable, frame);
    }
  }
}

std::vector<Object> library_objects(Program& program, std::span<const Frame> stack) {
  std::vector<Object> objects;
  for (std::size_t frame = 0; frame < stack.size(); ++frame) {
    for (const DebugInfo::Scope* function : functions_at(program, stack[frame])) {
      Dwarf_Die die = function->die;
      if (program.own(die)) {
        std::reverse(objects.begin(), objects.end());  // what the program called itself, first
        return objects;
      }
      for (Dwarf_Die variable : function->variables) {
        Dwarf_Die type;
        Dwarf_Die pointee;
        if (name_of_entry(variable) != "this" || !type_of(variable, type)) continue;
        const auto location = locate_variable(program.info(), variable, stack, frame);
        type = stripped(type);
        if (!location || !type_of(type, pointee)) continue;
        std::optional<std::uintptr_t> to = location->value;
        if (location->in_memory) to = read_word(location->value);
        if (to && *to != 0) objects.push_back({stripped(pointee), *to, {}});
      }
    }
  }
  return {};
}

std::vector<Dwarf_Off> classes_of(Program& program, std::span<const Frame> stack) {
  std::vector<Dwarf_Off> classes;
  for (const Frame& frame : stack) {
    for (const DebugInfo::Scope* function : functions_at(program, frame)) {
      Dwarf_Die die = function->die;
      const Dwarf_Off of_class = program.class_of(die);
      if (of_class == 0 || !program.own(die)) continue;
      classes.push_back(of_class);
    }
  }
  return classes;
}

}  // namespace lockstep::trace
