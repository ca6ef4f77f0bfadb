#include "grader/explorer/trace/debug_info.h"

#include <dwarf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>

#include "grader/explorer/trace/dwarf_entries.h"

namespace lockstep::trace {
namespace {

// Deeper nesting than any compiler writes: a damaged file must not overflow the stack.
constexpr int kMostDepth = 64;

std::uintptr_t load_bias() {
  std::uintptr_t bias = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        *static_cast<std::uintptr_t*>(data) = info->dlpi_addr;
        return 1;  // the first is the executable
      },
      &bias);
  return bias;
}

std::vector<DebugInfo::Range> ranges_of(Dwarf_Die& die) {
  std::vector<DebugInfo::Range> ranges;
  Dwarf_Addr base = 0;
  Dwarf_Addr low = 0;
  Dwarf_Addr high = 0;
  for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &low, &high)) > 0;) {
    if (low < high) ranges.push_back({low, high});
  }
  return ranges;
}

bool any_contains(const std::vector<DebugInfo::Range>& ranges, Dwarf_Addr address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [address](const DebugInfo::Range& range) { return range.contains(address); });
}

void build_scope(DebugInfo::Scope& scope, int depth) {
  Dwarf_Die child;
  if (depth > kMostDepth || dwarf_child(&scope.die, &child) != 0) return;
  do {
    switch (dwarf_tag(&child)) {
      case DW_TAG_variable:
      case DW_TAG_formal_parameter:
        scope.variables.push_back(child);
        break;
      case DW_TAG_lexical_block:
      case DW_TAG_try_block:
      case DW_TAG_catch_block:
      case DW_TAG_inlined_subroutine: {
        DebugInfo::Scope& inner = scope.inner.emplace_back();
        inner.die = child;
        inner.function = dwarf_tag(&child) == DW_TAG_inlined_subroutine;
        inner.ranges = ranges_of(child);
        if (inner.ranges.empty() && !inner.function) inner.ranges = scope.ranges;
        build_scope(inner, depth + 1);
        break;
      }
      default:
        break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

bool find_call_site(Dwarf_Die& die, Dwarf_Addr address, int depth, Dwarf_Die& site) {
  Dwarf_Die child;
  if (depth > kMostDepth || dwarf_child(&die, &child) != 0) return false;
  do {
    switch (dwarf_tag(&child)) {
      case DW_TAG_call_site:
      case DW_TAG_GNU_call_site: {
        Dwarf_Attribute attribute;
        Dwarf_Addr returns_to = 0;
        if ((dwarf_attr(&child, DW_AT_call_return_pc, &attribute) != nullptr ||
             dwarf_attr(&child, DW_AT_low_pc, &attribute) != nullptr) &&
            dwarf_formaddr(&attribute, &returns_to) == 0 && returns_to == address) {
          site = child;
          return true;
        }
        break;
      }
      case DW_TAG_lexical_block:
      case DW_TAG_inlined_subroutine:
        if (find_call_site(child, address, depth + 1, site)) return true;
        break;
      default:
        break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
  return false;
}

}  // namespace

DebugInfo::DebugInfo() {
  bias_ = load_bias();
  open_executable();
  if (dwarf_ != nullptr) list_units();
}

DebugInfo::~DebugInfo() {
  if (dwarf_ != nullptr) dwarf_end(dwarf_);
  if (descriptor_ >= 0) close(descriptor_);
}

void DebugInfo::open_executable() {
  descriptor_ = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) {  // a jail without /proc
    const auto* path = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    if (path != nullptr) descriptor_ = open(path, O_RDONLY | O_CLOEXEC);
  }
  if (descriptor_ >= 0) dwarf_ = dwarf_begin(descriptor_, DWARF_C_READ);
}

void DebugInfo::list_units() {
  Dwarf_CU* unit = nullptr;
  Dwarf_Half version = 0;
  std::uint8_t type = 0;
  Dwarf_Die die;
  Dwarf_Die sub;
  while (dwarf_get_units(dwarf_, unit, &unit, &version, &type, &die, &sub) == 0) {
    if (type != DW_UT_compile) continue;
    Unit& added = units_.emplace_back();
    added.die = die;
    added.ranges = ranges_of(die);
    Dwarf_Attribute attribute;
    const char* folder = dwarf_formstring(dwarf_attr(&die, DW_AT_comp_dir, &attribute));
    if (folder != nullptr) added.folder = folder;
  }
}

DebugInfo::Unit* DebugInfo::unit_at(Dwarf_Addr address) {
  for (Unit& unit : units_) {
    if (any_contains(unit.ranges, address)) return &unit;
  }
  return nullptr;
}

void DebugInfo::index(Unit& unit) {
  if (unit.indexed) return;
  unit.indexed = true;
  index_entry(unit, unit.die, 0, 0);
  std::sort(unit.functions.begin(), unit.functions.end(),
            [](const Function& a, const Function& b) { return a.range.low < b.range.low; });
  const auto by_address = [](const Variable& a, const Variable& b) {
    return a.memory.low < b.memory.low;
  };
  std::sort(statics_.begin(), statics_.end(), by_address);
  std::sort(thread_locals_.begin(), thread_locals_.end(), by_address);
}

void DebugInfo::index_entry(Unit& unit, Dwarf_Die& die, Dwarf_Off parent, int depth) {
  const Dwarf_Off self = dwarf_dieoffset(&die);
  if (parent != 0) parents_.emplace(self, parent);
  Dwarf_Die child;
  if (depth > kMostDepth || dwarf_child(&die, &child) != 0) return;
  do {
    switch (dwarf_tag(&child)) {
      case DW_TAG_subprogram:
        for (const Range& range : ranges_of(child)) {
          Function& function = unit.functions.emplace_back();
          function.range = range;
          function.die = child;
        }
        [[fallthrough]];
      case DW_TAG_namespace:
      case DW_TAG_class_type:
      case DW_TAG_structure_type:
      case DW_TAG_union_type:
      case DW_TAG_lexical_block:
        index_entry(unit, child, self, depth + 1);
        break;
      case DW_TAG_enumeration_type:
        parents_.emplace(dwarf_dieoffset(&child), self);
        break;
      case DW_TAG_member:
        if (dwarf_hasattr(&child, DW_AT_declaration) != 0) {
          parents_.emplace(dwarf_dieoffset(&child), self);
        }
        break;
      case DW_TAG_variable:
        if (dwarf_hasattr(&child, DW_AT_declaration) != 0) {
          parents_.emplace(dwarf_dieoffset(&child), self);
        } else {
          add_variable(child);
        }
        break;
      default:
        break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

void DebugInfo::add_variable(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  if (dwarf_attr(&die, DW_AT_location, &attribute) == nullptr) return;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (dwarf_getlocation(&attribute, &operations, &count) != 0 || count == 0) return;
  Dwarf_Die type;
  if (!type_of(die, type)) return;
  // clang may leave out what a library class is made of: then its beginning alone has a name.
  const Dwarf_Addr size = std::max<std::uint64_t>(size_of(type), 1);
  const auto at = constant_address(attribute, operations[0]);
  if (!at) return;
  const bool thread_local_storage = count > 1 && (operations[1].atom == DW_OP_form_tls_address ||
                                                  operations[1].atom == DW_OP_GNU_push_tls_address);
  if (!thread_local_storage && count != 1) return;
  if (!thread_local_storage && *at == 0) return;  // discarded by the linker
  (thread_local_storage ? thread_locals_ : statics_).push_back({{*at, *at + size}, die});
}

void DebugInfo::index_all() {
  if (all_indexed_) return;
  all_indexed_ = true;
  for (Unit& unit : units_) index(unit);
}

const std::vector<DebugInfo::Variable>& DebugInfo::statics() {
  index_all();
  return statics_;
}

const std::vector<DebugInfo::Variable>& DebugInfo::thread_locals() {
  index_all();
  return thread_locals_;
}

DebugInfo::Function* DebugInfo::function_at(Dwarf_Addr address) {
  Unit* unit = unit_at(address);
  if (unit == nullptr) return nullptr;
  index(*unit);
  auto after = std::upper_bound(
      unit->functions.begin(), unit->functions.end(), address,
      [](Dwarf_Addr wanted, const Function& function) { return wanted < function.range.low; });
  if (after == unit->functions.begin()) return nullptr;
  Function& function = *--after;
  return function.range.contains(address) ? &function : nullptr;
}

std::vector<const DebugInfo::Scope*> DebugInfo::scopes_at(Dwarf_Addr address) {
  std::vector<const Scope*> scopes;
  Function* function = function_at(address);
  if (function == nullptr) return scopes;
  if (function->scope == nullptr) {
    function->scope = std::make_unique<Scope>();
    function->scope->die = function->die;
    function->scope->function = true;
    function->scope->ranges = ranges_of(function->die);
    build_scope(*function->scope, 0);
  }
  const Scope* scope = function->scope.get();
  while (scope != nullptr) {
    scopes.push_back(scope);
    const Scope* next = nullptr;
    for (const Scope& inner : scope->inner) {
      if (any_contains(inner.ranges, address)) {
        next = &inner;
        break;
      }
    }
    scope = next;
  }
  return scopes;
}

void DebugInfo::load_rows(Unit& unit) {
  if (unit.has_rows) return;
  unit.has_rows = true;
  Dwarf_Lines* lines = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrclines(&unit.die, &lines, &count) != 0) return;
  unit.rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* line = dwarf_onesrcline(lines, i);
    Dwarf_Addr address = 0;
    int number = 0;
    bool ends = false;
    if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineno(line, &number) != 0) continue;
    dwarf_lineendsequence(line, &ends);
    if (ends) {
      unit.rows.push_back({address, nullptr, 0});
    } else if (number != 0) {  // line 0: the compiler's own code; the line before will do
      unit.rows.push_back({address, dwarf_linesrc(line, nullptr, nullptr), number});
    }
  }
  // Rows of one address: the end of one sequence comes before the beginning of the next.
  std::stable_sort(unit.rows.begin(), unit.rows.end(), [](const Row& a, const Row& b) {
    if (a.address != b.address) return a.address < b.address;
    return a.file == nullptr && b.file != nullptr;
  });
}

DebugInfo::Line DebugInfo::line_at(Dwarf_Addr address) {
  Unit* unit = unit_at(address);
  if (unit == nullptr) return {};
  load_rows(*unit);
  auto after =
      std::upper_bound(unit->rows.begin(), unit->rows.end(), address,
                       [](Dwarf_Addr wanted, const Row& row) { return wanted < row.address; });
  if (after == unit->rows.begin()) return {};
  const Row& row = *--after;
  return {row.file, row.line};
}

std::string_view DebugInfo::folder_at(Dwarf_Addr address) {
  const Unit* unit = unit_at(address);
  return unit == nullptr ? std::string_view() : std::string_view(unit->folder);
}

Dwarf_Die DebugInfo::entry(Dwarf_Off offset) {
  Dwarf_Die die{};
  if (dwarf_ == nullptr || offset == 0 || dwarf_offdie(dwarf_, offset, &die) == nullptr)
    return Dwarf_Die{};
  return die;
}

Dwarf_Off DebugInfo::parent(Dwarf_Off offset) const {
  const auto found = parents_.find(offset);
  return found == parents_.end() ? 0 : found->second;
}

bool DebugInfo::call_site(Dwarf_Addr address, Dwarf_Die& site) {
  // The address is the one after the call, which may be the first of another function.
  Function* function = address == 0 ? nullptr : function_at(address - 1);
  return function != nullptr && find_call_site(function->die, address, 0, site);
}

}  // namespace lockstep::trace
