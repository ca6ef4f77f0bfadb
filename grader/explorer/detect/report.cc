#include "grader/explorer/detect/report.h"

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/model/execution.h"
#include "grader/explorer/model/library_races.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/recorder.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/search/searcher.h"

namespace lockstep {

namespace {

Op op_of(shadow::Kind kind) {
  switch (kind) {
    case shadow::Kind::kRead:
      return Op::kRead;
    case shadow::Kind::kWrite:
      return Op::kWrite;
    case shadow::Kind::kAtomicRead:
      return Op::kAtomicLoad;
    case shadow::Kind::kAtomicWrite:
      return Op::kAtomicStore;
  }
  return Op::kRead;
}

trace::Access access_of(const RacingAccess& access, std::uintptr_t address, std::size_t size) {
  trace::Access result;
  result.thread = access.thread;
  result.op = op_of(access.kind);
  result.event = access.event;
  if (!g_engine.recording) return result;
  if (access.event >= 0) {
    trace::Event& event = recorder::at(access.event);
    event.racy = true;
    result.stack = event.stack;
    result.target = event.target;
    result.op = event.op;
  } else if (access.thread == g_engine.current->id) {
    result.stack = recorder::stack();
    result.target = recorder::target(address, static_cast<std::uint32_t>(size));
  }
  result.held = access.event >= 0 ? recorder::held_at(access.thread, access.event)
                                  : recorder::held_by(access.thread);
  return result;
}

// The access becomes a scheduling point. A schedule names code by its place in the program; that of
// libraries differs from process to process.
void learn(const RacingAccess& access) {
  if (!shadow::is_atomic(access.kind) && world::in_program(access.pc)) g_racy_code.learn(access.pc);
}

// Seen racing in an earlier execution.
bool is_known(const RacingAccess& access) {
  return !shadow::is_atomic(access.kind) && g_racy_code.has(access.pc);
}

trace::Access my_access(std::uintptr_t address, std::size_t size, shadow::Kind kind, int event) {
  return access_of({g_engine.current->id, 0, kind, nullptr, event}, address, size);
}

}  // namespace

void report_race(const RacingAccess& first, const RacingAccess& second, std::uintptr_t address,
                 std::size_t size) {
  const bool known = is_known(first) && is_known(second);
  if (!known) {
    if (is_library_race(first.pc) || is_library_race(second.pc)) return;
    const bool visible = shadow::is_atomic(first.kind) || g_racy_code.has(first.pc);
    if (!g_engine.strategy->settles(first.thread, first.clock, visible)) {
      learn(first);
      learn(second);
    }
  }
  if (ignored(Rule::kDataRace)) return;
  trace::Failure failure = failure_of(Rule::kDataRace);
  const Object* object = g_engine.objects.find(address);
  failure.of_section = object != nullptr && object->kind == ObjectKind::kSection;
  if (g_engine.recording) {
    failure.what =
        trace::DataRace{access_of(first, address, size), access_of(second, address, size)};
  }
  fail_later(std::move(failure));
}

void report_unordered_free(const RacingAccess& access, std::uintptr_t address, std::size_t size) {
  if (is_library_race(access.pc)) return;
  learn(access);
  trace::Failure failure = failure_of(Rule::kUseAfterFree);
  trace::FreedMemory freed;
  if (g_engine.recording) {
    freed.access = access_of(access, address, size);
    freed.freed_by = g_engine.current->id;
    freed.stack_memory = fiber::slot_of(address) >= 0;
    if (!freed.stack_memory) freed.freed = failure.stack;
    if (const heap::Block* block = heap::block_around(address)) freed.size = block->size;
    if (const recorder::BlockHistory* history = recorder::history(address)) {
      freed.allocated_by = history->allocated_by;
      freed.allocated = history->allocated;
      freed.freed_event = history->freed_event;
    }
  }
  failure.what = std::move(freed);
  fail_later(std::move(failure));
}

void report_use_after_free(std::uintptr_t address, std::size_t size, shadow::Kind kind,
                           const void* /*pc*/, int event) {
  trace::Failure failure = failure_of(Rule::kUseAfterFree);
  trace::FreedMemory freed;
  if (g_engine.recording) {
    freed.access = my_access(address, size, kind, event);
    std::uintptr_t begin = 0;
    if (heap::Block* block = heap::block_around(address)) {
      freed.size = block->size;
      begin = reinterpret_cast<std::uintptr_t>(heap::memory_of(block));
    } else if (const auto early = heap::freed_early_around(address, size)) {
      freed.size = early->size;
      begin = early->begin;
    }
    if (const recorder::BlockHistory* history = recorder::history(begin)) {
      freed.allocated_by = history->allocated_by;
      freed.allocated = history->allocated;
      freed.freed_by = history->freed_by;
      freed.freed = history->freed;
      freed.freed_event = history->freed_event;
    }
  }
  failure.what = std::move(freed);
  fail_now(std::move(failure));
}

void report_dead_stack(int owner, std::uintptr_t address, std::size_t size, shadow::Kind kind,
                       const void* /*pc*/, int event) {
  trace::Failure failure = failure_of(Rule::kUseAfterFree);
  trace::FreedMemory freed;
  freed.stack_memory = true;
  freed.freed_by = owner;
  if (g_engine.recording) {
    freed.access = my_access(address, size, kind, event);
    if (event >= 0) recorder::at(event).gone = true;
  }
  failure.what = std::move(freed);
  fail_now(std::move(failure));
}

}  // namespace lockstep
