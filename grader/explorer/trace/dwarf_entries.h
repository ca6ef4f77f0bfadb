#ifndef GRADER_EXPLORER_TRACE_DWARF_ENTRIES_H_
#define GRADER_EXPLORER_TRACE_DWARF_ENTRIES_H_

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep::trace {

// Small questions to one debugging entry. None throws; an entry that lacks what is asked for gives
// false, 0 or an empty string.

// The name, also of what the entry is an instance or the definition of. Empty for none.
std::string_view name_of_entry(Dwarf_Die& die);

// The type of a variable, a member, a pointer, ...
bool type_of(Dwarf_Die& die, Dwarf_Die& type);

// The type itself, behind typedefs and const, volatile, atomic.
Dwarf_Die stripped(Dwarf_Die type);

// In bytes; 0 when unknown or incomplete.
std::uint64_t size_of(Dwarf_Die type);

// True for a struct, a class or a union.
bool is_class(Dwarf_Die& type);
bool is_pointer(Dwarf_Die& type);    // not to a member
bool is_reference(Dwarf_Die& type);  // & or &&

// Byte offset of a member or base class; nothing for a static member or a virtual base.
std::optional<std::uint64_t> member_offset(Dwarf_Die& member);

// The entry that carries the declaration: through DW_AT_abstract_origin and DW_AT_specification.
Dwarf_Die declaration_of(Dwarf_Die die);

// The file an entry was declared in; null for one the compiler made itself.
// The text lives as long as the Dwarf.
const char* declared_in(Dwarf_Die& die);

// The i-th type argument of a template, from 0.
bool template_argument(Dwarf_Die& type, int index, Dwarf_Die& argument);

// The address that DW_OP_addr, DW_OP_addrx or a constant (of a TLS offset) stands for.
std::optional<Dwarf_Addr> constant_address(Dwarf_Attribute& location, const Dwarf_Op& operation);

// How many elements one dimension of an array has; 0 for an unknown bound.
std::uint64_t subrange_count(Dwarf_Die& subrange);

// Calls `visit(child)` for the direct children, until it returns false.
template <typename Visit>
void each_child(Dwarf_Die& die, Visit visit) {
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return;
  do {
    if (!visit(child)) return;
  } while (dwarf_siblingof(&child, &child) == 0);
}

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_DWARF_ENTRIES_H_
