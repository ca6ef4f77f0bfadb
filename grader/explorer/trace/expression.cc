#include "grader/explorer/trace/expression.h"

#include <dwarf.h>

#include <array>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/memory.h"

namespace lockstep::trace {
namespace {

// An entry value may lead to another in the caller's caller; more than this is not worth it.
constexpr int kMostCallers = 4;
constexpr std::size_t kMostOperations = 256;

// One run of DWARF's stack machine (DWARF 5, section 2.5) for one frame.
class Machine {
 public:
  Machine(DebugInfo& info, std::span<const Frame> stack, std::size_t frame, int callers)
      : info_(info), stack_(stack), number_(frame), frame_(stack[frame]), callers_(callers) {}

  std::optional<Location> run(Dwarf_Attribute& attribute);

 private:
  std::optional<Location> run(Dwarf_Attribute& attribute, std::span<const Dwarf_Op> operations);
  // One operation; false when it cannot be done.
  bool step(Dwarf_Attribute& attribute, const Dwarf_Op& operation);
  bool step_stack(const Dwarf_Op& operation);
  bool step_arithmetic(const Dwarf_Op& operation);
  bool push_register(std::uint64_t number, std::uint64_t offset);
  bool push_frame_base(std::uint64_t offset);
  bool push_entry_value(Dwarf_Attribute& attribute, const Dwarf_Op& operation);
  bool dereference(std::size_t size);

  bool push(std::uint64_t word) {
    if (depth_ == words_.size()) return false;
    words_[depth_++] = word;
    return true;
  }
  bool pop(std::uint64_t& word) {
    if (depth_ == 0) return false;
    word = words_[--depth_];
    return true;
  }

  Dwarf_Addr code_address() const { return frame_.pc - info_.bias() - (frame_.exact ? 0 : 1); }

  DebugInfo& info_;
  std::span<const Frame> stack_;
  std::size_t number_;
  const Frame& frame_;
  int callers_;
  std::array<std::uint64_t, 32> words_{};
  std::size_t depth_ = 0;
  bool is_value_ = false;  // DW_OP_stack_value was seen, or a register named
};

bool Machine::push_register(std::uint64_t number, std::uint64_t offset) {
  if (number >= frame_.registers.size() || (frame_.known >> number & 1U) == 0) return false;
  return push(frame_.registers[number] + offset);
}

bool Machine::push_frame_base(std::uint64_t offset) {
  for (const DebugInfo::Scope* scope : info_.scopes_at(code_address())) {
    Dwarf_Die die = scope->die;
    Dwarf_Attribute attribute;
    if (dwarf_attr(&die, DW_AT_frame_base, &attribute) == nullptr) continue;
    if (callers_ <= 0) return false;
    const auto base = Machine(info_, stack_, number_, callers_ - 1).run(attribute);
    return base && push(base->value + offset);
  }
  return false;
}

// The value a register had when the function was entered: the caller's call site may say how to
// compute it from what the caller still knows.
bool Machine::push_entry_value(Dwarf_Attribute& attribute, const Dwarf_Op& operation) {
  Dwarf_Attribute block;
  Dwarf_Op* wanted = nullptr;
  std::size_t count = 0;
  if (dwarf_getlocation_attr(&attribute, &operation, &block) != 0 ||
      dwarf_getlocation(&block, &wanted, &count) != 0 || count != 1 || callers_ <= 0 ||
      number_ + 1 >= stack_.size()) {
    return false;
  }
  Dwarf_Die site;
  if (!info_.call_site(stack_[number_ + 1].pc - info_.bias(), site)) return false;
  std::optional<Location> found;
  each_child(site, [&](Dwarf_Die& parameter) {
    Dwarf_Attribute location;
    Dwarf_Op* target = nullptr;
    std::size_t length = 0;
    if (dwarf_attr(&parameter, DW_AT_location, &location) == nullptr ||
        dwarf_getlocation(&location, &target, &length) != 0 || length != 1 ||
        target->atom != wanted->atom) {
      return true;
    }
    Dwarf_Attribute value;
    if (dwarf_attr(&parameter, DW_AT_call_value, &value) != nullptr ||
        dwarf_attr(&parameter, DW_AT_GNU_call_site_value, &value) != nullptr) {
      found = Machine(info_, stack_, number_ + 1, callers_ - 1).run(value);
    }
    return false;
  });
  return found && push(found->value);
}

bool Machine::dereference(std::size_t size) {
  std::uint64_t address = 0;
  if (!pop(address)) return false;
  const auto word = read_word(address, size);
  return word && push(*word);
}

bool Machine::step_stack(const Dwarf_Op& operation) {
  std::uint64_t top = 0;
  std::uint64_t below = 0;
  switch (operation.atom) {
    case DW_OP_dup:
      return pop(top) && push(top) && push(top);
    case DW_OP_drop:
      return pop(top);
    case DW_OP_over:
      return pop(top) && pop(below) && push(below) && push(top) && push(below);
    case DW_OP_swap:
      return pop(top) && pop(below) && push(top) && push(below);
    case DW_OP_pick:
      return operation.number < depth_ && push(words_[depth_ - 1 - operation.number]);
    default:
      return false;
  }
}

bool Machine::step_arithmetic(const Dwarf_Op& operation) {
  std::uint64_t right = 0;
  if (!pop(right)) return false;
  switch (operation.atom) {
    case DW_OP_neg:
      return push(-right);
    case DW_OP_not:
      return push(~right);
    case DW_OP_plus_uconst:
      return push(right + operation.number);
    default:
      break;
  }
  std::uint64_t left = 0;
  if (!pop(left)) return false;
  const auto signed_left = static_cast<std::int64_t>(left);
  const auto signed_right = static_cast<std::int64_t>(right);
  const std::uint64_t shift = right & 63U;
  switch (operation.atom) {
    case DW_OP_plus:
      return push(left + right);
    case DW_OP_minus:
      return push(left - right);
    case DW_OP_mul:
      return push(left * right);
    case DW_OP_and:
      return push(left & right);
    case DW_OP_or:
      return push(left | right);
    case DW_OP_xor:
      return push(left ^ right);
    case DW_OP_shl:
      return push(left << shift);
    case DW_OP_shr:
      return push(left >> shift);
    case DW_OP_shra:
      return push(static_cast<std::uint64_t>(signed_left >> shift));
    case DW_OP_eq:
      return push(left == right);
    case DW_OP_ne:
      return push(left != right);
    case DW_OP_lt:
      return push(signed_left < signed_right);
    case DW_OP_le:
      return push(signed_left <= signed_right);
    case DW_OP_gt:
      return push(signed_left > signed_right);
    case DW_OP_ge:
      return push(signed_left >= signed_right);
    default:
      return false;
  }
}

bool Machine::step(Dwarf_Attribute& attribute, const Dwarf_Op& operation) {
  const std::uint8_t atom = operation.atom;
  if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) return push(atom - DW_OP_lit0);
  if (atom >= DW_OP_reg0 && atom <= DW_OP_reg31) {
    is_value_ = true;
    return push_register(atom - DW_OP_reg0, 0);
  }
  if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) {
    return push_register(atom - DW_OP_breg0, operation.number);
  }
  switch (atom) {
    case DW_OP_addr:
    case DW_OP_addrx:
    case DW_OP_GNU_addr_index: {
      const auto address = constant_address(attribute, operation);
      return address && push(*address + info_.bias());
    }
    case DW_OP_const1u:
    case DW_OP_const1s:
    case DW_OP_const2u:
    case DW_OP_const2s:
    case DW_OP_const4u:
    case DW_OP_const4s:
    case DW_OP_const8u:
    case DW_OP_const8s:
    case DW_OP_constu:
    case DW_OP_consts:
      return push(operation.number);
    case DW_OP_bregx:
      return push_register(operation.number, operation.number2);
    case DW_OP_fbreg:
      return push_frame_base(operation.number);
    case DW_OP_call_frame_cfa:
      return frame_.cfa != 0 && push(frame_.cfa);
    case DW_OP_entry_value:
    case DW_OP_GNU_entry_value:
      return push_entry_value(attribute, operation);
    case DW_OP_deref:
      return dereference(8);
    case DW_OP_deref_size:
      return dereference(operation.number);
    case DW_OP_stack_value:
      is_value_ = true;
      return true;
    case DW_OP_nop:
      return true;
    case DW_OP_dup:
    case DW_OP_drop:
    case DW_OP_over:
    case DW_OP_swap:
    case DW_OP_pick:
      return step_stack(operation);
    default:
      return step_arithmetic(operation);
  }
}

std::optional<Location> Machine::run(Dwarf_Attribute& attribute,
                                     std::span<const Dwarf_Op> operations) {
  if (operations.empty() || operations.size() > kMostOperations) return std::nullopt;
  for (const Dwarf_Op& operation : operations) {
    if (!step(attribute, operation)) return std::nullopt;
  }
  std::uint64_t result = 0;
  if (!pop(result)) return std::nullopt;
  return Location{!is_value_, result};
}

std::optional<Location> Machine::run(Dwarf_Attribute& attribute) {
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (dwarf_getlocation_addr(&attribute, code_address(), &operations, &count, 1) != 1) {
    return std::nullopt;
  }
  return run(attribute, {operations, count});
}

}  // namespace

std::optional<Location> locate_variable(DebugInfo& info, Dwarf_Die& die,
                                        std::span<const Frame> stack, std::size_t frame) {
  Dwarf_Attribute attribute;
  if (frame >= stack.size() || dwarf_attr(&die, DW_AT_location, &attribute) == nullptr) {
    return std::nullopt;
  }
  return Machine(info, stack, frame, kMostCallers).run(attribute);
}

}  // namespace lockstep::trace
