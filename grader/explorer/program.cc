#include "grader/explorer/program.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/program_exit.h"

namespace lockstep {

namespace {

// A copy in the arena, which an execution may change as it likes.
char** copy(char** strings) {
  std::size_t count = 0;
  while (strings[count] != nullptr) ++count;
  auto** result = static_cast<char**>(std::calloc(count + 1, sizeof(char*)));
  for (std::size_t i = 0; i < count; ++i) result[i] = ::strdup(strings[i]);
  return result;
}

// The end of main is a step: what other threads do may come before it, or never. Where globals are
// destroyed then, it makes a difference to them that others have used them, so both are tried: that
// they have come as far as they can, and that they have not.
void end_beside_others() {
  if (destroys_globals() && choose(2) == 1) reach_point(Op::kQuiesce, 0, nullptr, nullptr);
  reach_point(Op::kExit, 0, nullptr, nullptr);
}

}  // namespace

Result run_program(const Program& program, const Options& options) {
  g_engine.program = true;
  g_engine.may_outlive_main = program.may_outlive_main;
  Result result = run(
      [&program] {
        char** arguments = copy(program.argv);
        ::environ = copy(program.envp);
        const int status = program.main(program.argc, arguments, ::environ);
        const Inside inside;
        if (g_engine.live_count > 1) end_beside_others();
        program_exit(status, true);
      },
      options);
  g_engine.program = false;
  return result;
}

}  // namespace lockstep
