#ifndef GRADER_EXPLORER_HOOKS_LIBRARY_LOCKS_H_
#define GRADER_EXPLORER_HOOKS_LIBRARY_LOCKS_H_

namespace lockstep::library_locks {

// Whether this mutex in libstdc++'s data is the library's private business (locales, the reserve of
// memory for exceptions) and not one whose order a program can see (the pool behind
// std::atomic_load of a shared_ptr, which is held across scheduling points). Remembered by address.
bool silent(const void* mutex);

}  // namespace lockstep::library_locks

#endif  // GRADER_EXPLORER_HOOKS_LIBRARY_LOCKS_H_
