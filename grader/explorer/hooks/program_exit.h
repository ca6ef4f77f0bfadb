#ifndef GRADER_EXPLORER_HOOKS_PROGRAM_EXIT_H_
#define GRADER_EXPLORER_HOOKS_PROGRAM_EXIT_H_

namespace lockstep {

// exit(status) in a whole program that is explored: runs the functions of atexit (unless it was
// _exit), then the execution is over.
[[noreturn]] void program_exit(int status, bool run_handlers);

// Whether the program has global objects that are destroyed at its end.
bool destroys_globals();

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_PROGRAM_EXIT_H_
