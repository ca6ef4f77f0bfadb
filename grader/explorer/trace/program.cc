#include "grader/explorer/trace/program.h"

#include <dwarf.h>

#include <array>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::trace {
namespace {

std::string_view without_arguments(std::string_view name) {
  // operator< and its kin have no template arguments to lose.
  if (name.starts_with("operator")) return name;
  const std::size_t bracket = name.find('<');
  return bracket == 0 ? name : name.substr(0, bracket);
}

struct NamedKind {
  std::string_view name;
  ClassKind kind;
};

// What stands for its contents in libstdc++ and libc++. Everything else of a library is opaque.
constexpr std::array kLibraryKinds{
    NamedKind{"atomic", ClassKind::kAtomic},
    NamedKind{"atomic_ref", ClassKind::kOpaque},
    NamedKind{"atomic_flag", ClassKind::kTransparent},
    NamedKind{"__atomic_flag_base", ClassKind::kTransparent},
    NamedKind{"__atomic_base", ClassKind::kTransparent},
    NamedKind{"optional", ClassKind::kTransparent},
    NamedKind{"_Optional_base", ClassKind::kTransparent},
    NamedKind{"_Optional_payload", ClassKind::kTransparent},
    NamedKind{"_Optional_payload_base", ClassKind::kTransparent},
    NamedKind{"_Storage", ClassKind::kTransparent},
    NamedKind{"array", ClassKind::kTransparent},
    NamedKind{"tuple", ClassKind::kTransparent},
    NamedKind{"_Tuple_impl", ClassKind::kTransparent},
    NamedKind{"_Head_base", ClassKind::kTransparent},
    NamedKind{"unique_ptr", ClassKind::kPointer},
    NamedKind{"__uniq_ptr_data", ClassKind::kTransparent},
    NamedKind{"__uniq_ptr_impl", ClassKind::kTransparent},
    NamedKind{"shared_ptr", ClassKind::kPointer},
    NamedKind{"__shared_ptr", ClassKind::kTransparent},
    NamedKind{"vector", ClassKind::kVector},
    NamedKind{"deque", ClassKind::kDeque},
    NamedKind{"queue", ClassKind::kTransparent},
    NamedKind{"stack", ClassKind::kTransparent},
    NamedKind{"priority_queue", ClassKind::kTransparent},
    NamedKind{"pair", ClassKind::kPair},
    NamedKind{"id", ClassKind::kTransparent},
};

}  // namespace

bool Program::own_file(const char* file) {
  if (file == nullptr) return false;
  const auto found = own_files_.find(file);
  if (found != own_files_.end()) return found->second;
  const bool own = is_own_file(file);
  own_files_.emplace(file, own);
  return own;
}

bool Program::own(Dwarf_Die& die) {
  if (const char* file = declared_in(die)) return own_file(file);
  // g++ gives a lambda's operator() no file: its class has one.
  Dwarf_Die scope = info_.entry(class_of(die));
  return scope.addr != nullptr && own_file(declared_in(scope));
}

bool Program::is_closure(Dwarf_Die& type) {
  const std::string_view name = name_of_entry(type);
  if (!name.empty()) return name.starts_with("<lambda") || name.find("{lambda") != name.npos;
  bool called = false;
  each_child(type, [&](Dwarf_Die& child) {
    called = dwarf_tag(&child) == DW_TAG_subprogram && name_of_entry(child) == "operator()";
    return !called;
  });
  return called;
}

ClassKind Program::classify(Dwarf_Die& type) {
  if (is_closure(type)) return ClassKind::kClosure;
  if (own(type)) return ClassKind::kOwn;
  const std::string_view name = without_arguments(name_of_entry(type));
  for (const NamedKind& entry : kLibraryKinds) {
    if (name == entry.name) return entry.kind;
  }
  return ClassKind::kOpaque;
}

ClassKind Program::kind(Dwarf_Die& type) {
  const Dwarf_Off offset = dwarf_dieoffset(&type);
  const auto found = kinds_.find(offset);
  if (found != kinds_.end()) return found->second;
  const ClassKind kind = classify(type);
  kinds_.emplace(offset, kind);
  return kind;
}

std::string Program::scope_name(Dwarf_Off scope) {
  Dwarf_Die die = info_.entry(scope);
  return die.addr != nullptr && is_class(die) ? class_name(die) : std::string();
}

std::string Program::class_name(Dwarf_Die type) {
  std::string name(without_arguments(name_of_entry(type)));
  if (name.empty() || is_closure(type)) return {};
  const std::string outer = scope_name(info_.parent(dwarf_dieoffset(&type)));
  return outer.empty() ? name : outer + "::" + name;
}

Place Program::declaration(Dwarf_Die function) {
  Place place;
  place.function = function_name(function);
  Dwarf_Die scope = info_.entry(class_of(function));
  for (Dwarf_Die die : {function, scope}) {  // g++ says it of a lambda's class alone
    const char* file = die.addr == nullptr ? nullptr : declared_in(die);
    if (file == nullptr || dwarf_decl_line(&die, &place.line) != 0) continue;
    place.file = file;
    return place;
  }
  return place;
}

Dwarf_Off Program::class_of(Dwarf_Die function) {
  Dwarf_Die declaration = declaration_of(function);
  const Dwarf_Off parent = info_.parent(dwarf_dieoffset(&declaration));
  Dwarf_Die die = info_.entry(parent);
  return die.addr != nullptr && is_class(die) ? parent : 0;
}

std::string Program::function_name(Dwarf_Die function) {
  const std::string name(without_arguments(name_of_entry(function)));
  Dwarf_Die scope = info_.entry(class_of(function));
  if (scope.addr == nullptr) return name;
  if (!is_closure(scope)) {
    const std::string outer = class_name(scope);
    return outer.empty() ? name : outer + "::" + name;
  }
  // Who wrote the lambda: the function around its class.
  for (Dwarf_Off around = info_.parent(dwarf_dieoffset(&scope)); around != 0;
       around = info_.parent(around)) {
    Dwarf_Die die = info_.entry(around);
    if (die.addr == nullptr) break;
    if (dwarf_tag(&die) == DW_TAG_subprogram) {
      const std::string outer = function_name(die);
      return outer.starts_with("a lambda") ? outer : "a lambda in " + outer;
    }
  }
  return "a lambda";
}

}  // namespace lockstep::trace
