#ifndef GRADER_EXPLORER_HOOKS_ENDLESS_LOOP_H_
#define GRADER_EXPLORER_HOOKS_ENDLESS_LOOP_H_

// A loop of explored code that comes to no hook at all, so that nothing but its processor time
// tells it from a long computation. A search meets such a loop once and waits; when the same
// execution is replayed for the report it is known, and cut short.

#include <ucontext.h>

namespace lockstep::endless_loop {

void watch();  // SIGPROF comes now and then until ...
void unwatch();

// For the handlers of SIGPROF and SIGTRAP. A loop that is seen ends the execution: then they do not
// return. `step` is false for a trap that is the program's own.
void tick(mcontext_t& machine);
bool step(mcontext_t& machine);

// The program is about to print. Does not return when it has printed too much: unlike a tick, that
// comes at the same step in every replay.
void note_print();

}  // namespace lockstep::endless_loop

#endif  // GRADER_EXPLORER_HOOKS_ENDLESS_LOOP_H_
