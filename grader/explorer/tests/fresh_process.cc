#include "grader/explorer/tests/fresh_process.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace lockstep::tests {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

void stay_on_one_core() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) give_up("sched_getaffinity");
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &one);
  }
  if (sched_setaffinity(0, sizeof one, &one) != 0) give_up("sched_setaffinity");
}

[[noreturn]] void become(const FreshProcess& process, int output) {
  if (dup2(output, STDOUT_FILENO) < 0) give_up("dup2");
  if (process.one_core) stay_on_one_core();
  for (const auto& [name, value] : process.environment) setenv(name.c_str(), value.c_str(), 1);
  const std::string filter = "--test-case=" + process.test_case;
  execl("/proc/self/exe", "again", filter.c_str(), "--no-skip", "--no-intro", nullptr);
  give_up("execl");
}

}  // namespace

std::string output_of(const FreshProcess& process) {
  int ends[2];
  if (pipe(ends) != 0) give_up("pipe");
  const pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child == 0) become(process, ends[1]);
  close(ends[1]);

  std::string output;
  char buffer[4096];
  for (ssize_t size = 0; (size = read(ends[0], buffer, sizeof buffer)) > 0;) {
    output.append(buffer, static_cast<std::size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  if (waitpid(child, &status, 0) != child) give_up("waitpid");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "the fresh process failed (status %d):\n%s\n", status, output.c_str());
    std::abort();
  }
  return output;
}

Load::Load() {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  for (long i = 0; i < processors; ++i) {
    const pid_t burner = fork();
    if (burner < 0) give_up("fork");
    if (burner == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // even when the test is killed
      for (;;) asm volatile("");
    }
    burners_.push_back(burner);
  }
}

Load::~Load() {
  for (const int burner : burners_) {
    kill(burner, SIGKILL);
    waitpid(burner, nullptr, 0);
  }
}

}  // namespace lockstep::tests
