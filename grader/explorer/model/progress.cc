#include "grader/explorer/model/progress.h"

#include <cstdint>
#include <cstring>
#include <set>

#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/world.h"

namespace lockstep::progress {

namespace {

struct Looks {
  std::set<std::uint64_t> states;
  int count = 0;
  int last_new = 0;
};

Looks* g_looks;  // in the house heap

// FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), a word at a time.
void mix(std::uint64_t& hash, std::uintptr_t begin, std::uintptr_t end) {
  for (std::uintptr_t at = begin; at + 8 <= end; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, reinterpret_cast<const void*>(at), sizeof(word));
    hash = (hash ^ word) * 0x100000001B3u;
  }
}

std::uint64_t state() {
  std::uint64_t hash = 0xCBF29CE484222325u;
  mix(hash, heap::kArenaBase, heap::kArenaBase + heap::arena_bytes());
  world::for_each_root([](std::uintptr_t begin, std::uintptr_t end,
                          void* sum) { mix(*static_cast<std::uint64_t*>(sum), begin, end); },
                       &hash);
  for (int i = 0; i < g_engine.thread_count; ++i) {
    const Thread& thread = *g_engine.threads[i];
    if (thread.lowest_foreign != kNothingForeign) {
      mix(hash, thread.lowest_foreign & ~std::uintptr_t{7}, thread.foreign_end + 7);
    }
  }
  return hash;
}

}  // namespace

void begin() {
  if (g_looks == nullptr) g_looks = new Looks;
  *g_looks = {};
}

void look() {
  ++g_looks->count;
  if (g_looks->states.insert(state()).second) g_looks->last_new = g_looks->count;
}

bool none() { return g_looks->last_new <= g_looks->count / 2; }

}  // namespace lockstep::progress
