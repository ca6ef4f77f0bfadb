#include <algorithm>
#include <memory>
#include <vector>

#include "grader/explorer/search/dependence.h"
#include "grader/explorer/search/random.h"
#include "grader/explorer/search/searchers.h"

namespace lockstep {

namespace {

// What the random searchers share: they never end, and know nothing between executions.
class EndlessSearcher : public Searcher {
 public:
  explicit EndlessSearcher(std::uint64_t seed) : random_(seed) {}
  void begin_execution() override {}
  int choose_outcome(int count) override { return random_.below(count); }
  bool next() override { return true; }

 protected:
  Random random_;
};

class RandomSearcher : public EndlessSearcher {
 public:
  using EndlessSearcher::EndlessSearcher;
  int choose_thread(const Choice& choice) override { return random_.below(choice.count); }
};

class PctSearcher : public EndlessSearcher {
 public:
  PctSearcher(std::uint64_t seed, int depth) : EndlessSearcher(seed), depth_(std::max(depth, 1)) {}

  void begin_execution() override {
    points_ = 0;
    known_ = 0;
    changes_.clear();
    for (int i = 1; i < depth_; ++i) changes_.push_back(1 + random_.below(longest_));
  }

  int choose_thread(const Choice& choice) override {
    while (known_ < g_engine.thread_count) {
      priority_[known_++] = kLowest + static_cast<int>(random_.next() >> 34);
    }
    longest_ = std::max(longest_, ++points_);
    if (choice.current >= 0) {
      for (std::size_t i = 0; i < changes_.size(); ++i) {
        // The i-th change gives the priority i: below all that threads begin with.
        if (changes_[i] == points_) {
          priority_[choice.enabled[choice.current]] = static_cast<int>(i);
        }
      }
    }
    int best = 0;
    for (int i = 1; i < choice.count; ++i) {
      if (priority_[choice.enabled[i]] > priority_[choice.enabled[best]]) best = i;
    }
    return best;
  }

 private:
  static constexpr int kLowest = 1000;
  const int depth_;
  int longest_ = 4;  // points of the longest execution so far
  int points_ = 0;
  int known_ = 0;  // threads that have a priority
  std::vector<int> changes_;
  int priority_[kMaxThreads] = {};
};

class SamplingSearcher : public EndlessSearcher {
 public:
  using EndlessSearcher::EndlessSearcher;

  void begin_execution() override {
    for (std::uint64_t& priority : priority_) priority = 0;
  }

  int choose_thread(const Choice& choice) override {
    for (int i = 0; i < choice.count; ++i) {
      std::uint64_t& priority = priority_[choice.enabled[i]];
      if (priority == 0) priority = random_.next() | 1;
    }
    int best = 0;
    for (int i = 1; i < choice.count; ++i) {
      if (priority_[choice.enabled[i]] > priority_[choice.enabled[best]]) best = i;
    }
    const int chosen = choice.enabled[best];
    const VisibleOp op = VisibleOp::of(g_engine.threads[chosen]->pending);
    for (int i = 0; i < choice.count; ++i) {
      const int other = choice.enabled[i];
      if (other == chosen) continue;
      if (dependent(VisibleOp::of(g_engine.threads[other]->pending), op)) priority_[other] = 0;
    }
    priority_[chosen] = 0;
    return best;
  }

 private:
  std::uint64_t priority_[kMaxThreads] = {};  // of the pending operation; 0: not drawn yet
};

}  // namespace

std::unique_ptr<Searcher> make_random_searcher(std::uint64_t seed) {
  return std::make_unique<RandomSearcher>(seed);
}
std::unique_ptr<Searcher> make_pct_searcher(std::uint64_t seed, int depth) {
  return std::make_unique<PctSearcher>(seed, depth);
}
std::unique_ptr<Searcher> make_sampling_searcher(std::uint64_t seed) {
  return std::make_unique<SamplingSearcher>(seed);
}

}  // namespace lockstep
