#include "grader/explorer/trace/dwarf_entries.h"

#include <dwarf.h>

namespace lockstep::trace {
namespace {

// A chain of typedefs or origins longer than this is a damaged file.
constexpr int kMostLinks = 32;

bool constant(Dwarf_Die& die, unsigned name, std::uint64_t& value) {
  Dwarf_Attribute attribute;
  Dwarf_Word word = 0;
  if (dwarf_attr(&die, name, &attribute) == nullptr || dwarf_formudata(&attribute, &word) != 0) {
    return false;
  }
  value = word;
  return true;
}

bool referenced(Dwarf_Die& die, unsigned name, Dwarf_Die& to) {
  Dwarf_Attribute attribute;
  return dwarf_attr(&die, name, &attribute) != nullptr &&
         dwarf_formref_die(&attribute, &to) != nullptr;
}

}  // namespace

std::string_view name_of_entry(Dwarf_Die& die) {
  const char* name = dwarf_diename(&die);
  return name == nullptr ? std::string_view() : std::string_view(name);
}

bool type_of(Dwarf_Die& die, Dwarf_Die& type) {
  Dwarf_Attribute attribute;
  return dwarf_attr_integrate(&die, DW_AT_type, &attribute) != nullptr &&
         dwarf_formref_die(&attribute, &type) != nullptr;
}

Dwarf_Die stripped(Dwarf_Die type) {
  for (int links = 0; links < kMostLinks; ++links) {
    switch (dwarf_tag(&type)) {
      case DW_TAG_typedef:
      case DW_TAG_const_type:
      case DW_TAG_volatile_type:
      case DW_TAG_restrict_type:
      case DW_TAG_atomic_type: {
        Dwarf_Die next;
        if (!referenced(type, DW_AT_type, next)) return type;
        type = next;
        break;
      }
      default:
        return type;
    }
  }
  return type;
}

std::uint64_t subrange_count(Dwarf_Die& subrange) {
  std::uint64_t value = 0;
  if (constant(subrange, DW_AT_count, value)) return value;
  if (constant(subrange, DW_AT_upper_bound, value)) return value + 1;
  return 0;
}

std::uint64_t size_of(Dwarf_Die type) {
  std::uint64_t count = 1;
  for (int links = 0; links < kMostLinks; ++links) {
    type = stripped(type);
    std::uint64_t size = 0;
    if (constant(type, DW_AT_byte_size, size)) return size * count;
    switch (dwarf_tag(&type)) {
      case DW_TAG_array_type: {
        each_child(type, [&](Dwarf_Die& child) {
          if (dwarf_tag(&child) == DW_TAG_subrange_type) count *= subrange_count(child);
          return true;
        });
        Dwarf_Die element;
        if (!referenced(type, DW_AT_type, element)) return 0;
        type = element;
        break;
      }
      case DW_TAG_pointer_type:
      case DW_TAG_reference_type:
      case DW_TAG_rvalue_reference_type:
        return sizeof(void*) * count;
      default:
        return 0;
    }
  }
  return 0;
}

bool is_class(Dwarf_Die& type) {
  const int tag = dwarf_tag(&type);
  return tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

bool is_pointer(Dwarf_Die& type) { return dwarf_tag(&type) == DW_TAG_pointer_type; }

bool is_reference(Dwarf_Die& type) {
  const int tag = dwarf_tag(&type);
  return tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type;
}

std::optional<std::uint64_t> member_offset(Dwarf_Die& member) {
  std::uint64_t offset = 0;
  Dwarf_Attribute attribute;
  if (dwarf_attr(&member, DW_AT_data_member_location, &attribute) != nullptr) {
    Dwarf_Word word = 0;
    if (dwarf_formudata(&attribute, &word) != 0) return std::nullopt;  // an expression
    return word;
  }
  if (constant(member, DW_AT_data_bit_offset, offset)) return offset / 8;
  if (dwarf_hasattr(&member, DW_AT_external) != 0 ||
      dwarf_hasattr(&member, DW_AT_declaration) != 0) {
    return std::nullopt;
  }
  return 0;  // of a union
}

Dwarf_Die declaration_of(Dwarf_Die die) {
  for (int links = 0; links < kMostLinks; ++links) {
    Dwarf_Die next;
    if (!referenced(die, DW_AT_abstract_origin, next) &&
        !referenced(die, DW_AT_specification, next)) {
      break;
    }
    die = next;
  }
  return die;
}

// Not dwarf_decl_file: it takes file 0 for none, which in DWARF 5 is the first.
const char* declared_in(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0;
  Dwarf_Die unit;
  Dwarf_Half version = 0;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_attr_integrate(&die, DW_AT_decl_file, &attribute) == nullptr ||
      dwarf_formudata(&attribute, &file) != 0 ||
      dwarf_cu_die(attribute.cu, &unit, &version, nullptr, nullptr, nullptr, nullptr, nullptr) ==
          nullptr ||
      (file == 0 && version < 5) || dwarf_getsrcfiles(&unit, &files, &count) != 0 ||
      file >= count) {
    return nullptr;
  }
  return dwarf_filesrc(files, file, nullptr, nullptr);
}

bool template_argument(Dwarf_Die& type, int index, Dwarf_Die& argument) {
  bool found = false;
  each_child(type, [&](Dwarf_Die& child) {
    if (dwarf_tag(&child) != DW_TAG_template_type_parameter || index-- > 0) return true;
    found = type_of(child, argument);
    return false;
  });
  return found;
}

std::optional<Dwarf_Addr> constant_address(Dwarf_Attribute& location, const Dwarf_Op& operation) {
  switch (operation.atom) {
    case DW_OP_addr:
    case DW_OP_const1u:
    case DW_OP_const2u:
    case DW_OP_const4u:
    case DW_OP_const8u:
    case DW_OP_constu:
      return operation.number;
    case DW_OP_addrx:
    case DW_OP_GNU_addr_index:
    case DW_OP_constx: {
      Dwarf_Attribute address;
      Dwarf_Addr value = 0;
      if (dwarf_getlocation_attr(&location, &operation, &address) != 0 ||
          dwarf_formaddr(&address, &value) != 0) {
        return std::nullopt;
      }
      return value;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace lockstep::trace
