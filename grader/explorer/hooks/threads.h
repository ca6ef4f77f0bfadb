#ifndef GRADER_EXPLORER_HOOKS_THREADS_H_
#define GRADER_EXPLORER_HOOKS_THREADS_H_

// Threads as the model has them, for the hooks of pthreads and of C11 threads alike. Return an
// errno value, 0 for success. create and join are called from the program (see locks.h), the others
// inside the explorer (class Inside).

#include <pthread.h>

#include "grader/explorer/model/thread.h"

namespace lockstep::threads {

int create(pthread_t* id, bool detached, void* (*entry)(void*), void* argument,
           const void* pc) noexcept;
int join(pthread_t id, void** result, const void* pc);
int detach(pthread_t id);
// Unwinds the current thread's stack and ends it; does not return.
void exit(void* result);

pthread_t id_of(int thread);
// The thread of this execution that has that id, or nullptr.
Thread* find(pthread_t id);

}  // namespace lockstep::threads

#endif  // GRADER_EXPLORER_HOOKS_THREADS_H_
