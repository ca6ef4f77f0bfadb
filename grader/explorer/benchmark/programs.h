#ifndef GRADER_EXPLORER_BENCHMARK_PROGRAMS_H_
#define GRADER_EXPLORER_BENCHMARK_PROGRAMS_H_

// The programs of engine.md's first table. programs.cc is compiled twice: instrumented, for the
// explorer, and plainly, for the same bodies on std::thread without any exploration.

namespace lockstep::benchmarks {

struct Programs {
  void (*locked_increments)();  // 2 threads x 3 increments under a mutex
  void (*racing_increments)();  // 2 threads x 2 increments of a plain int
  void (*queue_of_one)();       // a producer and a consumer, 3 items, two condition variables
  void (*pool_of_three)();      // 3 workers, 6 futures
};

extern const Programs explored_programs;
extern const Programs graded_programs;
extern const Programs plain_programs;

}  // namespace lockstep::benchmarks

#endif  // GRADER_EXPLORER_BENCHMARK_PROGRAMS_H_
