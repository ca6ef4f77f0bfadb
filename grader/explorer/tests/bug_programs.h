#ifndef GRADER_EXPLORER_TESTS_BUG_PROGRAMS_H_
#define GRADER_EXPLORER_TESTS_BUG_PROGRAMS_H_

// Small programs with one classic mistake each, as bodies for the explorer. They are the rows of
// the bug table in engine.md: the tests of the search bound how many executions each strategy may
// need to find them, the tests of replay and of determinism use them as known failures.

namespace lockstep::bugs {

// Two threads, one increment each of a plain counter. A race, and a total below two.
void lost_update();

// The same with two increments each.
void lost_update_twice();

// Two threads, two increments each of an atomic counter that is loaded and stored in two steps: no
// race, a wrong total.
void lost_update_atomic();

// Two threads take two mutexes in opposite order, twice.
void opposite_locks();

// A queue whose `get` tests once before it waits: a consumer that barges in takes the item first.
void if_around_wait();

// The flag is set and notified before anyone waits; the waiter does not look at the flag.
void notify_before_wait();

// The waiter looks at the flag under the lock, but the flag is set without it.
void flag_without_lock();

// Double-checked locking with a plain pointer.
void double_checked_locking();

// "If it is not there, make it": each step atomic, both together not.
void check_then_act();

// A barrier of three that wakes one of the two who wait.
void barrier_notifies_one();

// A barrier without generations, used twice: the slow thread sleeps on in the next round.
void barrier_without_generation();

// A reference count whose loser looks at the object once more.
void use_after_release();

// A buffer of one place, one condition for "not full" and "not empty", notify_one; one producer of
// two items, two consumers: the wake-up can go to the wrong one.
void one_condition_for_two();

// A pool of three workers that wakes one of them when it stops.
void pool_stops_one();

}  // namespace lockstep::bugs

#endif  // GRADER_EXPLORER_TESTS_BUG_PROGRAMS_H_
