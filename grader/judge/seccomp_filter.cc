#include "grader/judge/seccomp_filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace lockstep::judge {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the filter must know this processor's system calls"
#endif

// process_vm_readv is not among them: the explorer reads memory that may not be there with it, and
// what may not be read by the process itself (the key) may not be read in this way either.
constexpr std::uint32_t kRefused[] = {
    __NR_socket,
    __NR_socketpair,
    __NR_ptrace,

    __NR_mount,
    __NR_umount2,
    __NR_process_vm_writev,
    __NR_pivot_root,
    __NR_unshare,
    __NR_setns,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_io_uring_setup,
    __NR_name_to_handle_at,
    __NR_open_by_handle_at,
    __NR_chroot,
};

class Program {
 public:
  void load(std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  }
  void answer(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  // Does `action` when what was loaded equals `value`.
  void if_equal(std::uint32_t value, std::uint32_t action) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
    answer(action);
  }
  void unless_equal(std::uint32_t value, std::uint32_t action) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0));
    answer(action);
  }
  void if_at_least(std::uint32_t value, std::uint32_t action) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, value, 0, 1));
    answer(action);
  }
  // clone() may make threads only. Looks at the first argument, so what was loaded is lost if the
  // call is clone; the answer is then final.
  void if_clone_of_process(std::uint32_t action) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4));
    load(offsetof(seccomp_data, args));
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
    answer(SECCOMP_RET_ALLOW);
    answer(action);
  }
  std::vector<sock_filter> code() && { return std::move(code_); }

 private:
  void add(int operation, std::uint32_t operand) {
    code_.push_back(BPF_STMT(static_cast<std::uint16_t>(operation), operand));
  }
  std::vector<sock_filter> code_;
};

}  // namespace

std::vector<sock_filter> seccomp_filter(bool processes_allowed) {
  Program program;
  program.load(offsetof(seccomp_data, arch));
  program.unless_equal(kArchitecture, SECCOMP_RET_KILL_PROCESS);
  program.load(offsetof(seccomp_data, nr));
#ifdef __x86_64__
  constexpr std::uint32_t kX32Bit = 0x40000000;  // the same calls under other numbers
  program.if_at_least(kX32Bit, SECCOMP_RET_KILL_PROCESS);
#endif
  for (const std::uint32_t call : kRefused) program.if_equal(call, SECCOMP_RET_TRAP);
  if (!processes_allowed) {
    // The flags of clone3 are out of a filter's sight; the C library then falls back to clone.
    program.if_equal(__NR_clone3, SECCOMP_RET_ERRNO | ENOSYS);
#ifdef __NR_fork
    program.if_equal(__NR_fork, SECCOMP_RET_TRAP);
    program.if_equal(__NR_vfork, SECCOMP_RET_TRAP);
#endif
    program.if_clone_of_process(SECCOMP_RET_TRAP);
  }
  program.answer(SECCOMP_RET_ALLOW);
  return std::move(program).code();
}

}  // namespace lockstep::judge
