#ifndef GRADER_EXPLORER_SEARCH_WITNESS_H_
#define GRADER_EXPLORER_SEARCH_WITNESS_H_

#include <functional>
#include <vector>

#include "grader/explorer/explore.h"
#include "grader/explorer/search/schedule.h"
#include "grader/explorer/trace/failure.h"

namespace lockstep {

// An execution that failed.
struct Witness {
  Schedule schedule;
  trace::Failure failure;  // without stacks: those come from the replay
  int preemptions = 0;
  // The failure is a data race's, but this execution shows only what the race leads to.
  bool consequence_only = false;
};

// `decisions` under what the search knows now of the program.
Schedule schedule_of(std::vector<Decision> decisions);

// Looks for an execution with fewer preemptions that fails the same way, replays the best and fills
// in result.finding, or result.error when the program does not do the same thing twice.
void report_witness(const std::function<void()>& body, const Options& options, Witness witness,
                    Result& result);

// Replays one execution for each note and fills in result.notes.
void report_notes(const std::function<void()>& body, const Options& options,
                  const std::vector<Witness>& notes, Result& result);

// Replays options.schedule: one execution, reported whatever it shows.
Result replay(const std::function<void()>& body, const Options& options);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_WITNESS_H_
