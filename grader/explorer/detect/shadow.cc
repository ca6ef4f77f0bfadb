#include "grader/explorer/detect/shadow.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "grader/explorer/detect/report.h"
#include "grader/explorer/detect/shadow_cells.h"

namespace lockstep::shadow {

namespace {

// The recorded steps behind the entries of the cells, at the same places; only a replay writes and
// reads them.
using Events = std::int32_t[kEntries];
Events* g_events;

// Accesses that did not fit into their cell. Rare: more unordered accesses to one word than that.
struct Spilled {
  std::uint64_t key;
  Entry entry;
  std::int32_t event;
};
std::vector<Spilled>* g_spilled;

bool g_learning;
std::vector<std::uint64_t>* g_shared_keys;

std::uint32_t capacity() { return g_room * 2; }

int event_at(const Cell& cell, int i) {
  return g_engine.recording ? g_events[&cell - g_cells][i] : -1;
}

void put(Cell& cell, int i, const Entry& entry, int event) {
  cell.entries[i] = entry;
  if (g_engine.recording) g_events[&cell - g_cells][i] = event;
}

// The cell of `key`, or the unused one where it would be.
Cell& probe(std::uint64_t key) {
  for (std::uint32_t i = slot(key);; i = (i + 1) & (capacity() - 1)) {
    Cell& cell = g_cells[i];
    if (cell.execution != g_stamp || cell.key == key) return cell;
  }
}

void grow() {
  Cell* old = g_cells;
  Events* old_events = g_events;
  const std::uint32_t old_capacity = capacity();
  const std::uint32_t wanted = old_capacity == 0 ? 1u << 12 : old_capacity * 2;
  g_room = wanted / 2;
  g_shift = 64 - std::countr_zero(wanted / kNeighbours);
  g_cells = static_cast<Cell*>(map_memory(sizeof(Cell) * wanted));
  g_events = static_cast<Events*>(map_memory(sizeof(Events) * wanted));
  for (std::uint32_t i = 0; i < old_capacity; ++i) {
    if (old[i].execution != g_stamp) continue;
    Cell& cell = probe(old[i].key);
    cell = old[i];
    if (g_engine.recording) std::copy_n(old_events[i], kEntries, g_events[&cell - g_cells]);
  }
  if (old == nullptr) return;
  unmap_memory(old, sizeof(Cell) * old_capacity);
  unmap_memory(old_events, sizeof(Events) * old_capacity);
}

// One call of `access`, of which a cell may see a part.
struct Whole {
  std::uintptr_t address;
  std::size_t size;
  int event;
};

void conflict(const Entry& entry, int event, const Entry& mine, const Whole& whole) {
  if ((entry.mask() & mine.mask()) == 0) return;
  if (!writes(entry.kind()) && !writes(mine.kind())) return;
  if (is_atomic(entry.kind()) && is_atomic(mine.kind())) return;
  if (ordered_before(entry, *g_engine.current)) return;
  report_race({entry.thread(), entry.clock(), entry.kind(), entry.pc, event},
              {mine.thread(), mine.clock(), mine.kind(), mine.pc, whole.event}, whole.address,
              whole.size);
}

void spill(std::uint64_t key, const Entry& entry, int event) {
  if (g_spilled == nullptr) g_spilled = new std::vector<Spilled>;
  g_spilled->push_back({key, entry, event});
  g_quick = false;
}

void learn(Cell& cell, const Entry& mine) {
  if (cell.first_thread != mine.thread()) cell.shared |= 1;
  if (writes(mine.kind())) cell.shared |= 2;
}

void access_cell(Cell& cell, const Entry& mine, const Whole& whole) {
  const Thread& thread = *g_engine.current;
  int kept = 0;
  bool covered = false;
  for (int i = 0; i < cell.count; ++i) {
    const Entry entry = cell.entries[i];
    const int event = event_at(cell, i);
    bool keep = true;
    if (entry.thread() == mine.thread()) {
      if (entry.clock() == mine.clock() && supersedes(entry, mine) && whole.event < 0) {
        covered = true;
      } else if (supersedes(mine, entry)) {
        keep = false;
      }
    } else {
      conflict(entry, event, mine, whole);
      if (ordered_before(entry, thread) && supersedes(mine, entry)) keep = false;
    }
    if (keep) put(cell, kept++, entry, event);
  }
  cell.count = static_cast<std::uint8_t>(kept);
  if (covered) return;
  if (g_spilled != nullptr && !g_spilled->empty()) {
    for (const Spilled& s : *g_spilled) {
      if (s.key == cell.key && s.entry.thread() != mine.thread()) {
        conflict(s.entry, s.event, mine, whole);
      }
    }
  }
  if (cell.count == kEntries) {
    spill(cell.key, cell.entries[0], event_at(cell, 0));
    for (int i = 1; i < kEntries; ++i) put(cell, i - 1, cell.entries[i], event_at(cell, i));
    --cell.count;
  }
  put(cell, cell.count++, mine, whole.event);
}

void access_word(std::uint64_t key, const Entry& mine, const Whole& whole) {
  Cell* cell = &probe(key);
  if (cell->execution != g_stamp) {
    if (g_used == g_room) {
      grow();
      cell = &probe(key);
    }
    ++g_used;
    begin_cell(*cell, key, mine);
    put(*cell, 0, mine, whole.event);
    return;
  }
  if (g_learning) learn(*cell, mine);
  access_cell(*cell, mine, whole);
}

// Whether nothing orders the access before what the current thread does now.
void freed_after(const Entry& entry, int event, unsigned mask, std::uintptr_t address,
                 std::size_t size) {
  const Thread& me = *g_engine.current;
  if (entry.thread() == me.id || (entry.mask() & mask) == 0 || ordered_before(entry, me)) return;
  report_unordered_free({entry.thread(), entry.clock(), entry.kind(), entry.pc, event}, address,
                        size);
}

void free_cell(Cell& cell, std::uintptr_t address, std::size_t size) {
  const std::uintptr_t word = cell.key << 3;
  const unsigned offset = word < address ? static_cast<unsigned>(address - word) : 0;
  const std::size_t end = std::min<std::size_t>(8, address + size - word);
  const unsigned mask = mask_of(offset, end - offset);
  if (g_learning && cell.first_thread != g_engine.current->id) cell.shared = 3;
  for (int i = 0; i < cell.count; ++i) {
    freed_after(cell.entries[i], event_at(cell, i), mask, address, size);
  }
  if (g_spilled == nullptr) return;
  for (const Spilled& s : *g_spilled) {
    if (s.key == cell.key) freed_after(s.entry, s.event, mask, address, size);
  }
}

}  // namespace

bool add_ordered(Cell& cell, const Entry& mine, const Thread& me) {
  bool superseded[kEntries];
  for (int i = 0; i < cell.count; ++i) {
    const Entry entry = cell.entries[i];
    if (!ordered_before(entry, me)) return false;
    if (is_now(entry, me) && supersedes(entry, mine)) return true;
    superseded[i] = supersedes(mine, entry);
  }
  int kept = 0;
  for (int i = 0; i < cell.count; ++i) {
    if (!superseded[i]) cell.entries[kept++] = cell.entries[i];
  }
  if (kept == kEntries) return false;
  cell.entries[kept] = mine;
  cell.count = static_cast<std::uint8_t>(kept + 1);
  return true;
}

void access(std::uintptr_t address, std::size_t size, Kind kind, const void* pc, int event) {
  const int owner = fiber::slot_of(address);
  if (owner >= 0 && owner != g_engine.current->id && !touch_stack(owner, address, size)) {
    report_dead_stack(owner, address, size, kind, pc, event);
  }
  if (heap::is_freed(address, size)) report_use_after_free(address, size, kind, pc, event);
  const Whole whole{address, size, event};
  const Thread& thread = *g_engine.current;
  const std::uintptr_t end = address + size;
  while (address < end) {
    const unsigned offset = address & 7;
    const std::size_t length = std::min<std::size_t>(8 - offset, end - address);
    access_word(address >> 3, Entry(pc, thread, mask_of(offset, length), kind), whole);
    address += length;
  }
}

// Freeing is a write: it races with an access that nothing orders before it. Later accesses find
// the block freed.
void freed(std::uintptr_t address, std::size_t size) {
  // The quick way does not look for these.
  if (heap::in_early(reinterpret_cast<const void*>(address))) g_quick = false;
  if (size == 0) return;
  const std::uint64_t first = address >> 3;
  const std::uint64_t last = (address + size - 1) >> 3;
  if (last - first < capacity()) {
    for (std::uint64_t key = first; key <= last; ++key) {
      Cell& cell = probe(key);
      if (cell.execution == g_stamp) free_cell(cell, address, size);
    }
    return;
  }
  for (std::uint32_t i = 0; i < capacity(); ++i) {
    Cell& cell = g_cells[i];
    if (cell.execution == g_stamp && cell.key - first <= last - first) {
      free_cell(cell, address, size);
    }
  }
}

void stack_gone(std::uintptr_t end) {
  Thread& me = *g_engine.current;
  const std::uintptr_t begin = me.lowest_foreign;
  freed(begin, std::min(end, me.foreign_end) - begin);
  me.lowest_foreign = end < me.foreign_end ? end : kNothingForeign;
}

void clear() {
  if (g_cells == nullptr) grow();
  ++g_stamp;
  g_used = 0;
  if (g_spilled != nullptr) g_spilled->clear();
  g_quick = !g_engine.recording && !g_learning;
}

void learn_shared(bool on) {
  if (g_shared_keys == nullptr) g_shared_keys = new std::vector<std::uint64_t>;
  if (g_learning && !on) {
    for (std::uint32_t i = 0; i < capacity(); ++i) {
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
