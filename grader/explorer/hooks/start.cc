// The moment at which main begins: everything before it belongs to the program's initial state.

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/model/memory.h"

namespace lockstep {

namespace {

using Main = int (*)(int, char**, char**);

Main g_main;

int begin_main(int argc, char** argv, char** envp) {
  heap::main_begins();
  return g_main(argc, argv, envp);
}

}  // namespace

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hook below is a C function

LOCKSTEP_HOOK int __libc_start_main(Main main, int argc, char** argv, void (*init)(),
                                    void (*fini)(), void (*loader_fini)(), void* stack_end) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  g_main = main;
  return real::next<Start>("__libc_start_main")(begin_main, argc, argv, init, fini, loader_fini,
                                                stack_end);
}
