#ifndef GRADER_EXPLORER_TRACE_SYMBOLS_H_
#define GRADER_EXPLORER_TRACE_SYMBOLS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "grader/explorer/result.h"
#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

using Stack = std::span<const Frame>;

// A heap block as the engine knows it: where it begins, and who allocated it.
struct HeapBlock {
  std::uintptr_t address = 0;
  std::size_t size = 0;
  std::vector<Frame> allocated;  // the stack of the allocation; may be empty
};

// The names of the running program, from its own DWARF: lines, variables, members, values.
//
// Everything is read lazily, and only on a failure: the first question costs some milliseconds. A
// program without DWARF, or with DWARF this class does not understand, gives poorer answers and
// never an error: no member throws. Strings never hold an address, so they are the same in every
// run of the same binary.
//
// Not thread-safe. Allocates with ordinary new and malloc. Memory of the program is read with
// process_vm_readv, so a wild pointer in a student's variable does no harm.
class Symbols {
 public:
  Symbols();
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  // Who owns a heap address. Without it heap memory has poorer names. To be called before each
  // replay: it also forgets the names of the last one's memory.
  void set_heap(std::function<std::optional<HeapBlock>(std::uintptr_t address)> block_of);

  // The lines that instruction `pc` stands for, the innermost inlined call first. Empty when the
  // program has no line there. `exact`: false for a return address.
  std::vector<Place> places(std::uintptr_t pc, bool exact = false);

  // The innermost line of `stack` in the program's own files: not of a system header, and not of
  // Lockstep. Line 0 when there is none.
  Place best_place(Stack stack);

  // Where the outermost of the program's own functions on `stack` is declared. Line 0 for none.
  Place outermost_function(Stack stack);

  // What [address, address + size) is called. `accessor` is the stack of the thread that uses it,
  // `others` those of the other threads; all must be alive (their memory is read). The name is
  // empty only for address 0.
  Target target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                std::span<const Stack> others);

  // Fills in event.target. To be called when the event happens, with the stacks of the other
  // threads.
  void annotate(Event& event, std::span<const Stack> others);

  // `bits` as a value of `type` (Target::type), "3", "-1", "true", "kRed", "null", "&queue", or in
  // hexadecimal for an unknown type. Nothing for a pointer that has no name.
  std::optional<std::string> value(std::uint64_t type, std::uint64_t bits, std::uint32_t size);

  // The demangled name of a type (what std::type_info::name gives).
  static std::string demangle(const char* mangled);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_SYMBOLS_H_
