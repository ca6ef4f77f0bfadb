#ifndef GRADER_EXPLORER_TRACE_OBJECTS_H_
#define GRADER_EXPLORER_TRACE_OBJECTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "grader/explorer/trace/program.h"
#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// How an expression goes on from an object to its member.
enum class Link { kStart, kDot, kArrow };

// An expression that names an object, as far as it is written: "queue.items_".
struct Expression {
  // The text from `begin` on is the way from an object of that class: what its own member functions
  // would write.
  struct Mark {
    std::size_t begin = 0;
    Dwarf_Off of_class = 0;
  };
  std::string prefix;  // "*", "an element of "
  std::string text;
  Link link = Link::kDot;
  std::vector<Mark> marks;
  std::uint64_t type = 0;   // DWARF offset of what it names; kNoValue; 0 unknown
  std::uintptr_t base = 0;  // where what the text names begins

  void append_member(std::string_view member, Dwarf_Off of_class);
  void append_index(std::uint64_t index);
};

// An object to look into: a variable, *this, what a reference stands for.
struct Object {
  Dwarf_Die type{};
  std::uintptr_t address = 0;
  Expression name;
};

// Finds the expression for an address, beginning at objects whose names are known.
class ObjectFinder {
 public:
  ObjectFinder(Program& program, std::uintptr_t address, std::uint32_t size)
      : program_(program), address_(address), size_(size) {}

  // The part of `object` that is at the address; nothing when it lies outside.
  std::optional<Expression> inside(const Object& object);

  // The same through pointers, smart pointers, references and vectors in `objects`, breadth first.
  std::optional<Expression> reachable(const std::vector<Object>& objects);

 private:
  bool covers(std::uintptr_t begin, std::uint64_t size) const {
    return begin <= address_ && address_ - begin < size;
  }
  bool descend(Dwarf_Die type, std::uintptr_t base, Expression& name, int depth);
  bool descend_class(Dwarf_Die& type, std::uintptr_t base, Expression& name, int depth);
  Dwarf_Die part_at(Dwarf_Die& type, std::uintptr_t base, std::uint64_t& offset);
  bool descend_array(Dwarf_Die& array, std::uintptr_t base, Expression& name, int depth);

  // Puts what `type` at `base` points to into `next_`; true when it is the wanted address.
  bool expand(Dwarf_Die type, std::uintptr_t base, const Expression& name, int depth);
  bool expand_class(Dwarf_Die& type, std::uintptr_t base, const Expression& name, int depth);
  bool expand_vector(Dwarf_Die& type, std::uintptr_t base, const Expression& name);
  bool expand_deque(Dwarf_Die& type, std::uintptr_t base, const Expression& name);
  bool point_to(Dwarf_Die type, std::uintptr_t base, const Expression& name);

  Program& program_;
  const std::uintptr_t address_;
  const std::uint32_t size_;
  std::vector<Object> next_;
  std::optional<Expression> found_;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_OBJECTS_H_
