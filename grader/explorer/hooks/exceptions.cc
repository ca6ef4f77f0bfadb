// Exceptions that nobody catches, and the boundary to doctest.

#include "grader/explorer/hooks/exceptions.h"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <typeinfo>

#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/threads.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/trace/capture.h"
#include "grader/explorer/trace/process_symbols.h"

namespace lockstep {

namespace {

bool joinable(const Thread& thread) { return !thread.joined && !thread.detached; }

bool may_be_read(std::uintptr_t address) {
  return (address & 7) == 0 &&
         (world::g_program_data.holds(address) || fiber::slot_of(address) == self()->id ||
          address - heap::kArenaBase < heap::arena_bytes());
}

// Whether a std::thread that is destroyed or assigned to called std::terminate, not the program.
bool std_thread_terminates() {
  constexpr int kNear = 12;  // frames: what is called from there is short
  for (const trace::Frame& frame : trace::capture_stack(0, kNear)) {
    for (const Place& place : trace::process_symbols().places(frame.pc, frame.exact)) {
      if (!place.file.ends_with("bits/std_thread.h")) continue;
      if (place.function.ends_with("~thread") || place.function.ends_with("operator=")) return true;
    }
  }
  return false;
}

// The thread whose std::thread is being destroyed or assigned to. That object is the thread's id,
// and the function that terminates has a pointer to it near the top of the stack.
int joinable_thread() {
  const auto* word = static_cast<const std::uintptr_t*>(__builtin_frame_address(0));
  constexpr int kWords = 96;
  for (int i = 0; i < kWords && fiber::slot_of(address_of(word + i)) == self()->id; ++i) {
    if (!may_be_read(word[i])) continue;
    const Thread* thread = threads::find(*reinterpret_cast<const pthread_t*>(word[i]));
    if (thread != nullptr && thread->id > 0 && joinable(*thread)) return thread->id;
  }
  for (int i = 1; i < g_engine.thread_count; ++i) {
    if (joinable(*g_engine.threads[i])) return i;
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

// std::terminate was called. Nothing has been unwound: the stack still shows where the exception
// was thrown, for the unwinder found no handler on it.
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
  const int thread = std_thread_terminates() ? joinable_thread() : -1;
  if (thread >= 0) {
    trace::Failure failure = failure_of(Rule::kThreadNotJoined);
    failure.what = trace::NotJoined{thread};
    fail_now(std::move(failure));
  }
  trace::Failure failure = failure_of(Rule::kCrash);
  trace::Crash crash;
  crash.kind = trace::Crash::Kind::kTerminate;
  failure.what = std::move(crash);
  fail_now(std::move(failure));
}

}  // namespace

void watch_terminate() { std::set_terminate(terminated); }

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

// doctest is compiled with -finstrument-functions (ENTRY_FLAGS): inside it nothing is modelled.
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
