#include "grader/explorer/model/leaks.h"

#include <algorithm>
#include <vector>

#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/recorder.h"
#include "grader/explorer/model/world.h"

namespace lockstep::leaks {

namespace {

struct Live {
  std::uintptr_t begin;
  std::uintptr_t end;
  heap::Block* block;
  bool reached;
};

struct Scan {
  std::vector<Live> live;  // by address: the order of allocation
  std::vector<std::size_t> todo;

  void look_at(std::uintptr_t word) {
    auto it = std::upper_bound(live.begin(), live.end(), word,
                               [](std::uintptr_t w, const Live& l) { return w < l.begin; });
    if (it == live.begin()) return;
    --it;
    if (word >= std::max(it->end, it->begin + 1) || it->reached) return;
    it->reached = true;
    todo.push_back(static_cast<std::size_t>(it - live.begin()));
  }

  void look_through(std::uintptr_t begin, std::uintptr_t end) {
    for (std::uintptr_t p = (begin + 7) & ~std::uintptr_t{7}; p + 8 <= end; p += 8) {
      look_at(*reinterpret_cast<const std::uintptr_t*>(p));
    }
  }
};

}  // namespace

std::optional<trace::Leak> find() {
  if (heap::arena_live() == 0) return std::nullopt;
  Scan scan;
  heap::arena_blocks(
      [](heap::Block* block, void* s) {
        if (block->state != heap::kLive) return;
        const auto begin = reinterpret_cast<std::uintptr_t>(heap::memory_of(block));
        static_cast<Scan*>(s)->live.push_back({begin, begin + block->size, block, false});
      },
      &scan);
  world::for_each_root([](std::uintptr_t begin, std::uintptr_t end,
                          void* s) { static_cast<Scan*>(s)->look_through(begin, end); },
                       &scan);
  while (!scan.todo.empty()) {
    const Live block = scan.live[scan.todo.back()];
    scan.todo.pop_back();
    scan.look_through(block.begin, block.end);
  }
  trace::Leak leak;
  for (const Live& block : scan.live) {
    // What a library allocated for itself is not the program's to free.
    if (block.reached || !world::in_program(block.block->allocated_at)) continue;
    trace::Leak::Block lost;
    lost.size = block.block->size;
    lost.thread = block.block->thread;
    if (const recorder::BlockHistory* history =
            g_engine.recording ? recorder::history(block.begin) : nullptr) {
      lost.allocated = history->allocated;
    }
    leak.blocks.push_back(std::move(lost));
  }
  if (leak.blocks.empty()) return std::nullopt;
  return leak;
}

}  // namespace lockstep::leaks
