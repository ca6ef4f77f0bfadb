#include "grader/judge/executable.h"

#include <cxxabi.h>
#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>

#include "grader/judge/files.h"

namespace lockstep::judge {
namespace {

class NotElf : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A 64-bit ELF file, with every access checked against its size.
class Elf {
 public:
  explicit Elf(std::string content) : content_(std::move(content)) {
    header_ = at<Elf64_Ehdr>(0);
    const bool known = std::memcmp(header_.e_ident, ELFMAG, SELFMAG) == 0 &&
                       header_.e_ident[EI_CLASS] == ELFCLASS64 &&
                       header_.e_shentsize == sizeof(Elf64_Shdr);
    if (!known) throw NotElf("not an ELF file of 64 bits");
  }

  template <class Visit>
  void for_each_section(std::uint32_t type, const Visit& visit) const {
    for (std::size_t i = 0; i < header_.e_shnum; ++i) {
      const auto section = at<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr));
      if (section.sh_type == type) visit(section);
    }
  }

  template <class Entry, class Visit>
  void for_each_entry(const Elf64_Shdr& section, const Visit& visit) const {
    for (std::size_t i = 0; i < section.sh_size / sizeof(Entry); ++i) {
      visit(at<Entry>(section.sh_offset + i * sizeof(Entry)));
    }
  }

  // Visits (name, symbol) of every symbol of a symbol table.
  template <class Visit>
  void for_each_symbol(const Elf64_Shdr& table, const Visit& visit) const {
    const auto names = at<Elf64_Shdr>(header_.e_shoff + table.sh_link * sizeof(Elf64_Shdr));
    for_each_entry<Elf64_Sym>(table, [&](const Elf64_Sym& symbol) {
      visit(text(names.sh_offset + symbol.st_name), symbol);
    });
  }

 private:
  template <class T>
  T at(std::size_t offset) const {
    if (offset > content_.size() || content_.size() - offset < sizeof(T)) {
      throw NotElf("a part of it is missing");
    }
    T value;
    std::memcpy(&value, content_.data() + offset, sizeof value);
    return value;
  }
  std::string_view text(std::size_t offset) const {
    const std::size_t end = content_.find('\0', offset);
    if (end == std::string::npos) throw NotElf("a name does not end");
    return std::string_view(content_).substr(offset, end - offset);
  }

  std::string content_;
  Elf64_Ehdr header_{};
};

bool is_definition(const Elf64_Sym& symbol) {
  return ELF64_ST_BIND(symbol.st_info) != STB_LOCAL && symbol.st_shndx != SHN_UNDEF &&
         symbol.st_shndx < SHN_LORESERVE;
}

// Whether a definition in the program would take the place of one in a library. Inline functions
// and templates (weak, with C++ names) are in many places and mean the same in each; operators new
// and delete are the exception.
bool takes_over(std::string_view name, const Elf64_Sym& symbol) {
  const bool plain = !name.starts_with("_Z") || name.starts_with("_Zn") || name.starts_with("_Zd");
  return is_definition(symbol) && (plain || ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL);
}

// What the C start-up code defines in every program.
bool is_start_up(std::string_view name) {
  constexpr std::string_view kNames =
      " _start _init _fini data_start __data_start _IO_stdin_used __bss_start _edata _end "
      "__dso_handle __TMC_END__ _DYNAMIC _GLOBAL_OFFSET_TABLE_ __ehdr_start etext edata end _etext "
      "__etext __executable_start ";
  return kNames.find(fmt::format(" {} ", name)) != std::string_view::npos;
}

std::string readable(std::string_view name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(std::string(name).c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : std::string(name);
}

std::optional<std::string> runs_early(const Elf& elf) {
  std::optional<std::string> fault;
  elf.for_each_section(SHT_PREINIT_ARRAY, [&](const Elf64_Shdr& section) {
    if (section.sh_size > 0) fault = "runs code before the program begins (.preinit_array)";
  });
  elf.for_each_section(SHT_DYNAMIC, [&](const Elf64_Shdr& section) {
    elf.for_each_entry<Elf64_Dyn>(section, [&](const Elf64_Dyn& entry) {
      if (entry.d_tag == DT_PREINIT_ARRAY) {
        fault = "runs code before the program begins (.preinit_array)";
      }
    });
  });
  elf.for_each_section(SHT_RELA, [&](const Elf64_Shdr& section) {
    elf.for_each_entry<Elf64_Rela>(section, [&](const Elf64_Rela& entry) {
      const auto type = ELF64_R_TYPE(entry.r_info);
      if (type == R_X86_64_IRELATIVE) fault = "runs code while it is loaded (ifunc)";
    });
  });
  return fault;
}

std::set<std::string> exported_names(const std::string& library) {
  std::set<std::string> names;
  const Elf elf(read_file(library));
  elf.for_each_section(SHT_DYNSYM, [&](const Elf64_Shdr& table) {
    elf.for_each_symbol(table, [&](std::string_view name, const Elf64_Sym& symbol) {
      if (is_definition(symbol)) names.emplace(name);
    });
  });
  return names;
}

// The shared libraries that are loaded into this process.
std::vector<std::string> own_libraries() {
  std::vector<std::string> paths;
  const auto note = [](dl_phdr_info* info, std::size_t, void* paths) {
    // The program itself has no name, the kernel's own library no path.
    if (info->dlpi_name != nullptr && info->dlpi_name[0] == '/') {
      static_cast<std::vector<std::string>*>(paths)->push_back(info->dlpi_name);
    }
    return 0;
  };
  dl_iterate_phdr(note, &paths);
  return paths;
}

}  // namespace

std::optional<std::string> fault_of_executable(const std::string& path,
                                               const std::vector<std::string>& libraries) try {
  const Elf elf(read_file(path));
  if (std::optional<std::string> fault = runs_early(elf)) return fault;
  std::vector<std::string> candidates;
  elf.for_each_section(SHT_SYMTAB, [&](const Elf64_Shdr& table) {
    elf.for_each_symbol(table, [&](std::string_view name, const Elf64_Sym& symbol) {
      if (takes_over(name, symbol) && !is_start_up(name)) candidates.emplace_back(name);
    });
  });
  if (candidates.empty()) return std::nullopt;  // as most are: the libraries need not be read

  std::vector<std::string> all = libraries;
  for (std::string& library : own_libraries()) all.push_back(std::move(library));
  for (const std::string& library : all) {
    const std::set<std::string> owned = exported_names(library);
    for (const std::string& name : candidates) {
      if (owned.contains(name)) {
        return fmt::format("defines `{}`, which belongs to the system", readable(name));
      }
    }
  }
  return std::nullopt;
} catch (const NotElf& error) {
  return fmt::format("cannot be read ({})", error.what());
}

}  // namespace lockstep::judge
