#ifndef GRADER_EXPLORER_MODEL_MEMORY_H_
#define GRADER_EXPLORER_MODEL_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <utility>

namespace lockstep {

// Zeroed pages for the explorer's own tables, apart from both heaps.
void* map_memory(std::size_t bytes);
void unmap_memory(void* memory, std::size_t bytes);

// Writes the message to standard error and ends the process: a fault of the explorer itself, or a
// limit that no program within reason meets.
[[noreturn]] void die(const char* message);

// The two heaps of the process. Both replace libc's, because libc's heap would keep its state in
// libc's data, which is restored before every execution.
//
// The *arena* serves what runs inside an explored body. It begins at the same address in every run
// of the program, is emptied before every execution, and never hands out a byte twice within one,
// so that a stale pointer is always seen.
//
// The *house heap* serves everything else: start-up, doctest, the explorer itself.
namespace heap {

struct Block {
  const void* allocated_at;
  const void* freed_at;
  // What a program sees that reads just before its block is the same in every process.
  std::uint64_t size;
  std::uint32_t state;  // kLive or kFreed
  std::int32_t thread;  // who allocated it
};
inline constexpr std::uint32_t kLive = 0xA110Cu;
inline constexpr std::uint32_t kFreed = 0xF4EEDu;

inline constexpr std::uintptr_t kArenaBase = 0x100000000000;
inline constexpr std::size_t kArenaSize = std::size_t{1} << 30;

inline bool in_arena(std::uintptr_t address) { return address - kArenaBase < kArenaSize; }
inline bool in_arena(const void* p) { return in_arena(reinterpret_cast<std::uintptr_t>(p)); }

void* arena_allocate(std::size_t bytes, std::size_t alignment, const void* caller);
inline Block* block_of(void* p) { return static_cast<Block*>(p) - 1; }
// The live or freed block that holds `address`, or nullptr. Walks the arena: for reports.
Block* block_around(std::uintptr_t address);
inline void* memory_of(Block* block) { return block + 1; }
void arena_clear();
std::size_t arena_live();   // blocks not freed
std::size_t arena_bytes();  // handed out in this execution
// Calls f(block) for every block of the execution, in the order of allocation.
void arena_blocks(void (*f)(Block*, void*), void* argument);
void arena_mark_freed(Block* block, const void* caller);

// A byte for every 16 of the arena, not 0 where a freed block lies. Blocks share no such granule.
inline constexpr std::size_t kGranule = 16;
inline constinit std::uint8_t* g_freed_granules = nullptr;
// Blocks from before main that the execution has given back; the next one has them again.
bool in_early(const void* p);
void mark_freed_early(void* p);
struct FreedEarly {
  std::uintptr_t begin;
  std::size_t size;
};
// The one that holds a byte of [address, address + size), or nullptr.
const FreedEarly* freed_early_around(std::uintptr_t address, std::size_t size);
// Whether any byte of [address, address + size) was given back in this execution; `size` is not 0.
inline bool is_freed(std::uintptr_t address, std::size_t size) {
  const std::uintptr_t offset = address - kArenaBase;
  if (offset >= kArenaSize) return freed_early_around(address, size) != nullptr;
  for (std::uintptr_t at = offset / kGranule; at <= (offset + size - 1) / kGranule; ++at) {
    if (g_freed_granules[at] != 0) return true;
  }
  return false;
}

// What is allocated before main (by constructors of globals) is part of the program's initial
// state: it lies apart, so that it can be watched and put back with the globals that point to it.
void main_begins();
// [begin, end) of that memory, whole pages; empty when there is none.
std::pair<std::uintptr_t, std::uintptr_t> early_memory();

void* house_allocate(std::size_t bytes, std::size_t alignment);
void house_free(void* p);
std::size_t house_size(void* p);
bool in_house(const void* p);

}  // namespace heap

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_MEMORY_H_
