// Takes hold of its parent.
#include <sys/ptrace.h>
#include <unistd.h>

struct Tracer {
  Tracer() { ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr); }
};
inline Tracer tracer;
