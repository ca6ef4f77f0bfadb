// How many processors there are and on which one a thread runs: the same answer on every machine,
// so that a pool of hardware_concurrency() workers has the same verdict everywhere.

#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

constexpr int kProcessors = 2;

// Fills `set` with the processors of the model.
bool list_processors(std::size_t size, cpu_set_t* set) {
  if (size * 8 < kProcessors) return false;
  CPU_ZERO_S(size, set);
  for (int i = 0; i < kProcessors; ++i) CPU_SET_S(i, size, set);
  return true;
}

}  // namespace

LOCKSTEP_HOOK int get_nprocs() noexcept {
  return modelled() ? kProcessors : LOCKSTEP_REAL(get_nprocs)();
}
LOCKSTEP_HOOK int get_nprocs_conf() noexcept {
  return modelled() ? kProcessors : LOCKSTEP_REAL(get_nprocs_conf)();
}
LOCKSTEP_HOOK long sysconf(int name) noexcept {
  if (modelled() && (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF)) {
    return kProcessors;
  }
  return LOCKSTEP_REAL(sysconf)(name);
}

LOCKSTEP_HOOK int sched_getcpu() noexcept { return modelled() ? 0 : LOCKSTEP_REAL(sched_getcpu)(); }
LOCKSTEP_HOOK int sched_getaffinity(pid_t id, std::size_t size, cpu_set_t* set) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(sched_getaffinity)(id, size, set);
  if (list_processors(size, set)) return 0;
  errno = EINVAL;
  return -1;
}
// Where a thread runs is the scheduler's choice, and the model's.
LOCKSTEP_HOOK int sched_setaffinity(pid_t id, std::size_t size, const cpu_set_t* set) noexcept {
  return modelled() ? 0 : LOCKSTEP_REAL(sched_setaffinity)(id, size, set);
}
LOCKSTEP_HOOK int pthread_getaffinity_np(pthread_t id, std::size_t size, cpu_set_t* set) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_getaffinity_np)(id, size, set);
  return list_processors(size, set) ? 0 : EINVAL;
}
LOCKSTEP_HOOK int pthread_setaffinity_np(pthread_t id, std::size_t size,
                                         const cpu_set_t* set) noexcept {
  return modelled() ? 0 : LOCKSTEP_REAL(pthread_setaffinity_np)(id, size, set);
}
