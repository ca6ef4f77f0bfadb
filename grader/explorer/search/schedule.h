#ifndef GRADER_EXPLORER_SEARCH_SCHEDULE_H_
#define GRADER_EXPLORER_SEARCH_SCHEDULE_H_

// An interleaving as a string: which thread took the next steps, and how choices fell.
//
//   us.r1f3,2a0.p4c~m3A2.1B2A
//
// Before the `~`: `u` unlocks are points, `s` the slow-threads clock, `c` and `f` what the search
// knew (see Schedule), `r...` offsets of racing code, `p...` of spinning code. After it: a thread's
// label (`m` is main) and for how many steps it ran (1 when nothing is said); `.k` is outcome k of
// the step before it. A replay that meets another program goes on by itself where the string does
// not fit.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grader/explorer/model/decisions.h"

namespace lockstep {

struct Schedule {
  bool unlock_points = false;
  bool slow_threads = false;
  // What a search knew of the execution and a replay alone cannot: that the failure follows from a
  // data race that is not seen in it, and that no execution with fewer preemptions fails.
  bool after_race = false;
  bool fewest = false;
  std::vector<std::uintptr_t> racy;      // offsets in the program
  std::vector<std::uintptr_t> spinning;  // likewise
  std::vector<Decision> decisions;
};

std::string to_string(const Schedule& schedule);
// Nothing when the text is not a schedule.
std::optional<Schedule> parse_schedule(std::string_view text);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_SCHEDULE_H_
