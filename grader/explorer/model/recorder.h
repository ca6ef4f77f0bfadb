#ifndef GRADER_EXPLORER_MODEL_RECORDER_H_
#define GRADER_EXPLORER_MODEL_RECORDER_H_

// Keeps what a replay does, for the report. A finding is replayed twice: the first time only to
// learn which memory two threads share, the second time to keep every step on it with its stack.

#include <cstdint>
#include <vector>

#include "grader/explorer/model/thread.h"
#include "grader/explorer/trace/failure.h"
#include "grader/explorer/trace/recording.h"
#include "grader/explorer/trace/symbols.h"

namespace lockstep::recorder {

void begin(trace::Symbols* symbols);
trace::Recording take();

// The current thread's stack, the program's frames.
std::vector<trace::Frame> stack();

// The new thread stops here and its creator goes on. It is `ready` to do its first step.
void note_left(const Thread& thread, bool ready);

// Remembers the current thread's stack while it waits: variables on it have names.
void note_stack(Thread* thread);
// The stack with which a thread waits now.
const std::vector<trace::Frame>& stack_of(int thread);

// The step that the current thread has just done; returns its index. Fills in thread, stack, target
// and whether it came by a preemption.
int add(trace::Event event);
// Shorthand for an operation on an object without values.
int add(Op op, std::uintptr_t address);
// The step `event` is a write that is about to happen: its `after` is read when it has.
void value_follows(int event, std::uintptr_t address, std::size_t size);
trace::Event& at(int index);
int last_event();
// The last step of `thread`, or -1.
int last_event_of(int thread);

// What `address` is called, seen from the current thread.
trace::Target target(std::uintptr_t address, std::uint32_t size);
// The same seen from `thread`, which waits.
trace::Target target_seen_by(int thread, std::uintptr_t address, std::uint32_t size);

// Locks, for reports: taken and let go by the current thread.
void took(std::uintptr_t lock);
void released(std::uintptr_t lock);
std::vector<trace::HeldLock> held_by(int thread);
// The same as of a step of the past.
std::vector<trace::HeldLock> held_at(int thread, int event);
// Where `lock` was taken last; empty when unknown.
std::vector<trace::Frame> taken_at(std::uintptr_t lock);

// The current thread reads plain memory. What it reads from one lock to the next is kept, a little
// of it, with its names.
void note_read(std::uintptr_t address, std::size_t size);
// What the current thread has read since it last took a lock.
std::vector<trace::Target> reads_of_section();

void allocated(std::uintptr_t address, std::size_t size);
void freed(std::uintptr_t address);
struct BlockHistory {
  int allocated_by = -1;
  std::vector<trace::Frame> allocated;
  int freed_by = -1;
  std::vector<trace::Frame> freed;
  int freed_event = -1;
};
const BlockHistory* history(std::uintptr_t block);

// `handle` is what pthread_self answers in the new thread.
void created(int thread, std::uintptr_t handle, std::vector<trace::Frame> where);

}  // namespace lockstep::recorder

#endif  // GRADER_EXPLORER_MODEL_RECORDER_H_
