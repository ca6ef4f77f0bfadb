#ifndef GRADER_EXPLORER_SEARCH_SEARCHER_H_
#define GRADER_EXPLORER_SEARCH_SEARCHER_H_

#include <cstdint>

#include "grader/explorer/model/engine.h"

namespace lockstep {

// What the scheduler offers at a point.
struct Choice {
  const std::uint8_t* enabled;  // threads that may go on, ascending
  int count;                    // at least 1
  int current;                  // index in `enabled` of the thread that ran last, or -1
};

// Decides at every point of every execution which thread goes on.
class Searcher {
 public:
  virtual ~Searcher() = default;

  // Whether choose_thread is asked even where only one thread can go on, and the searcher is told
  // of what else belongs to the order of events (the last four below).
  const bool every_point;

  virtual void begin_execution() = 0;
  // The index in choice.enabled of the thread to run, or -1 to cut the execution as redundant.
  virtual int choose_thread(const Choice& choice) = 0;
  // One of `count` outcomes of the operation under way.
  virtual int choose_outcome(int count) = 0;
  // Called when an execution has ended, however it did. False when there is nothing left to run.
  virtual bool next() = 0;
  // What is a scheduling point has changed: what was learnt from earlier executions is void.
  virtual void restart() {}
  // Of which set of points its knowledge is; the search restarts it under another.
  int points = 0;

  // The current thread has let go of `object` without a point of its own.
  virtual void silent_release(Object* /*object*/) {}
  // Nobody could run and the clock went on.
  virtual void clock_tick() {}
  virtual void thread_created(int /*parent*/, int /*child*/) {}
  virtual void thread_ended(int /*thread*/) {}
  // Whether the visible operations by themselves put what `thread` did, when its own clock showed
  // `clock`, before what the current thread does now. `visible`: it was itself such an operation.
  // Then another order of the two begins with another order of visible operations.
  virtual bool settles(int /*thread*/, std::uint32_t /*clock*/, bool /*visible*/) { return false; }

 protected:
  explicit Searcher(bool wants_every_point) : every_point(wants_every_point) {}
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_SEARCHER_H_
