#ifndef GRADER_EXPLORER_TESTS_TWO_THREADS_H_
#define GRADER_EXPLORER_TESTS_TWO_THREADS_H_

#include <thread>

namespace lockstep::tests {

// Most rows need no more than this: two threads, started in this order and joined.
template <typename First, typename Second>
void two_threads(const First& first, const Second& second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

template <typename Work>
void two_threads(const Work& work) {
  two_threads(work, work);
}

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_TWO_THREADS_H_
