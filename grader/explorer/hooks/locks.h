#ifndef GRADER_EXPLORER_HOOKS_LOCKS_H_
#define GRADER_EXPLORER_HOOKS_LOCKS_H_

// Mutexes as the model has them, for the hooks of pthreads and of C11 threads alike. All return an
// errno value, 0 for success.
//
// Those that are noexcept are called from the program, and enter the explorer themselves: a hook is
// then a jump to them. Every frame between the program and the switch to another thread is a return
// that the processor predicts wrongly. The others are called inside the explorer (class Inside).

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "grader/explorer/model/engine.h"

namespace lockstep::locks {

inline constexpr std::uint64_t kNoDeadline = ~std::uint64_t{0};

// What happens when the owner locks again, and when another thread unlocks.
enum class MutexKind : std::uint8_t { kNormal, kRecursive, kErrorChecking };
inline MutexKind kind_of(const pthread_mutex_t* mutex) {
  const int kind = mutex->__data.__kind & 3;
  return kind == PTHREAD_MUTEX_RECURSIVE    ? MutexKind::kRecursive
         : kind == PTHREAD_MUTEX_ERRORCHECK ? MutexKind::kErrorChecking
                                            : MutexKind::kNormal;
}

int lock(void* mutex, MutexKind kind, std::uint64_t deadline, const void* pc) noexcept;
int try_lock(void* mutex, MutexKind kind, const void* pc) noexcept;
int unlock(void* mutex, MutexKind kind, const void* pc) noexcept;
void destroy(void* mutex, const void* pc);

[[noreturn]] void fail_relock(const Object* object, Op op);

// Releases `mutex`, sleeps on `condition`, takes the mutex back. ETIMEDOUT when the deadline won.
int wait(void* condition, void* mutex, std::uint64_t deadline, const void* pc) noexcept;
int notify(void* condition, bool all, const void* pc) noexcept;
void destroy_condition(void* condition, const void* pc);

void destroy_semaphore(void* semaphore);

// The memory [begin, begin + size) ceases to exist: no lock in it may be held, no thread asleep in
// it.
void destroy_memory(std::uintptr_t begin, std::size_t size, Op op);

}  // namespace lockstep::locks

#endif  // GRADER_EXPLORER_HOOKS_LOCKS_H_
