// Exceptions that nobody catches, and the boundary to doctest.

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <typeinfo>

#include "grader/explorer/hooks/exceptions.h"
#include "grader/explorer/hooks/hook.h"

namespace lockstep {

namespace {

int joinable_thread() {
  for (int i = g_engine.thread_count - 1; i > 0; --i) {
    const Thread& thread = *g_engine.threads[i];
    if (!thread.joined && !thread.detached) return i;
  }
  return -1;
}

std::string what_of_current() {
  try {
    throw;
  } catch (const std::exception& e) {
    return e.what();
  } catch (const char* text) {
    return text;
  } catch (...) {
    return {};
  }
}

// std::terminate was called. Nothing has been unwound: the stack still shows where the exception was
// thrown, for the unwinder found no handler on it.
[[noreturn]] void terminated() {
  if (!g_engine.exploring) std::abort();
  g_engine.active = false;
  // A REQUIRE that failed throws to leave its thread: the check is what is reported.
  if (g_engine.check_failed) leave_execution();
  if (const std::type_info* type = abi::__cxa_current_exception_type()) {
    trace::Failure failure = failure_of(Rule::kException);
    failure.what = trace::Escaped{type->name(), what_of_current()};
    fail_now(std::move(failure));
  }
  const int thread = joinable_thread();
  if (thread >= 0) {
    trace::Failure failure = failure_of(Rule::kThreadNotJoined);
    failure.what = trace::NotJoined{thread};
    fail_now(std::move(failure));
  }
  trace::Failure failure = failure_of(Rule::kCrash);
  trace::Crash crash;
  crash.kind = trace::Crash::Kind::kTerminate;
  crash.text = "std::terminate was called";
  failure.what = std::move(crash);
  fail_now(std::move(failure));
}

}  // namespace

void watch_terminate() { std::set_terminate(terminated); }

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

// doctest is compiled with -finstrument-functions: inside it nothing is modelled.
LOCKSTEP_HOOK void __cyg_profile_func_enter(void* /*function*/, void* /*caller*/) {
  if (!g_engine.exploring) return;
  Thread* me = self();
  if (me == nullptr || (!g_engine.active && me->outside == 0)) return;
  ++me->outside;
  g_engine.active = false;
}
LOCKSTEP_HOOK void __cyg_profile_func_exit(void* /*function*/, void* /*caller*/) {
  if (!g_engine.exploring) return;
  Thread* me = self();
  if (me == nullptr || me->outside == 0) return;
  if (--me->outside == 0) g_engine.active = true;
}
