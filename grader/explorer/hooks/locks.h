#ifndef GRADER_EXPLORER_HOOKS_LOCKS_H_
#define GRADER_EXPLORER_HOOKS_LOCKS_H_

// Mutexes as the model has them, for the hooks of pthreads and of C11 threads alike. All return an
// errno value, 0 for success. To be called inside the explorer (class Inside).

#include <cstddef>
#include <cstdint>

#include "grader/explorer/model/engine.h"

namespace lockstep::locks {

inline constexpr std::uint64_t kNoDeadline = ~std::uint64_t{0};

int lock(void* mutex, bool recursive, std::uint64_t deadline, const void* pc);
int try_lock(void* mutex, bool recursive, const void* pc);
int unlock(void* mutex, const void* pc);
void destroy(void* mutex, const void* pc);

[[noreturn]] void fail_relock(const Object* object, Op op);

// Releases `mutex`, sleeps on `condition`, takes the mutex back. ETIMEDOUT when the deadline won.
int wait(void* condition, void* mutex, std::uint64_t deadline, const void* pc);
void notify(void* condition, bool all, const void* pc);
void destroy_condition(void* condition, const void* pc);

void destroy_semaphore(void* semaphore);

// The memory [begin, begin + size) ceases to exist: no lock in it may be held, no thread asleep in it.
void destroy_memory(std::uintptr_t begin, std::size_t size, Op op);

}  // namespace lockstep::locks

#endif  // GRADER_EXPLORER_HOOKS_LOCKS_H_
