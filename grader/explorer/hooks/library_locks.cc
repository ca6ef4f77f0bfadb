#include "grader/explorer/hooks/library_locks.h"

#include <dlfcn.h>
#include <execinfo.h>

#include <cstring>
#include <map>

namespace lockstep::library_locks {

namespace {

// Called by std::_Sp_locker: somewhere above us on the stack.
bool called_by_pointer_lock() {
  void* frames[12];
  const int count = ::backtrace(frames, 12);
  for (int i = 0; i < count; ++i) {
    Dl_info info;
    if (::dladdr(frames[i], &info) == 0 || info.dli_sname == nullptr) continue;
    if (std::strstr(info.dli_sname, "_Sp_locker") != nullptr) return true;
  }
  return false;
}

}  // namespace

bool silent(const void* mutex) {
  static auto* known = new std::map<const void*, bool>;
  const auto it = known->find(mutex);
  if (it != known->end()) return it->second;
  const bool result = !called_by_pointer_lock();
  (*known)[mutex] = result;
  return result;
}

}  // namespace lockstep::library_locks
