#ifndef GRADER_JUDGE_SECCOMP_FILTER_H_
#define GRADER_JUDGE_SECCOMP_FILTER_H_

#include <linux/filter.h>

#include <string_view>
#include <vector>

namespace lockstep::judge {

// The system calls that a lab's program has no use for: sockets, tracing other processes, mounting,
// loading into the kernel and, unless the lab is about processes, fork. A call traps (SIGSYS),
// which the harness reports; whoever ignores the signal still does not get the call.
std::vector<sock_filter> seccomp_filter(bool processes_allowed);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_SECCOMP_FILTER_H_
