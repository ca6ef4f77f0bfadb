#ifndef GRADER_EXPLORER_DETECT_SHADOW_CELLS_H_
#define GRADER_EXPLORER_DETECT_SHADOW_CELLS_H_

// The table behind shadow.h, and the short way through it that most accesses take. Between them and
// the program stands nothing but the hook: this is what the explorer spends most of its time on.

#include <algorithm>
#include <cstdint>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"

namespace lockstep::shadow {

// One access. What describes it is one word: the thread's stamp (Thread::stamp), the mask of the
// bytes, the kind.
struct Entry {
  const void* pc;
  std::uint64_t word;

  Entry() = default;
  Entry(const void* at, const Thread& thread, unsigned mask, Kind kind)
      : pc(at),
        word(thread.stamp | static_cast<std::uint64_t>(mask) << 40 |
             static_cast<std::uint64_t>(kind) << 48) {}

  std::uint32_t clock() const { return static_cast<std::uint32_t>(word); }
  int thread() const { return static_cast<std::uint8_t>(word >> 32); }
  unsigned mask() const { return static_cast<std::uint8_t>(word >> 40); }
  Kind kind() const { return static_cast<Kind>(word >> 48); }
};
static_assert(kMaxThreads <= 256);

inline constexpr int kEntries = 7;

// Eight bytes of memory; two lines of the cache, of which most accesses need the first alone.
struct alignas(128) Cell {
  std::uint64_t key;        // address / 8
  std::uint32_t execution;  // stamp: any other means that the cell is unused
  std::uint8_t count;
  std::uint8_t first_thread;
  std::uint8_t shared;  // more than one thread, and one of them wrote: 1 threads, 2 writes
  Entry entries[kEntries];
};
static_assert(sizeof(Cell) == 128);

inline Cell* g_cells;
inline int g_shift;  // 64 - log2 of the groups of cells
inline std::uint32_t g_used;
inline std::uint32_t g_room;  // g_used may grow to this
inline std::uint32_t g_stamp = 1;

// Neither is anything recorded or learnt, nor are there spilled accesses.
inline bool g_quick;

// Neighbours in memory are neighbours in the table: an object's cells share pages.
inline constexpr std::uint32_t kNeighbours = 16;
inline std::uint32_t slot(std::uint64_t key) {
  const std::uint64_t group = ((key / kNeighbours) * 0x9E3779B97F4A7C15u) >> g_shift;
  return static_cast<std::uint32_t>(group * kNeighbours + key % kNeighbours);
}

inline unsigned mask_of(unsigned offset, std::size_t length) {
  return ((1u << length) - 1) << offset;
}

inline bool ordered_before(const Entry& entry, const Thread& thread) {
  return entry.clock() <= thread.clock.at[entry.thread()];
}

// By this thread, since it last released anything.
inline bool is_now(const Entry& entry, const Thread& thread) {
  constexpr int kAboveStamp = 24;
  return entry.word << kAboveStamp == thread.stamp << kAboveStamp;
}

// `later` makes `earlier` superfluous: whatever races with `earlier` races with `later` too.
[[gnu::always_inline]] inline bool supersedes(const Entry& later, const Entry& earlier) {
  return (earlier.mask() & ~later.mask()) == 0 &&
         (writes(later.kind()) || !writes(earlier.kind())) &&
         (!is_atomic(later.kind()) || is_atomic(earlier.kind()));
}

// The first access to these eight bytes in this execution; `cell` is unused.
[[gnu::always_inline]] inline void begin_cell(Cell& cell, std::uint64_t key, const Entry& mine) {
  cell.key = key;
  cell.execution = g_stamp;
  cell.count = 1;
  cell.first_thread = static_cast<std::uint8_t>(mine.thread());
  cell.shared = writes(mine.kind()) ? 2 : 0;
  cell.entries[0] = mine;
}

// An access to memory on the stack of thread `owner`: false when that is gone, for the thread has
// ended or has left the frame.
[[gnu::always_inline]] inline bool touch_stack(int owner, std::uintptr_t address,
                                               std::size_t size) {
  if (owner >= g_engine.thread_count) return true;
  Thread& thread = *g_engine.threads[owner];
  if (thread.life == Life::kDone ||
      address < reinterpret_cast<std::uintptr_t>(thread.stack_pointer)) {
    return false;
  }
  thread.lowest_foreign = std::min(thread.lowest_foreign, address);
  thread.foreign_end = std::max(thread.foreign_end, address + size);
  return true;
}

// Adds an access to a cell of which everything is ordered before it; otherwise nothing is done, and
// false is returned.
bool add_ordered(Cell& cell, const Entry& mine, const Thread& me);

// Whether this was one of the many accesses that lie within a word, and after everything that is
// known of it. Then it is done; otherwise nothing is.
template <bool is_write>
[[gnu::always_inline]] inline bool access_quickly(std::uintptr_t address, std::size_t size,
                                                  const void* pc) {
  const unsigned offset = address & 7;
  if (!g_quick || offset + size > 8) return false;
  Thread& me = *g_engine.current;
  if (address - me.stack_begin >= fiber::kStackSize) {
    if (heap::in_arena(address)) {
      if (heap::g_freed_granules[(address - heap::kArenaBase) / heap::kGranule] != 0) return false;
    } else if (const int owner = fiber::slot_of(address); owner >= 0) {
      if (!touch_stack(owner, address, size)) return false;
    }
    // What a loop keeps on its own stack is no news to others; this is.
    if (is_write) me.spin.clear();
  }
  const std::uint64_t key = address >> 3;
  Cell& cell = g_cells[slot(key)];
  const Entry mine(pc, me, mask_of(offset, size), is_write ? Kind::kWrite : Kind::kRead);
  if (cell.execution != g_stamp) {
    if (g_used == g_room) return false;
    ++g_used;
    begin_cell(cell, key, mine);
    return true;
  }
  if (cell.key != key) return false;
  const Entry first = cell.entries[0];
  if (cell.count != 1) return add_ordered(cell, mine, me);
  if (!ordered_before(first, me)) return false;
  if (supersedes(mine, first)) {
    cell.entries[0] = mine;
  } else if (!is_now(first, me) || !supersedes(first, mine)) {
    cell.entries[1] = mine;
    cell.count = 2;
  }
  return true;
}

}  // namespace lockstep::shadow

#endif  // GRADER_EXPLORER_DETECT_SHADOW_CELLS_H_
