#ifndef GRADER_CLI_NEAREST_H_
#define GRADER_CLI_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::cli {

// How many characters must be put in, left out, replaced or swapped with their neighbour to make
// `b` of `a` (optimal string alignment distance); letters count as equal in either case.
int edit_distance(std::string_view a, std::string_view b);

// The candidate that `word` was most likely meant to be: the least distance to the candidate or to
// one of its words (so that `rlok` finds 05_rlock). Empty without candidates.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_NEAREST_H_
