#include "grader/explorer/model/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <vector>

#include "grader/explorer/model/raw.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

namespace lockstep {

void* map_memory(std::size_t bytes) {
  void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) die("no memory for the explorer's tables");
  return p;
}

void unmap_memory(void* memory, std::size_t bytes) { ::munmap(memory, bytes); }

void die(const char* message) {
  const char prefix[] = "lockstep: ";
  raw::write_all(2, prefix, sizeof prefix - 1);
  raw::write_all(2, message, std::strlen(message));
  raw::write_all(2, "\n", 1);
  raw::exit_group(70);
}

namespace heap {

namespace {

std::vector<FreedEarly>* g_freed_early;

char* g_next;  // the arena's first free byte
std::size_t g_live;

// Small executions keep their pages warm; what a greedy one took beyond this is given back.
constexpr std::size_t kKeptWarm = 4u << 20;

void reserve_arena() {
  void* wanted = reinterpret_cast<void*>(kArenaBase);
  void* p = ::mmap(wanted, kArenaSize, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (p != wanted) die("the address range of the arena is taken");
  g_next = static_cast<char*>(wanted);
  // One granule more: an access that begins in the arena may end beyond it.
  g_freed_granules = static_cast<std::uint8_t*>(map_memory(kArenaSize / kGranule + 1));
}

std::size_t granules(std::size_t bytes) { return (bytes + kGranule - 1) / kGranule; }

std::uintptr_t round_up(std::uintptr_t value, std::size_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace

void* arena_allocate(std::size_t bytes, std::size_t alignment, const void* caller) {
  if (g_next == nullptr) reserve_arena();
  alignment = std::max<std::size_t>(alignment, 16);
  const std::uintptr_t next = reinterpret_cast<std::uintptr_t>(g_next);
  const std::uintptr_t memory = round_up(next + sizeof(Block), alignment);
  if (bytes > kArenaSize || memory + bytes + 16 > kArenaBase + kArenaSize) return nullptr;
  // Alignment gaps are bridged with an empty, freed block, so that a walk meets every header.
  if (memory - sizeof(Block) != next) {
    const std::size_t gap = memory - sizeof(Block) - next;
    raw::fill(reinterpret_cast<void*>(next), 0, gap);
    if (gap >= sizeof(Block)) {
      *reinterpret_cast<Block*>(next) = Block{nullptr, nullptr, gap - sizeof(Block), kFreed, -1};
    }
  }
  Block* block = reinterpret_cast<Block*>(memory) - 1;
  *block = Block{caller, nullptr, bytes, kLive, 0};
  // Stale bytes of an earlier execution would make a replay diverge. What lies further back than
  // kKeptWarm comes from the kernel anew in every execution.
  constexpr std::uintptr_t kStaleEnd = kArenaBase + kKeptWarm;
  if (memory < kStaleEnd) {
    raw::fill(reinterpret_cast<void*>(memory), 0xCD, std::min(bytes, kStaleEnd - memory));
  }
  // One spare byte at least: a pointer just past a block is not inside the next one.
  g_next = reinterpret_cast<char*>(round_up(memory + bytes + 1, 16));
  ++g_live;
  return reinterpret_cast<void*>(memory);
}

void arena_mark_freed(Block* block, const void* caller) {
  block->state = kFreed;
  block->freed_at = caller;
  --g_live;
  const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(memory_of(block)) - kArenaBase;
  raw::fill(g_freed_granules + offset / kGranule, 1, granules(block->size));
}

void arena_clear() {
  if (g_next == nullptr) reserve_arena();
  const std::size_t used = arena_bytes();
  if (used > kKeptWarm) {
    ::madvise(reinterpret_cast<void*>(kArenaBase + kKeptWarm), used - kKeptWarm, MADV_DONTNEED);
    ::madvise(g_freed_granules, granules(used), MADV_DONTNEED);
  } else {
    raw::fill(g_freed_granules, 0, granules(used));
  }
  g_next = reinterpret_cast<char*>(kArenaBase);
  g_live = 0;
  if (g_freed_early != nullptr) g_freed_early->clear();
}

std::size_t arena_live() { return g_live; }

std::size_t arena_bytes() {
  return g_next == nullptr ? 0
                           : static_cast<std::size_t>(g_next - reinterpret_cast<char*>(kArenaBase));
}

void arena_blocks(void (*f)(Block*, void*), void* argument) {
  std::uintptr_t at = kArenaBase;
  const std::uintptr_t end = kArenaBase + arena_bytes();
  while (at + sizeof(Block) <= end) {
    Block* block = reinterpret_cast<Block*>(at);
    if (block->state != kLive && block->state != kFreed) {
      at += 16;  // a gap too small for a header
      continue;
    }
    if (block->thread >= 0) f(block, argument);
    at = round_up(at + sizeof(Block) + block->size + (block->thread >= 0 ? 1 : 0), 16);
  }
}

Block* block_around(std::uintptr_t address) {
  struct Search {
    std::uintptr_t address;
    Block* found;
  } search{address, nullptr};
  arena_blocks(
      [](Block* block, void* argument) {
        auto* s = static_cast<Search*>(argument);
        const auto begin = reinterpret_cast<std::uintptr_t>(block + 1);
        if (s->address >= begin && s->address < begin + std::max<std::size_t>(block->size, 1)) {
          s->found = block;
        }
      },
      &search);
  return search.found;
}

// --- The house heap: one free list for each power of two ----------------------------------------

namespace {

struct Header {
  std::uint64_t size;    // as asked for
  std::uint32_t bin;     // log2 of the slot, or kMapped
  std::uint32_t offset;  // from the slot's begin to the memory
};
static_assert(sizeof(Header) == 16);
constexpr std::uint32_t kMapped = 255;
constexpr std::uint32_t kEarly = 254;  // made before main: restored, and never reused
constexpr int kBins = 21;              // slots up to 1 MiB; larger blocks are mapped one by one
constexpr std::size_t kHouseSize = std::size_t{1} << 34;
constexpr std::uintptr_t kHouseBase = 0x200000000000;
constexpr std::uintptr_t kMappedBase = 0x300000000000;
constexpr std::uintptr_t kEarlyBase = 0x280000000000;
constexpr std::size_t kEarlySize = std::size_t{1} << 32;

struct FreeSlot {
  FreeSlot* next;
};
FreeSlot* g_free[kBins];
char* g_house_next;
char* g_early_next;
bool g_main_has_begun;
std::uintptr_t g_mapped_next = kMappedBase;
std::atomic_flag g_house_lock;

struct HouseLock {
  HouseLock() {
    while (g_house_lock.test_and_set(std::memory_order_acquire)) raw::yield();
  }
  ~HouseLock() { g_house_lock.clear(std::memory_order_release); }
};

void* map_at(std::uintptr_t address, std::size_t bytes) {
  void* p = ::mmap(reinterpret_cast<void*>(address), bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  return p == reinterpret_cast<void*>(address) ? p : nullptr;
}

// From the front to the back; nothing is taken again.
char* early_slot(std::size_t bytes) {
  if (g_early_next == nullptr) {
    g_early_next = static_cast<char*>(map_at(kEarlyBase, kEarlySize));
    if (g_early_next == nullptr) die("the address range of the early heap is taken");
  }
  char* slot = g_early_next;
  if (bytes > kEarlyBase + kEarlySize - reinterpret_cast<std::uintptr_t>(slot)) return nullptr;
  g_early_next += round_up(bytes, 16);
  return slot;
}

}  // namespace

void main_begins() { g_main_has_begun = true; }

std::pair<std::uintptr_t, std::uintptr_t> early_memory() {
  if (g_early_next == nullptr) return {0, 0};
  return {kEarlyBase, round_up(reinterpret_cast<std::uintptr_t>(g_early_next), 4096)};
}

void* house_allocate(std::size_t bytes, std::size_t alignment) {
  alignment = std::max<std::size_t>(alignment, 16);
  if (bytes > (std::size_t{1} << 40)) return nullptr;
  const std::size_t needed = bytes + sizeof(Header) + (alignment > 16 ? alignment : 0);
  HouseLock lock;
  char* slot = nullptr;
  std::uint32_t bin = kMapped;
  if (!g_main_has_begun) {
    bin = kEarly;
    slot = early_slot(needed);
    if (slot == nullptr) return nullptr;
  } else if (needed <= std::size_t{1} << (kBins - 1)) {
    bin = std::max(5, static_cast<int>(std::bit_width(needed - 1)));
    if (g_free[bin] != nullptr) {
      slot = reinterpret_cast<char*>(g_free[bin]);
      g_free[bin] = g_free[bin]->next;
    } else {
      if (g_house_next == nullptr) {
        g_house_next = static_cast<char*>(map_at(kHouseBase, kHouseSize));
        if (g_house_next == nullptr) die("the address range of the house heap is taken");
      }
      slot = g_house_next;
      g_house_next += std::size_t{1} << bin;
      if (g_house_next > reinterpret_cast<char*>(kHouseBase + kHouseSize)) return nullptr;
    }
  } else {
    slot = static_cast<char*>(map_at(g_mapped_next, needed));
    if (slot == nullptr) return nullptr;
    g_mapped_next += round_up(needed, 4096) + 4096;
  }
  const std::uintptr_t memory =
      round_up(reinterpret_cast<std::uintptr_t>(slot) + sizeof(Header), alignment);
  *(reinterpret_cast<Header*>(memory) - 1) = Header{
      bytes, bin, static_cast<std::uint32_t>(memory - reinterpret_cast<std::uintptr_t>(slot))};
  return reinterpret_cast<void*>(memory);
}

void house_free(void* p) {
  const Header* header = static_cast<Header*>(p) - 1;
  if (header->bin == kEarly) return;
  char* slot = static_cast<char*>(p) - header->offset;
  if (header->bin == kMapped) {
    ::munmap(slot, header->size + header->offset);
    return;
  }
  const std::uint32_t bin = header->bin;
  HouseLock lock;
  auto* freed = reinterpret_cast<FreeSlot*>(slot);
  freed->next = g_free[bin];
  g_free[bin] = freed;
}

bool in_early(const void* p) {
  return reinterpret_cast<std::uintptr_t>(p) - kEarlyBase < kEarlySize;
}

void mark_freed_early(void* p) {
  if (g_freed_early == nullptr) g_freed_early = new std::vector<FreedEarly>;
  g_freed_early->push_back({reinterpret_cast<std::uintptr_t>(p), house_size(p)});
}

const FreedEarly* freed_early_around(std::uintptr_t address, std::size_t size) {
  if (g_freed_early == nullptr) return nullptr;
  for (const FreedEarly& block : *g_freed_early) {
    if (address < block.begin + std::max<std::size_t>(block.size, 1) &&
        block.begin < address + size) {
      return &block;
    }
  }
  return nullptr;
}

std::size_t house_size(void* p) { return (static_cast<Header*>(p) - 1)->size; }

bool in_house(const void* p) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  return (address >= kHouseBase && address < kHouseBase + kHouseSize) ||
         (address >= kEarlyBase && address < kEarlyBase + kEarlySize) ||
         (address >= kMappedBase && address < kMappedBase + (std::uintptr_t{1} << 44));
}

}  // namespace heap

}  // namespace lockstep
