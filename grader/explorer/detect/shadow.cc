#include "grader/explorer/detect/shadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/report.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"

namespace lockstep::shadow {

bool g_foreign_stack_accesses;

namespace {

struct Entry {
  const void* pc;
  std::uint32_t clock;
  std::int32_t event;
  std::uint8_t thread;
  std::uint8_t mask;
  Kind kind;
};

constexpr int kEntries = 4;

// Eight bytes of memory.
struct Cell {
  std::uint64_t key;        // address / 8
  std::uint32_t execution;  // stamp: any other means that the cell is unused
  std::uint8_t count;
  std::uint8_t freed;       // mask
  std::uint8_t first_thread;
  std::uint8_t shared;      // more than one thread, and one of them wrote: 1 threads, 2 writes
  const void* freed_at;
  Entry entries[kEntries];
};

Cell* g_cells;
std::uint32_t g_capacity;
std::uint32_t g_used;
std::uint32_t g_stamp = 1;

// Accesses that did not fit into their cell. Rare: five unordered accesses to one word.
struct Spilled {
  std::uint64_t key;
  Entry entry;
};
std::vector<Spilled>* g_spilled;

// Big blocks that were freed: their cells are not marked one by one.
struct FreedRange {
  std::uintptr_t begin;
  std::uintptr_t end;
};
constexpr std::size_t kMarkedOneByOne = 4096;
std::vector<FreedRange>* g_freed_ranges;

bool g_freeing;  // the write that is checked is a free

bool g_learning;
std::vector<std::uint64_t>* g_shared_keys;

std::uint32_t slot(std::uint64_t key) {
  return static_cast<std::uint32_t>((key * 0x9E3779B97F4A7C15u) >> 32) & (g_capacity - 1);
}

void grow() {
  Cell* old = g_cells;
  const std::uint32_t old_capacity = g_capacity;
  g_capacity = old_capacity == 0 ? 1u << 12 : old_capacity * 2;
  g_cells = static_cast<Cell*>(map_memory(sizeof(Cell) * g_capacity));
  for (std::uint32_t i = 0; i < old_capacity; ++i) {
    if (old[i].execution != g_stamp) continue;
    std::uint32_t at = slot(old[i].key);
    while (g_cells[at].execution == g_stamp) at = (at + 1) & (g_capacity - 1);
    g_cells[at] = old[i];
  }
  if (old != nullptr) ::munmap(old, sizeof(Cell) * old_capacity);
}

Cell& cell_of(std::uint64_t key) {
  for (std::uint32_t i = slot(key);; i = (i + 1) & (g_capacity - 1)) {
    Cell& cell = g_cells[i];
    if (cell.execution == g_stamp) {
      if (cell.key == key) return cell;
      continue;
    }
    if (++g_used * 2 > g_capacity) {
      grow();
      --g_used;
      return cell_of(key);
    }
    cell.key = key;
    cell.execution = g_stamp;
    cell.count = 0;
    cell.freed = 0;
    cell.freed_at = nullptr;
    cell.first_thread = static_cast<std::uint8_t>(g_engine.current->id);
    cell.shared = 0;
    return cell;
  }
}

bool ordered_before(const Entry& entry, const Thread& thread) {
  return entry.clock <= thread.clock.at[entry.thread];
}

// `later` makes `earlier` superfluous: whatever races with `earlier` races with `later` too.
bool supersedes(const Entry& later, const Entry& earlier) {
  return (earlier.mask & ~later.mask) == 0 && (writes(later.kind) || !writes(earlier.kind)) &&
         (!is_atomic(later.kind) || is_atomic(earlier.kind));
}

void conflict(const Entry& entry, const Entry& mine, std::uintptr_t address, std::size_t size) {
  if ((entry.mask & mine.mask) == 0) return;
  if (!writes(entry.kind) && !writes(mine.kind)) return;
  if (is_atomic(entry.kind) && is_atomic(mine.kind)) return;
  if (ordered_before(entry, *g_engine.current)) return;
  if (g_freeing) {
    report_unordered_free({entry.thread, entry.kind, entry.pc, entry.event}, address, size);
    return;
  }
  report_race({entry.thread, entry.kind, entry.pc, entry.event},
              {g_engine.current->id, mine.kind, mine.pc, mine.event}, address, size);
}

void spill(std::uint64_t key, const Entry& entry) {
  if (g_spilled == nullptr) g_spilled = new std::vector<Spilled>;
  g_spilled->push_back({key, entry});
}

void access_cell(Cell& cell, const Entry& mine, std::uintptr_t address, std::size_t size) {
  const Thread& thread = *g_engine.current;
  int kept = 0;
  bool covered = false;
  for (int i = 0; i < cell.count; ++i) {
    const Entry entry = cell.entries[i];
    bool keep = true;
    if (entry.thread == mine.thread) {
      if (entry.clock == mine.clock && supersedes(entry, mine) && mine.event < 0) {
        covered = true;
      } else if (supersedes(mine, entry)) {
        keep = false;
      }
    } else {
      conflict(entry, mine, address, size);
      if (ordered_before(entry, thread) && supersedes(mine, entry)) keep = false;
    }
    if (keep) cell.entries[kept++] = entry;
  }
  cell.count = static_cast<std::uint8_t>(kept);
  if (covered) return;
  if (g_spilled != nullptr && !g_spilled->empty()) {
    for (const Spilled& s : *g_spilled) {
      if (s.key == cell.key && s.entry.thread != mine.thread) conflict(s.entry, mine, address, size);
    }
  }
  if (cell.count == kEntries) {
    spill(cell.key, cell.entries[0]);
    std::memmove(cell.entries, cell.entries + 1, sizeof(Entry) * (kEntries - 1));
    --cell.count;
  }
  cell.entries[cell.count++] = mine;
}

void learn(Cell& cell, const Entry& mine) {
  if (cell.first_thread != mine.thread) cell.shared |= 1;
  if (writes(mine.kind)) cell.shared |= 2;
}

// Accesses to the stacks of other threads, for the end of the frames that they went to.
struct ForeignAccess {
  int owner;
  std::uintptr_t address;
  std::size_t size;
  Entry entry;
};
std::vector<ForeignAccess>* g_foreign;

void keep_foreign(int owner, std::uintptr_t address, std::size_t size, const Entry& entry) {
  if (g_foreign == nullptr) g_foreign = new std::vector<ForeignAccess>;
  g_foreign_stack_accesses = true;
  for (ForeignAccess& access : *g_foreign) {
    if (access.address == address && access.entry.thread == entry.thread) {
      access.entry = entry;
      return;
    }
  }
  g_foreign->push_back({owner, address, size, entry});
}

// Memory of a stack: gone when its thread has ended or has left the frame.
void check_stack(std::uintptr_t address, std::size_t size, Kind kind, const void* pc, int event) {
  const int owner = fiber::slot_of(address);
  if (owner < 0 || owner == g_engine.current->id || owner >= g_engine.thread_count) return;
  const Thread& thread = *g_engine.threads[owner];
  if (thread.life == Life::kDone ||
      address < reinterpret_cast<std::uintptr_t>(thread.stack_pointer)) {
    report_dead_stack(owner, address, size, kind, pc, event);
  }
  const Thread& me = *g_engine.current;
  keep_foreign(owner, address, size,
               {pc, me.clock.at[me.id], event, static_cast<std::uint8_t>(me.id), 0xFF, kind});
}

void check_freed_ranges(std::uintptr_t address, std::size_t size, Kind kind, const void* pc,
                        int event) {
  for (const FreedRange& range : *g_freed_ranges) {
    if (address < range.end && address + size > range.begin) {
      report_use_after_free(address, size, kind, pc, event);
    }
  }
}

}  // namespace

namespace {

// Most accesses repeat what their thread has just done to the same word. Where another thread has
// been there too, a repeated access still has to be looked at: it races with the other's as the first
// one did, and its code has to become a scheduling point like the first one's.
inline bool nothing_new(std::uintptr_t address, std::size_t size, Kind kind) {
  const std::uint64_t key = address >> 3;
  const Cell& cell = g_cells[slot(key)];
  if (cell.key != key || cell.execution != g_stamp || cell.count != 1 || cell.freed != 0) {
    return false;
  }
  const Entry& last = cell.entries[0];
  const Thread& thread = *g_engine.current;
  const unsigned offset = address & 7;
  if (last.thread != thread.id || last.clock != thread.clock.at[thread.id] || offset + size > 8) {
    return false;
  }
  const auto mask = static_cast<std::uint8_t>(((1u << size) - 1) << offset);
  return (mask & ~last.mask) == 0 && (writes(last.kind) || !writes(kind)) &&
         (!is_atomic(last.kind) || is_atomic(kind));
}

}  // namespace

void access(std::uintptr_t address, std::size_t size, Kind kind, const void* pc, int event) {
  if (address - fiber::kStacksBase < fiber::kStride * kMaxThreads) {
    check_stack(address, size, kind, pc, event);
  }
  if (g_freed_ranges != nullptr && !g_freed_ranges->empty()) {
    check_freed_ranges(address, size, kind, pc, event);
  }
  if (size <= 8 && event < 0 && !g_learning && nothing_new(address, size, kind)) return;
  const Thread& thread = *g_engine.current;
  Entry mine{pc, thread.clock.at[thread.id], event, static_cast<std::uint8_t>(thread.id), 0, kind};
  const std::uintptr_t end = address + size;
  const std::uintptr_t begin = address;
  while (address < end) {
    const unsigned offset = address & 7;
    const std::size_t length = std::min<std::size_t>(8 - offset, end - address);
    mine.mask = static_cast<std::uint8_t>(((1u << length) - 1) << offset);
    Cell& cell = cell_of(address >> 3);
    if ((cell.freed & mine.mask) != 0) report_use_after_free(address, size, kind, pc, event);
    if (g_learning) learn(cell, mine);
    access_cell(cell, mine, begin, size);
    address += length;
  }
}

void freed(std::uintptr_t address, std::size_t size, const void* pc, int event) {
  if (size == 0) return;
  if (size > kMarkedOneByOne) {
    if (g_freed_ranges == nullptr) g_freed_ranges = new std::vector<FreedRange>;
    g_freed_ranges->push_back({address, address + size});
    return;
  }
  // Freeing is a write: it races with an access that nothing orders before it.
  g_freeing = true;
  access(address, size, Kind::kWrite, pc, event);
  g_freeing = false;
  const std::uintptr_t end = address + size;
  while (address < end) {
    const unsigned offset = address & 7;
    const std::size_t length = std::min<std::size_t>(8 - offset, end - address);
    Cell& cell = cell_of(address >> 3);
    cell.freed = static_cast<std::uint8_t>(cell.freed | (((1u << length) - 1) << offset));
    cell.freed_at = pc;
    address += length;
  }
}

void stack_gone(std::uintptr_t end) {
  const Thread& me = *g_engine.current;
  std::size_t kept = 0;
  for (const ForeignAccess access : *g_foreign) {
    if (access.owner != me.id || access.address >= end) {
      (*g_foreign)[kept++] = access;
    } else if (!ordered_before(access.entry, me)) {
      const Entry& e = access.entry;
      report_unordered_free({e.thread, e.kind, e.pc, e.event}, access.address, access.size);
    }
  }
  g_foreign->resize(kept);
  g_foreign_stack_accesses = kept > 0;
}

void clear() {
  if (g_foreign != nullptr) g_foreign->clear();
  g_foreign_stack_accesses = false;
  g_freeing = false;
  if (g_capacity == 0) grow();
  ++g_stamp;
  g_used = 0;
  if (g_spilled != nullptr) g_spilled->clear();
  if (g_freed_ranges != nullptr) g_freed_ranges->clear();
}

void learn_shared(bool on) {
  if (g_shared_keys == nullptr) g_shared_keys = new std::vector<std::uint64_t>;
  if (g_learning && !on) {
    for (std::uint32_t i = 0; i < g_capacity; ++i) {
      const Cell& cell = g_cells[i];
      if (cell.execution == g_stamp && cell.shared == 3) g_shared_keys->push_back(cell.key);
    }
    std::sort(g_shared_keys->begin(), g_shared_keys->end());
  }
  g_learning = on;
}

bool is_shared(std::uintptr_t address) {
  return g_shared_keys != nullptr &&
         std::binary_search(g_shared_keys->begin(), g_shared_keys->end(), address >> 3);
}

void forget_shared() {
  if (g_shared_keys != nullptr) g_shared_keys->clear();
}

}  // namespace lockstep::shadow
