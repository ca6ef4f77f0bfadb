#include "grader/explorer/hooks/signals.h"

#include <signal.h>
#include <ucontext.h>

#include <utility>

#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/endless_loop.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/world.h"

namespace lockstep {

namespace {

constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
constexpr int kFatalCount = sizeof kFatal / sizeof kFatal[0];

struct sigaction g_before[kFatalCount];
struct sigaction g_profile_before;
struct sigaction g_pipe_before;
bool g_installed;

trace::Crash::Kind kind_of(int signal, std::uintptr_t address) {
  const Thread& thread = *self();
  switch (signal) {
    case SIGFPE:
      return trace::Crash::Kind::kDivision;
    case SIGABRT:
      return trace::Crash::Kind::kAbort;
    case SIGSEGV:
    case SIGBUS: {
      if (address < 65536) return trace::Crash::Kind::kNull;
      const std::uintptr_t begin = fiber::stack_begin(thread.id);
      if (address >= begin - fiber::kGuardSize && address < begin + 4096) {
        return trace::Crash::Kind::kStackOverflow;
      }
      return trace::Crash::Kind::kWild;
    }
    default:
      return trace::Crash::Kind::kOther;
  }
}

[[noreturn]] void fail_crash(trace::Crash crash) {
  trace::Failure failure = failure_of(Rule::kCrash);
  failure.what = std::move(crash);
  fail_now(std::move(failure));
}

void put_back(int signal) {
  for (int i = 0; i < kFatalCount; ++i) {
    if (kFatal[i] == signal) LOCKSTEP_REAL(sigaction)(signal, &g_before[i], nullptr);
  }
}

void on_fatal(int signal, siginfo_t* info, void* context) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (signal == SIGTRAP && endless_loop::step(static_cast<ucontext_t*>(context)->uc_mcontext))
    return;
  if (signal == SIGSEGV && world::write_fault(address)) return;
  if (!g_engine.exploring || self() == nullptr || (!g_engine.active && !g_engine.touching)) {
    // Not the explored program's: let it happen again, and end the process.
    put_back(signal);
    return;
  }
  const bool touching = std::exchange(g_engine.touching, false);
  g_engine.active = false;
  auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
  trace::Crash crash;
  crash.kind = kind_of(signal, address);
  crash.signal = signal;
  crash.address = address;
  crash.writes = touching ? g_engine.touching_to_write : (machine->gregs[REG_ERR] & 2) != 0;
  fail_crash(std::move(crash));
}

void on_tick(int /*signal*/, siginfo_t* /*info*/, void* context) {
  endless_loop::tick(static_cast<ucontext_t*>(context)->uc_mcontext);
}

}  // namespace

void fail_stack_overflow() {
  g_engine.active = false;
  trace::Crash crash;
  crash.kind = trace::Crash::Kind::kStackOverflow;
  crash.signal = SIGSEGV;
  crash.writes = true;
  fail_crash(std::move(crash));
}

void install_signal_handlers() {
  if (g_installed) return;
  g_installed = true;
  static stack_t alternate{};
  if (alternate.ss_sp == nullptr) {
    alternate.ss_size = 256u << 10;
    alternate.ss_sp = map_memory(alternate.ss_size);
  }
  ::sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  // Handlers may leave for another stack and never return: nothing may stay blocked.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  action.sa_sigaction = on_fatal;
  for (int i = 0; i < kFatalCount; ++i) {
    LOCKSTEP_REAL(sigaction)(kFatal[i], &action, &g_before[i]);
  }
  action.sa_flags |= SA_RESTART;
  action.sa_sigaction = on_tick;
  LOCKSTEP_REAL(sigaction)(SIGPROF, &action, &g_profile_before);
  // A write that nobody can read is told by its result; what that means to the program is the
  // model's to say.
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  LOCKSTEP_REAL(sigaction)(SIGPIPE, &action, &g_pipe_before);
  endless_loop::watch();
}

void remove_signal_handlers() {
  if (!g_installed) return;
  g_installed = false;
  endless_loop::unwatch();
  for (int i = 0; i < kFatalCount; ++i) {
    LOCKSTEP_REAL(sigaction)(kFatal[i], &g_before[i], nullptr);
  }
  LOCKSTEP_REAL(sigaction)(SIGPROF, &g_profile_before, nullptr);
  LOCKSTEP_REAL(sigaction)(SIGPIPE, &g_pipe_before, nullptr);
}

bool ignored_broken_pipes_before() { return g_pipe_before.sa_handler == SIG_IGN; }

}  // namespace lockstep
