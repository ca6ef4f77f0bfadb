#include "grader/explorer/trace/symbols.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <dwarf.h>
#include <link.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <unordered_map>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/objects.h"
#include "grader/explorer/trace/source_files.h"
#include "grader/explorer/trace/values.h"
#include "grader/explorer/trace/variables.h"

namespace lockstep::trace {
namespace {

// How far below the thread pointer the executable's thread-local variables begin; 0: it has none.
std::size_t tls_size() {
  std::size_t size = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_TLS) continue;
          const std::size_t align = std::max<std::size_t>(header.p_align, 1);
          *static_cast<std::size_t*>(data) = (header.p_memsz + align - 1) / align * align;
        }
        return 1;  // the executable alone
      },
      &size);
  return size;
}

// The executable's thread-local variables of the calling thread; 0 when there are none to be found.
std::uintptr_t tls_block([[maybe_unused]] std::size_t size) {
#if defined(__x86_64__)
  if (size != 0) return reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer()) - size;
#endif
  return 0;
}

// What a library's symbol table calls an address inside one of its objects.
std::string library_symbol(std::uintptr_t address) {
  Dl_info info{};
  ElfW(Sym)* symbol = nullptr;
  if (dladdr1(reinterpret_cast<void*>(address), &info, reinterpret_cast<void**>(&symbol),
              RTLD_DL_SYMENT) == 0 ||
      info.dli_sname == nullptr || symbol == nullptr ||
      address - reinterpret_cast<std::uintptr_t>(info.dli_saddr) >= symbol->st_size) {
    return {};
  }
  return Symbols::demangle(info.dli_sname);
}

// The program must not see that somebody looked at it.
class KeepErrno {
 public:
  KeepErrno() : value_(errno) {}
  ~KeepErrno() { errno = value_; }
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;

 private:
  const int value_;
};

}  // namespace

class Symbols::Impl {
 public:
  const std::vector<Place>& places(std::uintptr_t pc, bool exact);
  Place best_place(Stack stack);
  Place outermost_function(Stack stack);
  void forget() { targets_.clear(); }
  Target remembered_target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                           std::span<const Stack> others);
  Target target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                std::span<const Stack> others);
  std::optional<std::string> value(std::uint64_t type, std::uint64_t bits, std::uint32_t size);

  std::function<std::optional<HeapBlock>(std::uintptr_t)> block_of;

 private:
  struct Name {
    std::string name;
    std::string path;
    std::uint64_t type = 0;
  };

  std::optional<Expression> find_static(std::uintptr_t address, std::uint32_t size);
  Object static_object(const DebugInfo::Variable& variable, std::uintptr_t base);
  std::optional<Expression> find(std::uintptr_t address, std::uint32_t size, Stack accessor,
                                 std::span<const Stack> others);
  Name named(const Expression& found, Stack accessor);
  std::string within_class(const Expression& found, const Expression::Mark& mark);
  // What holds an address that no variable leads to.
  std::string described(std::uintptr_t address, Stack accessor, std::span<const Stack> others);
  std::optional<std::string> frame_that_holds(std::uintptr_t address, Stack stack);

  Program program_;
  const std::size_t tls_size_ = tls_size();
  std::unordered_map<std::uintptr_t, std::vector<Place>> places_;
  std::unordered_map<std::uint64_t, Target> targets_;  // by what was asked
};

const std::vector<Place>& Symbols::Impl::places(std::uintptr_t pc, bool exact) {
  const std::uintptr_t address = pc - (exact ? 0 : 1);
  const auto known = places_.find(address);
  if (known != places_.end()) return known->second;
  std::vector<Place>& places = places_[address];
  DebugInfo& info = program_.info();
  const Dwarf_Addr in_file = address - info.bias();
  const DebugInfo::Line line = info.line_at(in_file);
  if (line.file == nullptr) return places;
  const std::string_view folder = info.folder_at(in_file);
  Frame frame;
  frame.pc = address;
  frame.exact = true;
  Place place{shown_path(line.file, folder), line.line, ""};
  for (const DebugInfo::Scope* scope : functions_at(program_, frame)) {
    Dwarf_Die die = scope->die;
    place.function = program_.function_name(die);
    places.push_back(place);
    if (dwarf_tag(&die) != DW_TAG_inlined_subroutine) break;
    // Where the inlined call stands, in the function around it.
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0;
    Dwarf_Word number = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    Dwarf_Die unit;
    place = {};
    if (dwarf_formudata(dwarf_attr(&die, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(&die, DW_AT_call_line, &attribute), &number) != 0 ||
        dwarf_diecu(&die, &unit, nullptr, nullptr) == nullptr ||
        dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count) {
      continue;
    }
    const char* path = dwarf_filesrc(files, file, nullptr, nullptr);
    if (path != nullptr) place = {shown_path(path, folder), static_cast<int>(number), ""};
  }
  if (places.empty()) places.push_back(place);  // a line outside of every function
  return places;
}

Place Symbols::Impl::best_place(Stack stack) {
  for (const Frame& frame : stack) {
    for (const Place& place : places(frame.pc, frame.exact)) {
      if (place.line != 0 && is_own_file(place.file)) return place;
    }
  }
  return {};
}

Place Symbols::Impl::outermost_function(Stack stack) {
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
    const auto functions = functions_at(program_, *frame);
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      Dwarf_Die die = (*function)->die;
      if (!program_.own(die)) continue;
      Place place = program_.declaration(die);
      place.file =
          shown_path(place.file, program_.info().folder_at(frame->pc - program_.info().bias() - 1));
      return place;
    }
  }
  return {};
}

Object Symbols::Impl::static_object(const DebugInfo::Variable& variable, std::uintptr_t base) {
  Dwarf_Die die = variable.die;
  Object object;
  type_of(die, object.type);
  object.address = base + variable.memory.low;
  const std::string of_class = [&] {
    Dwarf_Die scope = program_.info().entry(program_.class_of(die));
    return scope.addr == nullptr ? std::string() : program_.class_name(scope) + "::";
  }();
  object.name.text = of_class + std::string(name_of_entry(die));
  return object;
}

std::optional<Expression> Symbols::Impl::find_static(std::uintptr_t address, std::uint32_t size) {
  const auto search = [&](const std::vector<DebugInfo::Variable>& variables,
                          std::uintptr_t base) -> std::optional<Expression> {
    const Dwarf_Addr in_file = address - base;
    auto after = std::upper_bound(variables.begin(), variables.end(), in_file,
                                  [](Dwarf_Addr wanted, const DebugInfo::Variable& variable) {
                                    return wanted < variable.memory.low;
                                  });
    if (after == variables.begin() || !(--after)->memory.contains(in_file)) return std::nullopt;
    return ObjectFinder(program_, address, size).inside(static_object(*after, base));
  };
  if (auto found = search(program_.info().statics(), program_.info().bias())) return found;
  const std::uintptr_t block = tls_block(tls_size_);
  if (block == 0 || address < block) return std::nullopt;
  return search(program_.info().thread_locals(), block);
}

std::optional<Expression> Symbols::Impl::find(std::uintptr_t address, std::uint32_t size,
                                              Stack accessor, std::span<const Stack> others) {
  if (auto found = find_static(address, size)) return found;
  std::vector<Root> roots;
  collect_roots(program_, accessor, roots);
  for (const Stack& other : others) collect_roots(program_, other, roots);
  std::stable_sort(roots.begin(), roots.end(),
                   [](const Root& a, const Root& b) { return a.kind < b.kind; });
  // The variable that holds it; then the way from a variable; then what a function calls it, which
  // says least: two functions may both have a parameter `other`.
  ObjectFinder finder(program_, address, size);
  std::vector<Object> objects;
  for (const DebugInfo::Variable& variable : program_.info().statics()) {
    Dwarf_Die die = variable.die;
    if (program_.own(die)) objects.push_back(static_object(variable, program_.info().bias()));
  }
  for (const Root& root : roots) {
    if (root.kind != Root::Kind::kLocal) continue;
    if (auto found = finder.inside(root.object)) return found;
    objects.push_back(root.object);
  }
  if (auto found = finder.reachable(objects)) return found;
  objects.clear();
  for (const Root& root : roots) {
    if (root.kind == Root::Kind::kLocal) continue;
    if (auto found = finder.inside(root.object)) return found;
    objects.push_back(root.object);
  }
  if (auto found = finder.reachable(objects)) return found;
  // Inside a container whose shape is not known here: of which one the program called a member.
  for (const Object& object : library_objects(program_, accessor)) {
    if (object.address == address) continue;
    auto container = find_static(object.address, 0);
    for (const Root& root : roots) {
      if (container) break;
      container = ObjectFinder(program_, object.address, 0).inside(root.object);
    }
    if (!container) continue;
    container->prefix = "the contents of ";
    container->type = kNoValue;
    return container;
  }
  return std::nullopt;
}

std::string Symbols::Impl::within_class(const Expression& found, const Expression::Mark& mark) {
  const std::string of_class = program_.class_name(program_.info().entry(mark.of_class));
  return found.prefix + (of_class.empty() ? "" : of_class + "::") + found.text.substr(mark.begin);
}

// A member is called by its class where the accessing code is of that class ("Counter::value_"),
// and as seen from a variable elsewhere ("counter.value_").
Symbols::Impl::Name Symbols::Impl::named(const Expression& found, Stack accessor) {
  Name name;
  name.type = found.type;
  const bool from_this = !found.marks.empty() && found.marks.front().begin == 0;
  if (!from_this) name.path = found.prefix + found.text;
  name.name = from_this ? within_class(found, found.marks.front()) : name.path;
  for (const Dwarf_Off of_class : classes_of(program_, accessor)) {
    const auto mark = std::find_if(
        found.marks.rbegin(), found.marks.rend(),
        [of_class](const Expression::Mark& candidate) { return candidate.of_class == of_class; });
    if (mark == found.marks.rend()) continue;
    name.name = within_class(found, *mark);
    break;
  }
  return name;
}

std::optional<std::string> Symbols::Impl::frame_that_holds(std::uintptr_t address, Stack stack) {
  constexpr int kStackPointer = 7;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const std::uintptr_t low = stack[i].registers[kStackPointer];
    if (low == 0 || address < low || address >= stack[i].cfa) continue;
    const Place place = best_place(stack.subspan(i));
    return place.line == 0 ? "a local variable" : "a local variable of " + place.function;
  }
  return std::nullopt;
}

std::string Symbols::Impl::described(std::uintptr_t address, Stack accessor,
                                     std::span<const Stack> others) {
  if (block_of) {
    if (const auto block = block_of(address)) {
      const Place place = best_place(block->allocated);
      std::string name = "memory";
      if (place.line != 0) name += " allocated at " + short_place(place.file, place.line);
      if (address > block->address) name += " + " + std::to_string(address - block->address);
      return name;
    }
  }
  if (auto frame = frame_that_holds(address, accessor)) return *frame;
  for (const Stack& other : others) {
    if (auto frame = frame_that_holds(address, other)) return *frame;
  }
  std::string symbol = library_symbol(address);
  return symbol.empty() ? "unnamed memory" : symbol;
}

// A loop asks the same thing thousands of times. The same frames at the same places, and heap
// memory that is never used twice in one execution: then the answer is the same too.
Target Symbols::Impl::remembered_target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                                        std::span<const Stack> others) {
  std::uint64_t key = 0;
  const auto mix = [&key](std::uint64_t word) {
    key = (key ^ word) * 0x9E37'79B9'7F4A'7C15;
    key ^= key >> 29;
  };
  const auto mix_stack = [&mix](Stack stack) {
    mix(stack.size());
    for (const Frame& frame : stack) {
      mix(frame.pc);
      mix(frame.cfa);
    }
  };
  mix(address);
  mix(size);
  mix_stack(accessor);
  for (const Stack& other : others) mix_stack(other);
  const auto known = targets_.find(key);
  if (known != targets_.end()) return known->second;
  Target found = target(address, size, accessor, others);
  targets_.emplace(key, found);
  return found;
}

Target Symbols::Impl::target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                             std::span<const Stack> others) {
  Target target;
  target.address = address;
  target.size = size;
  if (address == 0) return target;
  if (const auto found = find(address, size, accessor, others)) {
    Name name = named(*found, accessor);
    target.name = std::move(name.name);
    target.path = std::move(name.path);
    target.type = name.type;
    target.base = found->base;
  }
  if (target.name.empty()) {
    target.name = described(address, accessor, others);
    target.base = address;
  }
  return target;
}

std::optional<std::string> Symbols::Impl::value(std::uint64_t type, std::uint64_t bits,
                                                std::uint32_t size) {
  if (auto text = format_value(program_, type, bits, size)) return text;
  if (const auto found = find_static(bits, 0)) return "&" + found->text;
  return std::nullopt;
}

Symbols::Symbols() : impl_(std::make_unique<Impl>()) {}
Symbols::~Symbols() = default;

void Symbols::set_heap(std::function<std::optional<HeapBlock>(std::uintptr_t)> block_of) {
  impl_->block_of = std::move(block_of);
  impl_->forget();
}

// A report without names is better than none: whatever goes wrong in here stays in here.
std::vector<Place> Symbols::places(std::uintptr_t pc, bool exact) try {
  const KeepErrno keep;
  return impl_->places(pc, exact);
} catch (...) {
  return {};
}

Place Symbols::best_place(Stack stack) try {
  const KeepErrno keep;
  return impl_->best_place(stack);
} catch (...) {
  return {};
}

Place Symbols::outermost_function(Stack stack) try {
  const KeepErrno keep;
  return impl_->outermost_function(stack);
} catch (...) {
  return {};
}

Target Symbols::target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                       std::span<const Stack> others) try {
  const KeepErrno keep;
  return impl_->remembered_target(address, size, accessor, others);
} catch (...) {
  Target target;
  target.address = address;
  target.size = size;
  return target;
}

void Symbols::annotate(Event& event, std::span<const Stack> others) {
  event.target = target(event.address, event.size, event.stack, others);
  const bool once = event.op == Op::kOnceBegin || event.op == Op::kOnceEnd;
  if (once && event.target.name == "unnamed memory") {
    event.target.name = "a static local's guard";  // the compiler's own variable
  }
}

std::optional<std::string> Symbols::value(std::uint64_t type, std::uint64_t bits,
                                          std::uint32_t size) try {
  const KeepErrno keep;
  return impl_->value(type, bits, size);
} catch (...) {
  return std::nullopt;
}

std::string Symbols::demangle(const char* mangled) {
  if (mangled == nullptr) return {};
  int status = 0;
  char* text = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string name = status == 0 && text != nullptr ? text : mangled;
  std::free(text);
  return name;
}

}  // namespace lockstep::trace
