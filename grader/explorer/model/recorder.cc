#include "grader/explorer/model/recorder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/model/descriptors.h"
#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/trace/capture.h"

namespace lockstep::recorder {

namespace {

// A lock in somebody's hands, from one event to another.
struct Lock {
  std::uintptr_t address;
  int thread;
  std::vector<trace::Frame> taken;
  int from;
  int to = std::numeric_limits<int>::max();  // still held
};

// Everything of one replay. Made anew for each, lives in the house heap.
struct State {
  trace::Symbols* symbols;
  trace::Recording recording;
  std::vector<std::vector<trace::Frame>> waiting;  // by thread
  std::vector<Lock> locks;                         // in the order of locking
  std::map<std::uintptr_t, std::vector<trace::Frame>> taken;
  std::map<std::uintptr_t, BlockHistory> blocks;
  std::vector<int> last_of;
  std::vector<std::vector<trace::Target>> reads;  // by thread, since it last took a lock
  std::map<std::tuple<std::uintptr_t, std::uint32_t, std::uintptr_t>, trace::Target> known;
  int unwritten = -1;  // the event whose write is about to happen
  std::uintptr_t unwritten_address = 0;
  std::size_t unwritten_size = 0;
};

State* g_state;

void finish_write() {
  if (g_state->unwritten < 0) return;
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(g_state->unwritten_address),
              std::min<std::size_t>(g_state->unwritten_size, 8));
  g_state->recording.events[static_cast<std::size_t>(g_state->unwritten)].after = value;
  g_state->unwritten = -1;
}

template <class V>
auto& grown(V& vector, int index) {
  if (vector.size() <= static_cast<std::size_t>(index)) {
    vector.resize(static_cast<std::size_t>(index) + 1);
  }
  return vector[static_cast<std::size_t>(index)];
}

std::vector<trace::Stack> others_than(int thread) {
  std::vector<trace::Stack> others;
  for (int i = 0; i < static_cast<int>(g_state->waiting.size()); ++i) {
    if (i == thread || i >= g_engine.thread_count) continue;
    if (g_engine.threads[i]->life == Life::kAlive) {
      others.emplace_back(g_state->waiting[static_cast<std::size_t>(i)]);
    }
  }
  return others;
}

// What no variable of the program is: pipes and connections.
trace::Target named_by_model(std::uintptr_t object) {
  trace::Target target;
  target.address = target.base = object;
  target.name = target.path = descriptors::name_of(object);
  target.type = trace::kNoValue;
  return target;
}

trace::Target name(std::uintptr_t address, std::uint32_t size, int thread, trace::Stack accessor) {
  if (descriptors::is_object(address)) return named_by_model(address);
  const std::vector<trace::Stack> others = others_than(thread);
  return g_state->symbols->target(address, size, accessor, others);
}

// Gives the step's memory its name. Finding one takes long, so in a long story what the same code
// does to the same memory of the heap, which is never another's, is found once.
void annotate(trace::Event& event) {
  constexpr int kLongStory = 1'000;
  if (descriptors::is_object(event.address)) {
    event.target = named_by_model(event.address);
    return;
  }
  trace::Target* known = nullptr;
  if (last_event() > kLongStory && heap::in_arena(event.address) && !event.stack.empty()) {
    known = &g_state->known[{event.address, event.size, event.stack.front().pc}];
    if (known->address != 0) {
      event.target = *known;
      return;
    }
  }
  g_state->symbols->annotate(event, others_than(event.thread));
  if (known != nullptr) *known = event.target;
}

}  // namespace

void begin(trace::Symbols* symbols) {
  delete g_state;
  g_state = new State;
  g_state->symbols = symbols;
}

trace::Recording take() {
  finish_write();
  return std::move(g_state->recording);
}

std::vector<trace::Frame> stack() { return trace::capture_stack(0); }

void note_left(const Thread& thread, bool ready) {
  const int last = last_event_of(thread.id);
  if (last >= 0) at(last).left = ready;
}

void note_stack(Thread* thread) {
  finish_write();
  grown(g_state->waiting, thread->id) = trace::capture_stack(0);
}

const std::vector<trace::Frame>& stack_of(int thread) { return grown(g_state->waiting, thread); }

void value_follows(int event, std::uintptr_t address, std::size_t size) {
  g_state->unwritten = event;
  g_state->unwritten_address = address;
  g_state->unwritten_size = size;
}

int add(trace::Event event) {
  finish_write();
  const int id = g_engine.current->id;
  event.thread = id;
  event.preempts = std::exchange(g_engine.preempted, false);
  event.stack = stack();
  annotate(event);
  g_state->recording.events.push_back(std::move(event));
  const int index = static_cast<int>(g_state->recording.events.size()) - 1;
  while (static_cast<int>(g_state->last_of.size()) <= id) g_state->last_of.push_back(-1);
  g_state->last_of[static_cast<std::size_t>(id)] = index;
  return index;
}

int add(Op op, std::uintptr_t address) {
  trace::Event event;
  event.op = op;
  event.address = address;
  return add(std::move(event));
}

trace::Event& at(int index) { return g_state->recording.events[static_cast<std::size_t>(index)]; }

int last_event() { return static_cast<int>(g_state->recording.events.size()) - 1; }

int last_event_of(int thread) {
  return thread < static_cast<int>(g_state->last_of.size())
             ? g_state->last_of[static_cast<std::size_t>(thread)]
             : -1;
}

trace::Target target(std::uintptr_t address, std::uint32_t size) {
  const std::vector<trace::Frame> mine = stack();
  return name(address, size, g_engine.current->id, mine);
}

trace::Target target_seen_by(int thread, std::uintptr_t address, std::uint32_t size) {
  return name(address, size, thread, stack_of(thread));
}

void took(std::uintptr_t lock) {
  grown(g_state->reads, g_engine.current->id).clear();
  g_state->locks.push_back({lock, g_engine.current->id, stack(), last_event()});
  g_state->taken[lock] = g_state->locks.back().taken;
}

void released(std::uintptr_t lock) {
  auto& locks = g_state->locks;
  for (auto it = locks.rbegin(); it != locks.rend(); ++it) {
    if (it->address != lock || it->to <= last_event()) continue;
    it->to = last_event();
    return;
  }
}

std::vector<trace::HeldLock> held_by(int thread) {
  return held_at(thread, std::numeric_limits<int>::max() - 1);
}

std::vector<trace::HeldLock> held_at(int thread, int event) {
  std::vector<trace::HeldLock> result;
  for (const Lock& lock : g_state->locks) {
    if (lock.thread != thread || event < lock.from || event >= lock.to) continue;
    // Its own step has the name from when the stack was alive.
    const trace::Event* step = lock.from >= 0 ? &at(lock.from) : nullptr;
    const bool known = step != nullptr && step->address == lock.address;
    const bool named = known && !step->target.name.empty();
    const bool for_reading = known && (step->op == Op::kReadLock || step->op == Op::kTryReadLock);
    result.push_back({named ? step->target : name(lock.address, 1, thread, lock.taken), lock.taken,
                      for_reading});
  }
  return result;
}

std::vector<trace::Frame> taken_at(std::uintptr_t lock) {
  const auto it = g_state->taken.find(lock);
  return it == g_state->taken.end() ? std::vector<trace::Frame>{} : it->second;
}

void note_read(std::uintptr_t address, std::size_t size) {
  constexpr std::size_t kMostReads = 4;
  const Thread& me = *g_engine.current;
  // Only one that takes a lock again and again and changes nothing is ever asked.
  if (me.spin.used == 0 || fiber::slot_of(address) == me.id) return;
  std::vector<trace::Target>& reads = grown(g_state->reads, me.id);
  if (reads.size() == kMostReads) return;
  const bool known = std::any_of(reads.begin(), reads.end(), [&](const trace::Target& target) {
    return target.address == address;
  });
  if (known) return;
  const trace::Target read = target(address, static_cast<std::uint32_t>(size));
  if (read.type != trace::kReferenceItself) reads.push_back(read);
}

std::vector<trace::Target> reads_of_section() {
  return grown(g_state->reads, g_engine.current->id);
}

void allocated(std::uintptr_t address, std::size_t /*size*/) {
  BlockHistory& block = g_state->blocks[address];
  block.allocated_by = g_engine.current->id;
  block.allocated = stack();
}

void freed(std::uintptr_t address) {
  BlockHistory& block = g_state->blocks[address];
  block.freed_by = g_engine.current->id;
  block.freed = stack();
  block.freed_event = last_event();
}

const BlockHistory* history(std::uintptr_t block) {
  const auto it = g_state->blocks.find(block);
  return it == g_state->blocks.end() ? nullptr : &it->second;
}

void created(int thread, std::uintptr_t handle, std::vector<trace::Frame> where) {
  trace::ThreadRecord& record = grown(g_state->recording.threads, thread);
  record.created = std::move(where);
  record.handle = handle;
}

}  // namespace lockstep::recorder
