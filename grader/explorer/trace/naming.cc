#include "grader/explorer/trace/naming.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <vector>

#include "grader/explorer/trace/dwarf_entries.h"
#include "grader/explorer/trace/source_files.h"
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

}  // namespace

Naming::Naming(Program& program, SourceLines& lines)
    : program_(program), lines_(lines), tls_size_(tls_size()) {}

Object Naming::static_object(const DebugInfo::Variable& variable, std::uintptr_t base) {
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

std::optional<Expression> Naming::find_static(std::uintptr_t address, std::uint32_t size) {
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

std::optional<Expression> Naming::find(std::uintptr_t address, std::uint32_t size, Stack accessor,
                                       std::span<const Stack> others) {
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

std::string Naming::within_class(const Expression& found, const Expression::Mark& mark) {
  const std::string of_class = program_.class_name(program_.info().entry(mark.of_class));
  return found.prefix + (of_class.empty() ? "" : of_class + "::") + found.text.substr(mark.begin);
}

// A member is called by its class where the accessing code is of that class ("Counter::value_"),
// and as seen from a variable elsewhere ("counter.value_").
void Naming::put_name(const Expression& found, Stack accessor, Target& target) {
  target.type = found.type;
  target.base = found.base;
  const bool from_this = !found.marks.empty() && found.marks.front().begin == 0;
  if (!from_this) target.path = found.prefix + found.text;
  target.name = from_this ? within_class(found, found.marks.front()) : target.path;
  for (const Dwarf_Off of_class : classes_of(program_, accessor)) {
    const auto mark = std::find_if(
        found.marks.rbegin(), found.marks.rend(),
        [of_class](const Expression::Mark& candidate) { return candidate.of_class == of_class; });
    if (mark == found.marks.rend()) continue;
    target.name = within_class(found, *mark);
    return;
  }
}

std::optional<std::string> Naming::frame_that_holds(std::uintptr_t address, Stack stack) {
  constexpr int kStackPointer = 7;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const std::uintptr_t low = stack[i].registers[kStackPointer];
    if (low == 0 || address < low || address >= stack[i].cfa) continue;
    const Place place = lines_.best_place(stack.subspan(i));
    return place.line == 0 ? "a local variable" : "a local variable of " + place.function;
  }
  return std::nullopt;
}

std::string Naming::described(std::uintptr_t address, Stack accessor,
                              std::span<const Stack> others) {
  if (block_of_) {
    if (const auto block = block_of_(address)) {
      const Place place = lines_.best_place(block->allocated);
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

Target Naming::target(std::uintptr_t address, std::uint32_t size, Stack accessor,
                      std::span<const Stack> others) {
  Target target;
  target.address = address;
  target.size = size;
  if (address == 0) return target;
  if (const auto found = find(address, size, accessor, others)) put_name(*found, accessor, target);
  if (target.name.empty()) {
    target.name = described(address, accessor, others);
    target.base = address;
  }
  return target;
}

}  // namespace lockstep::trace
