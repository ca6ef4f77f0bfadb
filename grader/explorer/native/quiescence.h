#ifndef GRADER_EXPLORER_NATIVE_QUIESCENCE_H_
#define GRADER_EXPLORER_NATIVE_QUIESCENCE_H_

#include <sys/types.h>

#include <chrono>
#include <map>

namespace lockstep::native {

// What the kernel says of one thread.
struct TaskState {
  bool asleep = false;  // interruptible sleep: a futex, a sleep, a read
  long switches = 0;    // how often it was given the processor or gave it up

  bool operator==(const TaskState&) const = default;
};

// The threads of this process other than the caller, by thread id. Reads /proc/self/task.
std::map<pid_t, TaskState> other_tasks();

// Blocks until there was a moment at which every other thread was asleep. False if `limit` passed
// without one (a thread that spins).
bool wait_until_asleep(std::chrono::nanoseconds limit);

}  // namespace lockstep::native

#endif  // GRADER_EXPLORER_NATIVE_QUIESCENCE_H_
