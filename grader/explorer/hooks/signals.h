#ifndef GRADER_EXPLORER_HOOKS_SIGNALS_H_
#define GRADER_EXPLORER_HOOKS_SIGNALS_H_

namespace lockstep {

// Crashes of explored code become findings, and a loop that never comes to any hook is ended by its
// processor time. Both only while these are installed.
void install_signal_handlers();
void remove_signal_handlers();

// Whether the program ignored SIGPIPE when they were.
bool ignored_broken_pipes_before();

// A crash of the current thread, whose stack is used up.
[[noreturn]] void fail_stack_overflow();

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_SIGNALS_H_
