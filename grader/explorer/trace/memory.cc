#include "grader/explorer/trace/memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace lockstep::trace {
namespace {

// For kernels and jails that refuse process_vm_readv.
bool read_through_proc(std::uintptr_t address, void* to, std::size_t size) {
  const int descriptor = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const ssize_t got = pread(descriptor, to, size, static_cast<off_t>(address));
  close(descriptor);
  return got == static_cast<ssize_t>(size);
}

}  // namespace

bool read_memory(std::uintptr_t address, void* to, std::size_t size) {
  if (address < 4096) return false;
  iovec local{to, size};
  iovec remote{reinterpret_cast<void*>(address), size};
  static bool refused = false;
  if (!refused) {
    const ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    if (got == static_cast<ssize_t>(size)) return true;
    if (got >= 0 || errno == EFAULT) return false;
    refused = true;
  }
  return read_through_proc(address, to, size);
}

}  // namespace lockstep::trace
