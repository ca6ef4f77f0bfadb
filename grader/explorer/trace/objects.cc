#include "grader/explorer/trace/objects.h"

#include <dwarf.h>

#include <algorithm>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/memory.h"

namespace lockstep::trace {
namespace {

constexpr int kMostDepth = 24;               // of members in members
constexpr std::size_t kMostObjects = 400;    // looked at through pointers
constexpr std::uint64_t kMostElements = 64;  // of an array or vector, looked at for their pointers

// A capture: g++ calls it __name, clang name.
std::string_view capture_name(std::string_view member) {
  if (member.starts_with("__")) member.remove_prefix(2);
  return member;
}

std::uint64_t element_count(Dwarf_Die& array) {
  std::uint64_t count = 1;
  each_child(array, [&](Dwarf_Die& child) {
    if (dwarf_tag(&child) == DW_TAG_subrange_type) count *= subrange_count(child);
    return true;
  });
  return count;
}

}  // namespace

void Expression::append_member(std::string_view member, Dwarf_Off of_class) {
  if (link == Link::kDot) text += '.';
  if (link == Link::kArrow) text += "->";
  if (of_class != 0) marks.push_back({text.size(), of_class});
  text += member;
  link = Link::kDot;
}

void Expression::append_index(std::uint64_t index) {
  text += '[' + std::to_string(index) + ']';
  link = Link::kDot;
}

std::optional<Expression> ObjectFinder::inside(const Object& object) {
  // clang leaves out the members of library classes: then only the beginning is known.
  const std::uint64_t size = std::max<std::uint64_t>(size_of(object.type), 1);
  if (!covers(object.address, size)) return std::nullopt;
  Expression name = object.name;
  name.base = object.address;
  if (!descend(object.type, object.address, name, 0)) return std::nullopt;
  if (name.text.empty()) return std::nullopt;        // `*this` itself, or its padding
  if (name.link == Link::kArrow) name.prefix = '*';  // a pointer to a scalar, a lock, ...
  return name;
}

bool ObjectFinder::descend(Dwarf_Die type, std::uintptr_t base, Expression& name, int depth) {
  type = stripped(type);
  name.type = dwarf_dieoffset(&type);
  if (depth > kMostDepth) return true;
  if (dwarf_tag(&type) == DW_TAG_array_type) return descend_array(type, base, name, depth);
  if (is_class(type)) return descend_class(type, base, name, depth);
  if (is_reference(type)) name.type = kReferenceItself;
  return true;
}

bool ObjectFinder::descend_array(Dwarf_Die& array, std::uintptr_t base, Expression& name,
                                 int depth) {
  std::vector<std::uint64_t> counts;
  each_child(array, [&](Dwarf_Die& child) {
    if (dwarf_tag(&child) == DW_TAG_subrange_type) counts.push_back(subrange_count(child));
    return true;
  });
  Dwarf_Die element;
  if (!type_of(array, element)) return true;
  std::uint64_t stride = size_of(element);
  if (stride == 0) return true;
  const std::uint64_t index = (address_ - base) / stride;
  std::uint64_t below = 1;
  for (const std::uint64_t count : counts) below *= std::max<std::uint64_t>(count, 1);
  std::uint64_t rest = index;
  for (const std::uint64_t count : counts) {
    below /= std::max<std::uint64_t>(count, 1);
    name.append_index(rest / below);
    rest %= below;
  }
  name.base = base + index * stride;
  return descend(element, name.base, name, depth + 1);
}

// The member or base class of an object at `base` that holds the address; a zeroed entry for none.
Dwarf_Die ObjectFinder::part_at(Dwarf_Die& type, std::uintptr_t base, std::uint64_t& offset) {
  struct Candidate {
    Dwarf_Die die{};
    std::uint64_t offset = 0;
    int rank = 0;
    std::uint64_t size = 0;
  };
  Candidate best;
  each_child(type, [&](Dwarf_Die& child) {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) return true;
    const auto begin = member_offset(child);
    Dwarf_Die member;
    if (!begin || !type_of(child, member)) return true;
    Candidate candidate{child, *begin, 0, size_of(member)};
    if (candidate.size == 0 && base + *begin <= address_) {
      // clang does not say how large it is: the last that begins before the address.
      candidate.rank = 1;
      if (best.rank <= 1 && candidate.offset >= best.offset) best = candidate;
      return true;
    }
    if (!covers(base + *begin, candidate.size)) return true;
    // An empty base lies where the first member does, and has a size all the same; a union has many
    // members at one place, of which the one as large as the access is the likeliest.
    const bool fits = candidate.size == size_ && base + *begin == address_;
    candidate.rank = tag == DW_TAG_inheritance ? 2 : fits ? 4 : 3;
    const bool larger_base = candidate.rank == 2 && best.rank == 2 && candidate.size > best.size;
    if (candidate.rank > best.rank || larger_base) best = candidate;
    return true;
  });
  offset = best.offset;
  return best.die;
}

bool ObjectFinder::descend_class(Dwarf_Die& type, std::uintptr_t base, Expression& name,
                                 int depth) {
  const ClassKind kind = program_.kind(type);
  Dwarf_Die value;
  switch (kind) {
    case ClassKind::kAtomic:
      if (template_argument(type, 0, value)) {
        value = stripped(value);
        name.type = dwarf_dieoffset(&value);
      }
      return true;
    case ClassKind::kOpaque:
    case ClassKind::kVector:
    case ClassKind::kDeque:
      name.type = kNoValue;
      return true;
    default:
      break;
  }
  const Dwarf_Off self = dwarf_dieoffset(&type);
  // A std::thread::id is one value, whatever it is made of.
  if (kind == ClassKind::kTransparent && name_of_entry(type) == "id") return true;
  std::uint64_t best_offset = 0;
  Dwarf_Die best = part_at(type, base, best_offset);
  if (best.addr == nullptr) {
    if (kind != ClassKind::kOwn && kind != ClassKind::kClosure) name.type = kNoValue;
    return true;
  }
  Dwarf_Die member;
  type_of(best, member);
  const std::string_view written = name_of_entry(best);
  if (dwarf_tag(&best) == DW_TAG_inheritance) {
    // The member is the base's, and the derived class's too: both may write it without ado.
    const std::size_t before = name.marks.size();
    const bool found = descend(member, base + best_offset, name, depth + 1);
    if (kind == ClassKind::kOwn && name.marks.size() > before) {
      name.marks.insert(name.marks.begin() + static_cast<long>(before),
                        {name.marks[before].begin, self});
    }
    return found;
  }
  if (written.starts_with("_vptr")) {
    name.prefix = "the virtual table pointer of ";
    name.type = kNoValue;
    name.link = Link::kDot;
    return true;
  }
  if (kind == ClassKind::kClosure) {
    name = {};  // inside, the closure has no name
    name.link = Link::kStart;
    name.append_member(capture_name(written), 0);
    name.base = base + best_offset;
  } else if ((kind == ClassKind::kOwn || kind == ClassKind::kPair) && !written.empty()) {
    name.append_member(written, kind == ClassKind::kOwn ? self : 0);
    name.base = base + best_offset;
  }
  return descend(member, base + best_offset, name, depth + 1);
}

std::optional<Expression> ObjectFinder::reachable(const std::vector<Object>& objects) {
  next_ = objects;
  for (std::size_t i = 0; i < next_.size() && i < kMostObjects; ++i) {
    const Object object = next_[i];  // a copy: next_ grows
    if (expand(object.type, object.address, object.name, 0)) return found_;
  }
  return std::nullopt;
}

bool ObjectFinder::expand(Dwarf_Die type, std::uintptr_t base, const Expression& name, int depth) {
  type = stripped(type);
  if (depth > kMostDepth || next_.size() > kMostObjects) return false;
  if (is_pointer(type) || is_reference(type)) {
    const auto to = read_word(base);
    Dwarf_Die pointee;
    if (!to || *to == 0 || !type_of(type, pointee)) return false;
    Expression target = name;
    target.link = is_reference(type) ? Link::kDot : Link::kArrow;
    return point_to(pointee, *to, target);
  }
  if (dwarf_tag(&type) == DW_TAG_array_type) {
    Dwarf_Die element;
    if (!type_of(type, element)) return false;
    const std::uint64_t stride = size_of(element);
    const std::uint64_t count = std::min(element_count(type), kMostElements);
    for (std::uint64_t i = 0; stride != 0 && i < count; ++i) {
      Expression indexed = name;
      indexed.append_index(i);
      if (expand(element, base + i * stride, indexed, depth + 1)) return true;
    }
    return false;
  }
  return is_class(type) && expand_class(type, base, name, depth);
}

bool ObjectFinder::expand_class(Dwarf_Die& type, std::uintptr_t base, const Expression& name,
                                int depth) {
  const ClassKind kind = program_.kind(type);
  Dwarf_Die argument;
  switch (kind) {
    case ClassKind::kPointer: {
      // Both keep the pointer first (a deleter with state would come before: rare, and then the
      // pointee does not match).
      const auto to = read_word(base);
      if (!to || *to == 0 || !template_argument(type, 0, argument)) return false;
      Expression target = name;
      target.link = Link::kArrow;
      return point_to(argument, *to, target);
    }
    case ClassKind::kVector:
      return expand_vector(type, base, name);
    case ClassKind::kDeque:
      return expand_deque(type, base, name);
    case ClassKind::kOpaque:
      return false;
    default:
      break;
  }
  const Dwarf_Off self = dwarf_dieoffset(&type);
  bool found = false;
  each_child(type, [&](Dwarf_Die& child) {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) return true;
    const auto offset = member_offset(child);
    Dwarf_Die member;
    if (!offset || !type_of(child, member)) return true;
    Expression inner = name;
    const std::string_view written = name_of_entry(child);
    if (tag == DW_TAG_member && !written.empty()) {
      if (kind == ClassKind::kClosure) inner.append_member(capture_name(written), 0);
      if (kind == ClassKind::kOwn) inner.append_member(written, self);
      if (kind == ClassKind::kPair) inner.append_member(written, 0);
    }
    found = expand(member, base + *offset, inner, depth + 1);
    return !found;
  });
  return found;
}

// libstdc++: begin, end and end of storage, in this order.
bool ObjectFinder::expand_vector(Dwarf_Die& type, std::uintptr_t base, const Expression& name) {
  std::uintptr_t words[3];
  Dwarf_Die element;
  if (!read_memory(base, words, sizeof words) || !template_argument(type, 0, element)) return false;
  const std::uint64_t stride = size_of(element);
  if (words[0] == 0 || words[1] < words[0] || words[2] < words[1] || stride == 0) return false;
  if (covers(words[0], words[2] - words[0])) {
    const std::uint64_t index = (address_ - words[0]) / stride;
    Expression indexed = name;
    indexed.append_index(index);
    return point_to(element, words[0] + index * stride, indexed);
  }
  const std::uint64_t count = std::min((words[1] - words[0]) / stride, kMostElements);
  for (std::uint64_t i = 0; i < count; ++i) {
    Expression indexed = name;
    indexed.append_index(i);
    if (point_to(element, words[0] + i * stride, indexed)) return true;
  }
  return false;
}

// libstdc++: the map of buffers and its size, then two iterators of {current, first, last, node}.
// An element's index changes with every pop, so it is no name.
bool ObjectFinder::expand_deque(Dwarf_Die& type, std::uintptr_t base, const Expression& name) {
  std::uintptr_t words[10];
  Dwarf_Die element;
  if (!read_memory(base, words, sizeof words) || !template_argument(type, 0, element)) return false;
  const std::uint64_t stride = size_of(element);
  const std::uintptr_t map = words[0];
  if (map == 0 || stride == 0 || words[5] < map || words[9] < words[5]) return false;
  Expression part = name;
  part.type = kNoValue;
  part.base = base;
  part.prefix = "an element of ";
  if (covers(map, words[1] * sizeof(void*))) {
    part.prefix = "the inside of ";
    found_ = part;
    return true;
  }
  const std::uint64_t buffer = stride < 512 ? 512 / stride * stride : stride;
  std::uint64_t nodes = std::min((words[9] - words[5]) / sizeof(void*) + 1, kMostElements);
  for (std::uintptr_t node = words[5]; nodes-- > 0; node += sizeof(void*)) {
    const auto begin = read_word(node);
    if (!begin || !covers(*begin, buffer)) continue;
    Dwarf_Die value = stripped(element);
    if (!is_class(value)) part.type = dwarf_dieoffset(&value);
    found_ = part;
    return true;
  }
  return false;
}

bool ObjectFinder::point_to(Dwarf_Die type, std::uintptr_t base, const Expression& name) {
  type = stripped(type);
  const Object object{type, base, name};
  found_ = inside(object);
  if (found_) return true;
  const bool worth_a_look =
      is_class(type) || is_pointer(type) || dwarf_tag(&type) == DW_TAG_array_type;
  const bool seen = std::any_of(next_.begin(), next_.end(), [&](const Object& other) {
    return other.address == base && other.type.addr == type.addr;
  });
  if (worth_a_look && !seen && next_.size() < kMostObjects) next_.push_back(object);
  return false;
}

}  // namespace lockstep::trace
