// Exceptions that threads share through std::exception_ptr.
//
// libstdc++ counts who has one, and the last to let go destroys and frees it. The count is an
// atomic of its own that no hook sees, but it orders what each of them did with the exception
// before. (Who is the last is no choice of the search: one order of the two is as good as the
// other.)

#include <exception>

#include "grader/explorer/hooks/hook.h"

namespace lockstep {

namespace {

// Acquire and release, as the count does; before it is counted down.
void let_go(const void* exception) {
  if (exception == nullptr) return;
  Object* object = object_at(exception);
  acquire_from(object->released);
  release_joining(object->released);
}

}  // namespace

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

// std::exception_ptr::_M_release(): an exception_ptr, whose only member points to the exception, is
// destroyed or assigned to.
LOCKSTEP_HOOK void lockstep_release_exception(void** pointer) asm(
    "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
void lockstep_release_exception(void** pointer) {
  if (modelled()) {
    const Inside inside;
    let_go(*pointer);
  }
  static void (*real)(void**) = nullptr;
  if (real == nullptr) {
    real = real::next<void (*)(void**)>("_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
  }
  real(pointer);
}

// A handler is left.
LOCKSTEP_HOOK void lockstep_end_catch() asm("__cxa_end_catch");
void lockstep_end_catch() {
  if (modelled()) {
    const Inside inside;
    const std::exception_ptr current = std::current_exception();
    let_go(*reinterpret_cast<void* const*>(&current));
  }
  static void (*real)() = nullptr;
  if (real == nullptr) real = real::next<void (*)()>("__cxa_end_catch");
  real();
}
