// What would end the process, make another, or change how signals arrive.

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/program_exit.h"
#include "grader/explorer/model/raw.h"
#include "grader/explorer/model/world.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

[[noreturn]] void exit_called(const char* call, int status) {
  const Inside inside;
  if (g_engine.program) program_exit(status, call[0] == 'e');
  trace::Failure failure = failure_of(Rule::kEarlyExit);
  failure.what = trace::Exited{status, call};
  fail_now(std::move(failure));
}

[[noreturn]] void aborted(const char* text, trace::Crash::Kind kind) {
  const Inside inside;
  trace::Failure failure = failure_of(Rule::kCrash);
  trace::Crash crash;
  crash.kind = kind;
  crash.signal = SIGABRT;
  crash.text = text;
  failure.what = std::move(crash);
  fail_now(std::move(failure));
}

[[noreturn]] void no_processes(const char* call) {
  const Inside inside;
  refuse(std::string(call) + "() inside an explored body is not supported: threads only");
}

[[noreturn]] void no_signals(const char* call) {
  const Inside inside;
  refuse(std::string(call) +
         "() inside an explored body is not supported: signals are not explored");
}

// Returns what was done with SIGPIPE before.
sighandler_t ignore_broken_pipes(bool ignore) {
  return std::exchange(g_engine.ignores_broken_pipes, ignore) ? SIG_IGN : SIG_DFL;
}

}  // namespace

LOCKSTEP_HOOK void exit(int status) noexcept {
  if (modelled()) exit_called("exit", status);
  LOCKSTEP_REAL(exit)(status);
  __builtin_unreachable();
}
LOCKSTEP_HOOK void _exit(int status) {
  if (modelled()) exit_called("_exit", status);
  raw::exit_group(status);
}
LOCKSTEP_HOOK void _Exit(int status) noexcept {
  if (modelled()) exit_called("_Exit", status);
  raw::exit_group(status);
}
LOCKSTEP_HOOK void quick_exit(int status) noexcept {
  if (modelled()) exit_called("quick_exit", status);
  LOCKSTEP_REAL(quick_exit)(status);
  __builtin_unreachable();
}
LOCKSTEP_HOOK void abort() noexcept {
  if (modelled()) aborted("abort() was called", trace::Crash::Kind::kAbort);
  LOCKSTEP_REAL(abort)();
  __builtin_unreachable();
}
LOCKSTEP_HOOK void __assert_fail(const char* expression, const char* file, unsigned line,
                                 const char* function) noexcept {
  if (modelled()) aborted(expression, trace::Crash::Kind::kAssert);
  ::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, expression);
  LOCKSTEP_REAL(abort)();
  __builtin_unreachable();
}
LOCKSTEP_HOOK void __stack_chk_fail() {
  if (modelled()) aborted("the stack was overwritten", trace::Crash::Kind::kAbort);
  LOCKSTEP_REAL(abort)();
  __builtin_unreachable();
}

LOCKSTEP_HOOK int raise(int signal) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(raise)(signal);
  if (signal == 0) return 0;
  if (signal == SIGABRT) aborted("raise(SIGABRT)", trace::Crash::Kind::kAbort);
  no_signals("raise");
}
LOCKSTEP_HOOK int kill(pid_t process, int signal) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(kill)(process, signal);
  no_signals("kill");
}
LOCKSTEP_HOOK int pthread_kill(pthread_t thread, int signal) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_kill)(thread, signal);
  if (signal == 0) return 0;
  no_signals("pthread_kill");
}
LOCKSTEP_HOOK int sigaction(int signal, const struct sigaction* action,
                            struct sigaction* old) noexcept {
  if (!modelled() || action == nullptr) return LOCKSTEP_REAL(sigaction)(signal, action, old);
  if (signal == SIGPIPE && (action->sa_handler == SIG_IGN || action->sa_handler == SIG_DFL)) {
    const sighandler_t before = ignore_broken_pipes(action->sa_handler == SIG_IGN);
    if (old != nullptr) {
      *old = {};
      old->sa_handler = before;
    }
    return 0;
  }
  no_signals("sigaction");
}
LOCKSTEP_HOOK sighandler_t signal(int number, sighandler_t handler) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(signal)(number, handler);
  if (number == SIGPIPE && (handler == SIG_IGN || handler == SIG_DFL)) {
    return ignore_broken_pipes(handler == SIG_IGN);
  }
  no_signals("signal");
}
LOCKSTEP_HOOK unsigned alarm(unsigned seconds) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(alarm)(seconds);
  no_signals("alarm");
}
LOCKSTEP_HOOK int setitimer(__itimer_which_t which, const itimerval* value,
                            itimerval* old) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(setitimer)(which, value, old);
  no_signals("setitimer");
}
LOCKSTEP_HOOK int pause() {
  if (!modelled()) return LOCKSTEP_REAL(pause)();
  no_signals("pause");
}

LOCKSTEP_HOOK pid_t fork() noexcept {
  if (!modelled()) return LOCKSTEP_REAL(fork)();
  no_processes("fork");
}
LOCKSTEP_HOOK pid_t vfork() noexcept {
  if (modelled()) no_processes("vfork");
  // A hook cannot pass vfork on (the child would return through it); fork does all that it does.
  return LOCKSTEP_REAL(fork)();
}
LOCKSTEP_HOOK int system(const char* command) {
  if (!modelled()) return LOCKSTEP_REAL(system)(command);
  no_processes("system");
}
LOCKSTEP_HOOK FILE* popen(const char* command, const char* mode) {
  if (!modelled()) return LOCKSTEP_REAL(popen)(command, mode);
  no_processes("popen");
}
LOCKSTEP_HOOK int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* files,
                              const posix_spawnattr_t* attributes, char* const argv[],
                              char* const envp[]) {
  if (!modelled()) return LOCKSTEP_REAL(posix_spawn)(pid, path, files, attributes, argv, envp);
  no_processes("posix_spawn");
}
LOCKSTEP_HOOK int posix_spawnp(pid_t* pid, const char* file,
                               const posix_spawn_file_actions_t* files,
                               const posix_spawnattr_t* attributes, char* const argv[],
                               char* const envp[]) {
  if (!modelled()) return LOCKSTEP_REAL(posix_spawnp)(pid, file, files, attributes, argv, envp);
  no_processes("posix_spawnp");
}
LOCKSTEP_HOOK int execve(const char* path, char* const argv[], char* const envp[]) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(execve)(path, argv, envp);
  no_processes("execve");
}
