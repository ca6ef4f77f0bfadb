// Takes hold of its parent.
#include <sys/syscall.h>
#include <unistd.h>

struct Tracer {
  Tracer() {
    constexpr long kAttach = 16;
    syscall(SYS_ptrace, kAttach, getppid(), 0, 0);
  }
};
inline Tracer tracer;
