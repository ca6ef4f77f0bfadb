#ifndef GRADER_EXPLORER_MODEL_REAL_H_
#define GRADER_EXPLORER_MODEL_REAL_H_

// The functions of libc that the explorer's hooks stand in front of.

#include <dlfcn.h>
#include <pthread.h>

namespace lockstep::real {

// The next definition of `name` after ours. Looked up once for each call site's static.
template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

// LOCKSTEP_REAL(pthread_mutex_lock)(m) calls libc's own.
#define LOCKSTEP_REAL(name)                                        \
  ([]() {                                                          \
    static decltype(&::name) function = nullptr;                   \
    if (function == nullptr) {                                     \
      function = ::lockstep::real::next<decltype(&::name)>(#name); \
    }                                                              \
    return function;                                               \
  }())

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*entry)(void*),
                   void* argument);

}  // namespace lockstep::real

#endif  // GRADER_EXPLORER_MODEL_REAL_H_
