#ifndef GRADER_HARNESS_REFUSED_CALLS_H_
#define GRADER_HARNESS_REFUSED_CALLS_H_

namespace lockstep::harness {

// From now on a system call that the judge's filter refuses (grader/judge/seccomp_filter.h) is told
// to the judge and ends the process. Without this it would end as well, but nobody would know why.
void report_refused_calls();

}  // namespace lockstep::harness

#endif  // GRADER_HARNESS_REFUSED_CALLS_H_
