#ifndef GRADER_EXPLORER_TRACE_PROGRAM_H_
#define GRADER_EXPLORER_TRACE_PROGRAM_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "grader/explorer/result.h"
#include "grader/explorer/trace/debug_info.h"

namespace lockstep::trace {

// What a class is to a reader of the student's code.
enum class ClassKind {
  kOwn,          // its members have names the student chose
  kClosure,      // of a lambda: its members are the captures
  kPair,         // of the library, but "first" and "second" are what one writes
  kAtomic,       // its value is the template's argument
  kTransparent,  // of the library: the value inside stands for the whole (optional, array, ...)
  kPointer,      // unique_ptr, shared_ptr
  kVector,       // [i]
  kDeque,
  kOpaque,  // of the library: what it is made of is nobody's business
};

// Names of classes and functions as a reader writes them: no namespaces, no template arguments.
class Program {
 public:
  DebugInfo& info() { return info_; }

  // Whether the file that declares `die` belongs to the program itself.
  bool own(Dwarf_Die& die);
  // is_own_file, remembered; `file` lives as long as this object.
  bool own_file(const char* file);

  ClassKind kind(Dwarf_Die& type);
  // "Counter", "Queue", "Pool::Task"; empty for one without a name.
  std::string class_name(Dwarf_Die type);
  // "Counter::add", "main", "a lambda in main".
  std::string function_name(Dwarf_Die function);
  // Where `function` is declared; the file as DWARF has it.
  Place declaration(Dwarf_Die function);
  // The class that `function` is a member of; 0 for none.
  Dwarf_Off class_of(Dwarf_Die function);

 private:
  bool is_closure(Dwarf_Die& type);
  ClassKind classify(Dwarf_Die& type);
  std::string scope_name(Dwarf_Off scope);

  DebugInfo info_;
  std::unordered_map<const char*, bool> own_files_;
  std::unordered_map<Dwarf_Off, ClassKind> kinds_;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_PROGRAM_H_
