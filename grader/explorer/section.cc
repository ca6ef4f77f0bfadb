// CriticalSection and BoundedWaiting.

#include "grader/explorer/explore.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/plain_memory.h"

namespace lockstep {

namespace {

std::string text(int number) { return std::to_string(number); }

void record_visit(const CriticalSection* section, const char* text) {
  if (!g_engine.recording) return;
  const Inside inside;
  trace::Event event;
  event.op = Op::kInterleave;
  event.address = address_of(section);
  event.text = text;
  recorder::add(std::move(event));
}

// Where there is room for several nothing orders their visits: who is inside together depends on
// the order of these points, and on nothing else that the search could see.
void border(const CriticalSection* section, int capacity, const void* pc) {
  if (capacity == 1 || !modelled()) return;
  const Inside inside;
  reach_point(Op::kInterleave, address_of(section), nullptr, pc);
}

// Two visits that nothing orders race on this memory.
void touch(long* memory, const void* pc) {
  object_at(memory)->kind = ObjectKind::kSection;
  plain_access(address_of(memory), sizeof *memory, true, pc);
}

// Asleep, or woken and not yet run since.
bool has_slept(const Thread& thread) {
  const Op op = thread.pending.op;
  return is_asleep(thread) || op == Op::kWake || op == Op::kFutexWoken;
}

}  // namespace

void CriticalSection::enter(const void* pc) {
  border(this, capacity_, pc);
  ++inside_;
  ++visits_;
  if (inside_ > most_) most_ = inside_;
  record_visit(this, "enters");
  if (inside_ > capacity_) {
    fail(capacity_ == 1 ? "two threads are inside the critical section at once"
                        : text(inside_) + " threads are inside at once",
         "at most " + text(capacity_) + " inside", text(inside_) + " inside", Rule::kNotInsideLock);
  }
  if (capacity_ == 1 && modelled()) touch(&memory_, pc);
}

void CriticalSection::leave(const void* pc) {
  border(this, capacity_, pc);
  if (capacity_ == 1 && modelled()) touch(&memory_, pc);
  record_visit(this, "leaves");
  --inside_;
}

void CriticalSection::enter() { enter(LOCKSTEP_CALLER); }
void CriticalSection::leave() { leave(LOCKSTEP_CALLER); }

void CriticalSection::visit() {
  // Places in this library would lie elsewhere in every process.
  enter(LOCKSTEP_CALLER);
  interleave();
  leave(LOCKSTEP_CALLER);
}

// A thread that is in `wait`.
struct BoundedWaiting::Waiter {
  Thread* thread;
  Waiter* next;
  int overtaken;
  bool slept;
};

void BoundedWaiting::wait(const std::function<void()>& acquire) {
  if (!g_engine.exploring) {
    acquire();
    return;
  }
  Waiter me{self(), first_, 0, false};
  first_ = &me;
  acquire();
  const Inside inside;
  for (Waiter** at = &first_; *at != nullptr; at = &(*at)->next) {
    if (*at == &me) {
      *at = me.next;
      break;
    }
  }
  for (Waiter* other = first_; other != nullptr; other = other->next) {
    other->slept = other->slept || has_slept(*other->thread);
    if (!other->slept || ++other->overtaken <= bound_) continue;
    fail("a thread that sleeps in its wait is overtaken again and again",
         "overtaken at most " + text(bound_) + " times", text(other->overtaken) + " times",
         Rule::kStarvation);
  }
}

}  // namespace lockstep
