#ifndef GRADER_EXPLORER_TESTS_SUITE_H_
#define GRADER_EXPLORER_TESTS_SUITE_H_

// Concurrency bugs as the public suites collect them (SCTBench, RADBench, the CHESS and Inspect
// benchmarks, the textbooks), each written anew beside a twin that differs in the mend alone. The
// search must find the one and stay silent on the other.

#include <span>
#include <vector>

#include "grader/explorer/rules.h"

namespace lockstep::tests {

struct Pair {
  const char* name;
  void (*wrong)();
  void (*right)();
  std::vector<Rule> rules;  // any of these names the mistake rightly
};

// Mutexes: what is guarded, by which, in what order.
std::span<const Pair> lock_pairs();

// Condition variables, semaphores, lifetimes.
std::span<const Pair> wait_pairs();

// Algorithms on atomics.
std::span<const Pair> atomic_pairs();

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_SUITE_H_
