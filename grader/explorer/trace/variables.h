#ifndef GRADER_EXPLORER_TRACE_VARIABLES_H_
#define GRADER_EXPLORER_TRACE_VARIABLES_H_

#include <span>
#include <vector>

#include "grader/explorer/trace/objects.h"
#include "grader/explorer/trace/program.h"
#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// An object that a live frame gives a name to. The first kinds make the better names.
struct Root {
  enum class Kind { kLocal, kReference, kPointer, kThis };
  Kind kind = Kind::kLocal;
  Object object;
};

// Appends what the program's own functions on `stack` can name: locals, parameters, what references
// and pointers lead to, captures, *this. Innermost frame first.
void collect_roots(Program& program, std::span<const Frame> stack, std::vector<Root>& roots);

// The object that `this` points to in the library's functions above the innermost function of the
// program itself: of which container the program called a member.
std::vector<Object> library_objects(Program& program, std::span<const Frame> stack);

// The classes whose member functions are on `stack`, innermost first; the program's own alone.
std::vector<Dwarf_Off> classes_of(Program& program, std::span<const Frame> stack);

// The functions of a frame, inlined ones too, innermost first.
std::vector<const DebugInfo::Scope*> functions_at(Program& program, const Frame& frame);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_VARIABLES_H_
