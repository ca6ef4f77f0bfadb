#ifndef GRADER_EXPLORER_SEARCH_SEARCHERS_H_
#define GRADER_EXPLORER_SEARCH_SEARCHERS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "grader/explorer/search/schedule.h"
#include "grader/explorer/search/searcher.h"

namespace lockstep {

// Every thread that can go on is equally likely, at every point.
std::unique_ptr<Searcher> make_random_searcher(std::uint64_t seed);

// Every place of the program where a thread can go on is equally likely, at every point.
std::unique_ptr<Searcher> make_place_searcher(std::uint64_t seed);

// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010):
// each thread has a random priority, the highest runs, and `depth - 1` times in an execution the
// running thread falls below all others.
std::unique_ptr<Searcher> make_pct_searcher(std::uint64_t seed, int depth);

// Partial-order sampling (Yuan, Yang, Gu, CAV 2018): each pending operation has a random priority,
// drawn anew when an operation that it conflicts with goes first.
std::unique_ptr<Searcher> make_sampling_searcher(std::uint64_t seed);

// Depth first, with at most `preemptions` preemptions in an execution (Musuvathi and Qadeer, PLDI
// 2007); a negative number is no bound.
std::unique_ptr<Searcher> make_depth_first_searcher(int preemptions);

// Dynamic partial-order reduction with source sets and sleep sets; see dpor.cc.
std::unique_ptr<Searcher> make_dpor_searcher();

// One execution, by the book; where the book does not fit, the current thread goes on.
class ReplaySearcher : public Searcher {
 public:
  explicit ReplaySearcher(std::vector<Decision> decisions)
      : Searcher(true), decisions_(std::move(decisions)) {}

  void begin_execution() override { at_ = 0, diverged_ = false; }
  int choose_thread(const Choice& choice) override;
  int choose_outcome(int count) override;
  bool next() override { return false; }

  // The execution did something else than the book says.
  bool diverged() const { return diverged_; }

 private:
  std::vector<Decision> decisions_;
  std::size_t at_ = 0;
  bool diverged_ = false;
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_SEARCH_SEARCHERS_H_
