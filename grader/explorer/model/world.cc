#include "grader/explorer/model/world.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/raw.h"

namespace lockstep::world {

namespace {

constexpr std::uintptr_t kPage = 4096;
constexpr std::size_t kCopiedWhole = 64u << 10;  // larger globals are watched page by page

// Memory whose pages are watched for writes.
struct Watched {
  Range range;
  Range bindings;        // .got.plt: the loader's, filled in at first calls; never put back
  char* kept;            // the contents of written pages, at the same offsets
  std::uint32_t* dirty;  // page numbers
  std::uint8_t* is_dirty;
  int dirty_count;
};

const char* g_tls_image;
std::size_t g_tls_file_size;
std::size_t g_tls_size;
std::size_t g_tls_offset;  // of the program's block below the control block

char* g_program_copy;  // of g_program_data, when it is copied whole
Watched g_watched[5];
int g_watched_count;
int g_libc_index = -1;
bool g_frozen;
bool g_watch_anew;

bool ends_in(const char* path, const char* stem) {
  const char* base = std::strrchr(path, '/');
  return std::strncmp(base != nullptr ? base + 1 : path, stem, std::strlen(stem)) == 0;
}

// Where the loader keeps the addresses that it looks up lazily.
Range lazy_bindings(const dl_phdr_info& info) {
  Range bindings;
  std::size_t relocations = 0;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& p = info.dlpi_phdr[i];
    if (p.p_type != PT_DYNAMIC) continue;
    for (auto* d = reinterpret_cast<const ElfW(Dyn)*>(info.dlpi_addr + p.p_vaddr);
         d->d_tag != DT_NULL; ++d) {
      if (d->d_tag == DT_PLTGOT) bindings.begin = d->d_un.d_ptr;
      if (d->d_tag == DT_PLTRELSZ) relocations = d->d_un.d_val / sizeof(ElfW(Rela));
    }
  }
  constexpr std::size_t kReserved = 3;  // the loader's own entries
  bindings.end = bindings.begin + (bindings.begin != 0 ? (relocations + kReserved) * 8 : 0);
  return bindings;
}

void watch(Range range, Range bindings) {
  if (range.size() == 0) return;
  Watched& w = g_watched[g_watched_count++];
  w.range = range;
  w.bindings = bindings;
  w.kept = static_cast<char*>(map_memory(range.size()));
  w.dirty = static_cast<std::uint32_t*>(map_memory(range.size() / kPage * 4 + 4));
  w.is_dirty = static_cast<std::uint8_t*>(map_memory(range.size() / kPage + 1));
}

// The writable part of a module that the loader does not write-protect after start-up.
Range writable_data(const dl_phdr_info& info) {
  Range data;
  std::uintptr_t relro_end = 0;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& p = info.dlpi_phdr[i];
    const std::uintptr_t begin = info.dlpi_addr + p.p_vaddr;
    if (p.p_type == PT_LOAD && (p.p_flags & PF_W) != 0) data = {begin, begin + p.p_memsz};
    if (p.p_type == PT_GNU_RELRO) relro_end = (begin + p.p_memsz) & ~(kPage - 1);
  }
  if (relro_end > data.begin && relro_end <= data.end) data.begin = relro_end;
  return data;
}

Range whole_pages(Range r) { return {r.begin & ~(kPage - 1), (r.end + kPage - 1) & ~(kPage - 1)}; }

int visit_module(dl_phdr_info* info, std::size_t, void*) {
  const bool program = info->dlpi_name[0] == 0 && g_program_base == 0;
  const bool cxx = ends_in(info->dlpi_name, "libstdc++.so");
  const bool libc = ends_in(info->dlpi_name, "libc.so");
  if (!program && !cxx && !libc) return 0;
  const Range data = writable_data(*info);
  if (cxx) {
    g_cxx_library_data = data;
    watch(whole_pages(data), lazy_bindings(*info));
  }
  if (libc) {
    g_libc_index = g_watched_count;
    watch(whole_pages(data), lazy_bindings(*info));
  }
  if (program) {
    g_program_base = info->dlpi_addr;
    g_program_data = data;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const ElfW(Phdr)& p = info->dlpi_phdr[i];
      const std::uintptr_t begin = info->dlpi_addr + p.p_vaddr;
      if (p.p_type == PT_LOAD && (p.p_flags & PF_X) != 0) {
        g_program_code = {begin, begin + p.p_memsz};
      }
      if (p.p_type == PT_TLS) {
        g_tls_image = reinterpret_cast<const char*>(begin);
        g_tls_file_size = p.p_filesz;
        g_tls_size = p.p_memsz;
        g_tls_offset = (p.p_memsz + p.p_align - 1) & ~(p.p_align - 1);
      }
    }
    if (data.size() <= kCopiedWhole) {
      g_program_copy = static_cast<char*>(map_memory(data.size() + 1));
    } else {
      // The first and last page may be shared with something else: watching them does no harm.
      watch(whole_pages(data), lazy_bindings(*info));
    }
  }
  return 0;
}

void put_back(const Watched& w, std::uintptr_t begin, std::uintptr_t end) {
  if (begin < end) {
    raw::copy(reinterpret_cast<void*>(begin), w.kept + (begin - w.range.begin), end - begin);
  }
}

void protect(const Range& range, int protection) {
  if (::mprotect(reinterpret_cast<void*>(range.begin), range.size(), protection) != 0) {
    die("cannot watch the libraries' data");
  }
}

// --- Output ----------------------------------------------------------------------------------

int g_memory = -1;  // the memfd behind descriptors 1 and 2
int g_input = -1;   // what standard input held, or -1
int g_saved[3] = {-1, -1, -1};
bool g_wrote;

bool stdio_touched() { return g_libc_index >= 0 && g_watched[g_libc_index].dirty_count > 0; }

void flush() {
  if (stdio_touched()) ::fflush(nullptr);
}

void empty_output() {
  if (output_size() == 0) return;
  g_wrote = false;
  if (::ftruncate(g_memory, 0) != 0) die("cannot empty the captured output");
  ::lseek(g_memory, 0, SEEK_SET);
}

// Every page is as it was when it was last watched: from now on it is again.
// Whether there were any others.
bool forget_dirty_pages() {
  bool any = false;
  for (int i = 0; i < g_watched_count; ++i) {
    Watched& w = g_watched[i];
    if (w.dirty_count == 0) continue;
    any = true;
    w.dirty_count = 0;
    raw::fill(w.is_dirty, 0, w.range.size() / kPage);
    protect(w.range, PROT_READ);
  }
  return any;
}

}  // namespace

void open() {
  if (g_program_base != 0) return;
  ::dl_iterate_phdr(visit_module, nullptr);
  const auto [begin, end] = heap::early_memory();
  watch({begin, end}, {});
}

void freeze() {
  if (g_program_copy != nullptr) {
    std::memcpy(g_program_copy, reinterpret_cast<void*>(g_program_data.begin),
                g_program_data.size());
  }
  for (int i = 0; i < g_watched_count; ++i) {
    g_watched[i].dirty_count = 0;
    std::memset(g_watched[i].is_dirty, 0, g_watched[i].range.size() / kPage);
  }
  g_frozen = true;
  g_watch_anew = true;  // the first execution makes the libraries bind their functions
  for (int i = 0; i < g_watched_count; ++i) protect(g_watched[i].range, PROT_READ);
}

void restore() {
  empty_output();
  if (g_program_copy != nullptr) {
    std::memcpy(reinterpret_cast<void*>(g_program_data.begin), g_program_copy,
                g_program_data.size());
  }
  for (int i = 0; i < g_watched_count; ++i) {
    const Watched& w = g_watched[i];
    for (int k = 0; k < w.dirty_count; ++k) {
      const std::uintptr_t page = w.range.begin + w.dirty[k] * kPage;
      const std::uintptr_t page_end = page + kPage;
      const std::uintptr_t skip_begin = std::clamp(w.bindings.begin, page, page_end);
      const std::uintptr_t skip_end = std::clamp(w.bindings.end, skip_begin, page_end);
      put_back(w, page, skip_begin);
      put_back(w, skip_end, page_end);
    }
  }
  if (g_watch_anew && forget_dirty_pages()) g_watch_anew = false;
  if (g_input >= 0) ::lseek(0, 0, SEEK_SET);
}

void watch_anew() { g_watch_anew = true; }

void thaw() {
  restore();
  g_frozen = false;
  for (int i = 0; i < g_watched_count; ++i) protect(g_watched[i].range, PROT_READ | PROT_WRITE);
}

bool write_fault(std::uintptr_t address) {
  if (!g_frozen) return false;
  for (int i = 0; i < g_watched_count; ++i) {
    Watched& w = g_watched[i];
    if (!w.range.holds(address)) continue;
    const std::uintptr_t offset = (address - w.range.begin) & ~(kPage - 1);
    const std::uintptr_t page = offset / kPage;
    if (w.is_dirty[page] != 0) return false;
    w.is_dirty[page] = 1;
    raw::copy(w.kept + offset, reinterpret_cast<void*>(w.range.begin + offset), kPage);
    w.dirty[w.dirty_count++] = static_cast<std::uint32_t>(page);
    raw::call(SYS_mprotect, static_cast<long>(w.range.begin + offset), kPage,
              PROT_READ | PROT_WRITE);
    return true;
  }
  return false;
}

void reset_thread_locals(std::uintptr_t fs_base) {
  if (g_tls_size == 0) return;
  char* block = reinterpret_cast<char*>(fs_base - g_tls_offset);
  std::memcpy(block, g_tls_image, g_tls_file_size);
  std::memset(block + g_tls_file_size, 0, g_tls_size - g_tls_file_size);
}

void capture_output(bool with_standard_input) {
  ::fflush(nullptr);
  g_memory = ::memfd_create("lockstep-output", MFD_CLOEXEC);
  if (g_memory < 0) die("cannot capture the output");
  for (int fd = 1; fd <= 2; ++fd) {
    g_saved[fd] = ::fcntl(fd, F_DUPFD_CLOEXEC, 100);
    ::dup2(g_memory, fd);
  }
  if (!with_standard_input) return;
  // Every execution reads the same input: it is read once, up to a bound, and rewound.
  g_saved[0] = ::fcntl(0, F_DUPFD_CLOEXEC, 100);
  g_input = ::memfd_create("lockstep-input", MFD_CLOEXEC);
  if (::isatty(0) == 0) {
    char buffer[4096];
    constexpr std::size_t kMaxInput = 64u << 20;
    std::size_t total = 0;
    for (ssize_t n; total < kMaxInput && (n = ::read(0, buffer, sizeof buffer)) > 0;) {
      raw::write_all(g_input, buffer, static_cast<std::size_t>(n));
      total += static_cast<std::size_t>(n);
    }
  }
  ::lseek(g_input, 0, SEEK_SET);
  ::dup2(g_input, 0);
}

void release_output() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (g_saved[fd] < 0) continue;
    ::dup2(g_saved[fd], fd);
    ::close(g_saved[fd]);
    g_saved[fd] = -1;
  }
  if (g_memory >= 0) ::close(g_memory);
  if (g_input >= 0) ::close(g_input);
  g_memory = g_input = -1;
}

void note_output() { g_wrote = true; }

std::size_t output_size() {
  if (g_memory < 0) return 0;
  flush();
  if (!g_wrote && !stdio_touched()) return 0;
  struct stat status;
  return ::fstat(g_memory, &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

std::size_t printed_so_far() {
  struct stat status;
  return g_memory >= 0 && ::fstat(g_memory, &status) == 0 ? static_cast<std::size_t>(status.st_size)
                                                          : 0;
}

std::string output() {
  std::string text(std::min(output_size(), kMaxOutput), '\0');
  const ssize_t n = ::pread(g_memory, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

void for_each_root(void (*f)(std::uintptr_t, std::uintptr_t, void*), void* argument) {
  f(g_program_data.begin, g_program_data.end, argument);
  for (int i = 0; i < g_watched_count; ++i) {
    const Watched& w = g_watched[i];
    for (int k = 0; k < w.dirty_count; ++k) {
      const std::uintptr_t begin = w.range.begin + w.dirty[k] * kPage;
      f(begin, begin + kPage, argument);
    }
  }
}

}  // namespace lockstep::world
