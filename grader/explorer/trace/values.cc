#include "grader/explorer/trace/values.h"

#include <dwarf.h>

#include <bit>
#include <cstdio>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/objects.h"

namespace lockstep::trace {
namespace {

// Memory of an unknown type may hold half an address, a hash of one, a stack canary: a number that
// is not small would differ from run to run.
constexpr std::uint64_t kSurelyNumber = 0xffff;

std::string hexadecimal(std::uint64_t bits) {
  char text[24];
  std::snprintf(text, sizeof text, bits < 10 ? "%lu" : "0x%lx", bits);
  return text;
}

std::int64_t sign_extended(std::uint64_t bits, std::uint64_t size) {
  const int unused = 64 - static_cast<int>(size) * 8;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

std::string floating(std::uint64_t bits, std::uint64_t size) {
  const double value = size == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(bits))
                                 : std::bit_cast<double>(bits);
  char text[40];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string character(std::uint64_t bits, std::uint64_t size) {
  if (bits >= ' ' && bits < 127) return {'\'', static_cast<char>(bits), '\''};
  return std::to_string(sign_extended(bits, size));
}

std::optional<std::string> base_value(Dwarf_Die& type, std::uint64_t bits, std::uint64_t size) {
  Dwarf_Attribute attribute;
  Dwarf_Word encoding = 0;
  if (dwarf_attr(&type, DW_AT_encoding, &attribute) == nullptr ||
      dwarf_formudata(&attribute, &encoding) != 0) {
    return hexadecimal(bits);
  }
  switch (encoding) {
    case DW_ATE_boolean:
      return bits == 0 ? "false" : bits == 1 ? "true" : hexadecimal(bits);
    case DW_ATE_signed:
      return std::to_string(sign_extended(bits, size));
    case DW_ATE_unsigned:
      return std::to_string(bits);
    case DW_ATE_float:
      return size == 4 || size == 8 ? floating(bits, size) : hexadecimal(bits);
    case DW_ATE_signed_char:
    case DW_ATE_unsigned_char:
      if (name_of_entry(type) == "char") return character(bits, size);
      return encoding == DW_ATE_signed_char ? std::to_string(sign_extended(bits, size))
                                            : std::to_string(bits);
    default:
      return hexadecimal(bits);
  }
}

std::string enumerator(Dwarf_Die& type, std::uint64_t bits, std::uint64_t size) {
  const std::uint64_t mask = size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << size * 8) - 1;
  std::string name;
  each_child(type, [&](Dwarf_Die& child) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dwarf_tag(&child) == DW_TAG_enumerator &&
        dwarf_attr(&child, DW_AT_const_value, &attribute) != nullptr &&
        dwarf_formudata(&attribute, &value) == 0 && (value & mask) == bits) {
      name = name_of_entry(child);
    }
    return name.empty();
  });
  return name.empty() ? std::to_string(sign_extended(bits, size)) : name;
}

}  // namespace

bool looks_like_address(std::uint64_t bits) {
  // Where Linux puts position-independent programs, heaps, mappings and stacks on x86-64 and arm64.
  return bits >= 0x5000'0000'0000 && bits < 0x8000'0000'0000;
}

std::optional<std::string> format_value(Program& program, std::uint64_t type, std::uint64_t bits,
                                        std::uint32_t size) {
  if (type == kNoValue || type == kReferenceItself || size == 0 || size > 8) return std::string();
  if (size < 8) bits &= (std::uint64_t{1} << size * 8) - 1;
  Dwarf_Die die = program.info().entry(type);
  if (type != 0 && die.addr != nullptr) {
    die = stripped(die);
    const bool address = is_pointer(die) || is_reference(die);
    if (address && bits == 0) return "null";
    if (is_class(die)) {
      if (name_of_entry(die) == "id" && bits == 0) return "no thread";
      if (name_of_entry(die) != "id") return std::string();
      return std::nullopt;
    }
    if (address) return std::nullopt;
    if (size == 8 && looks_like_address(bits) && dwarf_tag(&die) != DW_TAG_enumeration_type) {
      return std::nullopt;
    }
    if (size_of(die) == size) {
      if (dwarf_tag(&die) == DW_TAG_base_type) return base_value(die, bits, size);
      if (dwarf_tag(&die) == DW_TAG_enumeration_type) return enumerator(die, bits, size);
    }
  }
  if (size == 8 && looks_like_address(bits)) return std::nullopt;
  return bits <= kSurelyNumber ? hexadecimal(bits) : std::string();
}

}  // namespace lockstep::trace
