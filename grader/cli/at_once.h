#ifndef GRADER_CLI_AT_ONCE_H_
#define GRADER_CLI_AT_ONCE_H_

#include <cstddef>
#include <functional>

namespace lockstep::cli {

// Calls work(0) ... work(count - 1), two at a time: the judge's limits decide by processor time, so
// that a busy machine changes no verdict; more than the course's two cores would only reach the
// wall limit sooner. Blocks until all have returned. When one throws, no new one is begun, and what
// it threw is thrown here.
void for_each_at_once(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_AT_ONCE_H_
