#include "grader/explorer/hooks/program_exit.h"

#include <algorithm>
#include <vector>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/world.h"

namespace lockstep {

namespace {

struct Handler {
  void (*call)(void*);
  void* argument;
};

// Registered in the execution under way. libc's own list belongs to the process, not to an
// execution.
std::vector<Handler>& handlers() {
  static auto* list = new std::vector<Handler>;
  static std::uint32_t execution = 0;
  if (execution != g_engine.execution) {
    execution = g_engine.execution;
    list->clear();
  }
  return *list;
}

// Registered before main: the destructors of global objects. libc calls them when the process ends;
// here each execution's end does, and finds the globals as main began with them in the next.
struct Global {
  Handler handler;
  const void* module;  // of whose code it was registered
};
std::vector<Global>* g_globals;

void call_plain(void* function) { reinterpret_cast<void (*)()>(function)(); }

}  // namespace

bool destroys_globals() {
  return g_globals != nullptr &&
         std::any_of(g_globals->begin(), g_globals->end(),
                     [](const Global& global) { return world::in_module(global.module); });
}

void program_exit(int status, bool run_handlers) {
  g_engine.exit_status = status;
  g_engine.exiting = true;
  // The last registered first; a handler may register more.
  while (run_handlers && !handlers().empty()) {
    const Handler handler = handlers().back();
    handlers().pop_back();
    g_engine.active = true;
    handler.call(handler.argument);
    g_engine.active = false;
  }
  if (run_handlers && g_globals != nullptr) {
    for (auto global = g_globals->rbegin(); global != g_globals->rend(); ++global) {
      if (!world::in_module(global->module)) continue;
      g_engine.active = true;
      global->handler.call(global->handler.argument);
      g_engine.active = false;
    }
  }
  leave_execution();
}

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

LOCKSTEP_HOOK int __cxa_atexit(void (*call)(void*), void* argument, void* dso) {
  if (!modelled()) {
    static int (*real)(void (*)(void*), void*, void*) = nullptr;
    if (real == nullptr) real = real::next<int (*)(void (*)(void*), void*, void*)>("__cxa_atexit");
    if (!world::is_open()) {
      if (g_globals == nullptr) g_globals = new std::vector<Global>;
      g_globals->push_back({{call, argument}, dso});
    }
    return real(call, argument, dso);
  }
  const Inside inside;
  handlers().push_back({call, argument});
  return 0;
}
// What `atexit` of libc's static part calls; defined for programs that look it up.
LOCKSTEP_HOOK int atexit(void (*call)()) {
  return __cxa_atexit(call_plain, reinterpret_cast<void*>(call), nullptr);
}
