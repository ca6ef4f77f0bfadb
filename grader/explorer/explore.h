#ifndef GRADER_EXPLORER_EXPLORE_H_
#define GRADER_EXPLORER_EXPLORE_H_

// The explorer runs a body of ordinary C++ (std::thread, std::mutex, std::atomic, pthreads, ...)
// under every interleaving that matters, instead of hoping that the machine produces a bad one.
//
//   lockstep::explore([] {
//     lab::RLock lock;
//     lockstep::CriticalSection section;
//     std::thread a([&] { std::scoped_lock hold(lock); section.visit(); });
//     std::thread b([&] { std::scoped_lock hold(lock); section.visit(); });
//     a.join();
//     b.join();
//   });
//
// The body is run many times. Every run starts from the same state: globals, thread_locals and the
// heap are as they were at the first. Time is virtual: a sleep of an hour takes none.
//
// In a build without the explorer (--config=native, tsan, asan) `explore` repeats the body on real
// threads, and the helpers below do what they say by ordinary means.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "grader/explorer/result.h"
#include "grader/explorer/rules.h"

#define LOCKSTEP_EXPORT __attribute__((visibility("default")))

namespace lockstep {

enum class Strategy {
  kAuto,     // DPOR, then delay-bounded, PCT and random beside it until the budget ends
  kDpor,     // every Mazurkiewicz trace once (dynamic partial-order reduction with sleep sets)
  kFull,     // depth-first without reduction: for tests of the explorer
  kBounded,  // depth-first with at most Options::preemptions preemptions
  kPct,      // random priorities with Options::depth - 1 change points
  kRandom,   // uniform choice at every step
};

// How virtual time moves.
enum class Clock {
  kBoth,         // first kStrict, then kSlowThreads
  kStrict,       // only when no thread can run, and then to the earliest deadline
  kSlowThreads,  // any sleeper or timed waiter may go next; the clock jumps to its deadline
};

struct Options {
  Strategy strategy = Strategy::kAuto;
  long executions = 10'000;  // budget over all strategies
  long steps = 20'000;       // of one execution; beyond it is a livelock
  std::uint64_t seed = 1;    // of the random strategies
  int preemptions = 2;       // bound of kBounded
  int depth = 3;             // of kPct
  Clock clock = Clock::kBoth;
  // 0: the scheduler may ignore a thread for ever. N: no thread that could run is passed over more
  // than N times in a row. Bounded waiting can only be asked of a lock under such a scheduler.
  int fairness = 0;
  // A condition variable may wake each thread once for no reason, which the standard allows. Off,
  // because it makes every search longer; a case that is about it asks for it.
  bool spurious_wakeups = false;
  // Reads and writes of pipes and sockets may, so often in each thread, do one byte where more were
  // possible. Code that takes what one call gave for a whole message is only found so.
  int short_transfers = 0;
  bool weak_cas_fails = true;   // compare_exchange_weak may fail once per call site and execution
  bool stop_at_first = true;    // false: go on and count (tests of the search)
  bool real_threads = false;    // the back end without fibers: for gdb, or without FSGSBASE
  std::string schedule;         // replay this schedule and nothing else
  std::vector<Rule> ignore;     // not reported, and the execution goes on where it can
  std::vector<Rule> only_note;  // reported as notes instead of findings
};

// Explores `body` and returns what was found. Does not throw. Must be called from one thread, and
// not from inside a body.
LOCKSTEP_EXPORT Result run(const std::function<void()>& body, const Options& options = {});

// Explores `body` and hands the result to whoever listens (the harness fails the doctest case when
// something was found; without a listener a finding is printed and the process aborts). `options`
// are overridden by what the listener asks for (a schedule to replay, another seed).
LOCKSTEP_EXPORT void explore(const std::function<void()>& body, const Options& options = {});

// Who listens to `explore`. `adjust` may change the options before the search (the n-th call of
// `explore` since the listener was set has ordinal n, from 0), `done` gets every result and may
// throw to leave the test case.
class LOCKSTEP_EXPORT Listener {
 public:
  virtual ~Listener() = default;
  virtual void adjust(int ordinal, Options& options) = 0;
  virtual void done(int ordinal, const Options& options, const Result& result) = 0;
};
LOCKSTEP_EXPORT void set_listener(Listener* listener);

// True inside a body that is being explored.
LOCKSTEP_EXPORT bool exploring();

// --- For bodies ------------------------------------------------------------------------------

// Ends the execution with a finding (rule check-failed unless said otherwise). Natively: prints and
// aborts. `expected` and `seen` as in Finding.
[[noreturn]] LOCKSTEP_EXPORT void fail(std::string_view message, std::string_view expected = {},
                                       std::string_view seen = {}, Rule rule = Rule::kCheckFailed);

// Notes a failed check without ending the execution (the search still reports it). The harness
// calls it from doctest's CHECK.
LOCKSTEP_EXPORT void note_failed_check(std::string_view file, int line, std::string_view expression,
                                       std::string_view expanded);

// Blocks until every other thread has ended or is asleep (in a lock, a wait, a join, ...). A sleep
// with a deadline counts as asleep: virtual time does not move for it. So "a waiter blocks" is
// tested without a clock: start it, quiesce(), look.
LOCKSTEP_EXPORT void quiesce();

// How many threads of this execution, the caller apart, have not ended and cannot run now.
LOCKSTEP_EXPORT int asleep();

// What reports call the thread whose pthread_t this is: "main", "A", "B", ...; empty when it is
// none of this execution.
LOCKSTEP_EXPORT std::string label_of(unsigned long handle);

// A place where another thread may run: a scheduling point and nothing else.
LOCKSTEP_EXPORT void interleave();

// Counts who is inside. Two threads inside at once (more than `capacity`) break the rule
// not-inside-lock; the report shows both. The visit also touches plain memory, so that a lock that
// does not synchronise is a data-race (only where capacity is 1).
class LOCKSTEP_EXPORT CriticalSection {
 public:
  explicit CriticalSection(int capacity = 1) : capacity_(capacity) {}
  CriticalSection(const CriticalSection&) = delete;
  CriticalSection& operator=(const CriticalSection&) = delete;

  void enter();
  void leave();
  // enter, a scheduling point inside, leave.
  void visit();

  int inside() const { return inside_; }  // now
  int visits() const { return visits_; }  // so far
  int most() const { return most_; }      // the most that were ever inside at once

 private:
  // The same for a call at that place of the program.
  void enter(const void* place);
  void leave(const void* place);

  const int capacity_;
  int inside_ = 0;
  int visits_ = 0;
  int most_ = 0;
  long memory_ = 0;
};

// Bounded waiting: once a thread has gone to sleep inside `wait`, others may come out of their
// `wait` at most `bound` times before it; one more breaks the rule starvation. Ask it under
// Options::fairness only.
class LOCKSTEP_EXPORT BoundedWaiting {
 public:
  explicit BoundedWaiting(int bound) : bound_(bound) {}
  BoundedWaiting(const BoundedWaiting&) = delete;
  BoundedWaiting& operator=(const BoundedWaiting&) = delete;

  // `acquire` is the call under test: `waiting.wait([&] { lock.lock(); })`.
  void wait(const std::function<void()>& acquire);

 private:
  struct Waiter;
  const int bound_;
  Waiter* first_ = nullptr;
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_EXPLORE_H_
