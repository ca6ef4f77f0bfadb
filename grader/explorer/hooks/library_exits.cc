#include "grader/explorer/hooks/library_exits.h"

#include <dlfcn.h>

#include <condition_variable>
#include <cstring>
#include <future>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/memory.h"

namespace lockstep::library_exits {

namespace {

// An element as <condition_variable> declares it, and what <future> adds for a promise: a weak_ptr
// to the state that promise and future share.
struct Element : std::__at_thread_exit_elt {
  std::uintptr_t state;
};

// The address is that of a std::condition_variable when the element is one of
// notify_all_at_thread_exit. The point is then one too many, which does no harm.
void reach_store(std::uintptr_t state) {
  if (!heap::in_arena(state)) return;
  g_engine.current->pending = Pending{};
  Pending& p = g_engine.current->pending;
  p.op = Op::kAtomicStore;
  p.address = state;
  p.size = sizeof(std::__future_base::_State_baseV2);
  reach_point();
}

}  // namespace

bool is_library_key(void (*destroy)(void*)) {
  static void (*known)(void*) = nullptr;
  if (destroy == known) return true;
  Dl_info info;
  if (::dladdr(reinterpret_cast<void*>(destroy), &info) == 0) return false;
  if (std::strstr(info.dli_fname, "libstdc++") == nullptr) return false;
  known = destroy;
  return true;
}

void run(void* list) {
  for (auto* element = static_cast<Element*>(list); element != nullptr;) {
    auto* const next = static_cast<Element*>(element->_M_next);
    reach_store(element->state);
    // Before the store, whose first reader may come as soon as it is done.
    g_engine.library_released = true;
    release_joining(g_engine.library_releases);
    note_write();
    g_engine.active = true;
    element->_M_cb(element);
    g_engine.active = false;
    element = next;
  }
}

}  // namespace lockstep::library_exits
