#ifndef GRADER_EXPLORER_TRACE_DEBUG_INFO_H_
#define GRADER_EXPLORER_TRACE_DEBUG_INFO_H_

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace lockstep::trace {

// The DWARF of the running executable, indexed as far as questions were asked. Addresses here are
// those of the file: the running one minus bias().
class DebugInfo {
 public:
  struct Range {
    Dwarf_Addr low = 0;
    Dwarf_Addr high = 0;  // exclusive
    bool contains(Dwarf_Addr address) const { return low <= address && address < high; }
  };

  // A function, a call of one that was inlined, or a block, with the variables it declares.
  struct Scope {
    Dwarf_Die die{};
    bool function = false;  // a function or an inlined call, not a block
    std::vector<Range> ranges;
    std::vector<Dwarf_Die> variables;  // and parameters
    std::vector<Scope> inner;
  };

  struct Variable {
    Range memory;
    Dwarf_Die die{};
  };

  struct Line {
    const char* file = nullptr;  // as DWARF has it; lives as long as this object
    int line = 0;
  };

  DebugInfo();
  ~DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  bool available() const { return dwarf_ != nullptr; }
  std::uintptr_t bias() const { return bias_; }

  // The scopes around `address`, the function first, the innermost last. Empty outside.
  std::vector<const Scope*> scopes_at(Dwarf_Addr address);
  Line line_at(Dwarf_Addr address);
  // The folder the compiler ran in, for the unit of `address`.
  std::string_view folder_at(Dwarf_Addr address);

  // Variables with static storage, sorted by address; and thread-local ones, whose addresses are
  // offsets in the executable's TLS block.
  const std::vector<Variable>& statics();
  const std::vector<Variable>& thread_locals();

  // The entry with this offset; a zeroed one when there is none.
  Dwarf_Die entry(Dwarf_Off offset);
  // The entry that encloses a class, a function or a member; offset 0 when unknown. Known for the
  // units that a question was asked about.
  Dwarf_Off parent(Dwarf_Off offset) const;
  // The call site whose call returns to `address`.
  bool call_site(Dwarf_Addr address, Dwarf_Die& site);

 private:
  struct Function {
    Range range;
    Dwarf_Die die{};
    std::unique_ptr<Scope> scope;  // built on demand
  };
  struct Row {
    Dwarf_Addr address;
    const char* file;  // null: no code from here on
    int line;
  };
  struct Unit {
    Dwarf_Die die{};
    std::vector<Range> ranges;
    std::vector<Function> functions;  // sorted by address
    std::vector<Row> rows;            // sorted by address
    std::string folder;
    bool indexed = false;
    bool has_rows = false;
  };

  void open_executable();
  void list_units();
  Unit* unit_at(Dwarf_Addr address);
  Function* function_at(Dwarf_Addr address);
  void index(Unit& unit);
  void index_entry(Unit& unit, Dwarf_Die& die, Dwarf_Off parent, int depth);
  void add_variable(Dwarf_Die& die);
  void load_rows(Unit& unit);
  void index_all();

  Dwarf* dwarf_ = nullptr;
  int descriptor_ = -1;
  std::uintptr_t bias_ = 0;
  std::vector<Unit> units_;
  bool all_indexed_ = false;
  std::vector<Variable> statics_;
  std::vector<Variable> thread_locals_;
  std::unordered_map<Dwarf_Off, Dwarf_Off> parents_;
};

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_DEBUG_INFO_H_
