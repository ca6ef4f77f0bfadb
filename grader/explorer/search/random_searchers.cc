#include <algorithm>
#include <iterator>
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
  explicit EndlessSearcher(std::uint64_t seed, bool every_point = false)
      : Searcher(every_point), random_(seed) {}
  void begin_execution() override {}
  int choose_outcome(int count) override { return random_.below(count); }
  bool next() override { return true; }

 protected:
  Random random_;
};

class RandomSearcher : public EndlessSearcher {
 public:
  using EndlessSearcher::EndlessSearcher;

  int choose_thread(const Choice& choice) override {
    if (choice.current >= 0 && looks_in_vain() && random_.below(kPatience) != 0) {
      return choice.current;
    }
    const int index = random_.below(choice.count);
    // Starting is no step of its own in the model, yet it takes a thread some time: now and then
    // its creator goes on instead.
    const bool begun = g_engine.threads[choice.enabled[index]]->begun;
    return begun || random_.below(2) == 0 ? index : creator_of(choice, index);
  }

 private:
  // A spin is told from a short loop by many identical looks in a row, which hardly ever happen
  // where each is followed by a draw: whoever has looked three times in vain mostly looks again.
  static constexpr int kInVain = 3;
  static constexpr int kPatience = 16;
  static bool looks_in_vain() { return g_engine.current->spin.most >= kInVain; }

  static int creator_of(const Choice& choice, int index) {
    const Thread* creator = g_engine.threads[choice.enabled[index]]->creator;
    for (int i = 0; i < choice.count; ++i) {
      if (g_engine.threads[choice.enabled[i]] == creator) return i;
    }
    return index;
  }
};

// Draws one of the places of the program where threads stand, then one of the threads that stand
// there. Where a hundred threads run the same code and one runs other code, the uniform walk gives
// the one a turn in a hundred, and what it could see between two steps of the others is over by
// then. Here its odds do not depend on how many the others are.
class PlaceSearcher : public EndlessSearcher {
 public:
  using EndlessSearcher::EndlessSearcher;

  int choose_thread(const Choice& choice) override {
    // Reservoir sampling of the places, and within each of its threads.
    int places = 0;
    for (int i = 0; i < choice.count; ++i) {
      const std::uint64_t place = place_of(*g_engine.threads[choice.enabled[i]]);
      int at = 0;
      while (at < places && places_[at].place != place) ++at;
      if (at == places) places_[places++] = {place, 0, 0};
      Place& here = places_[at];
      if (random_.below(++here.threads) == 0) here.index = i;
    }
    return places_[random_.below(places)].index;
  }

 private:
  struct Place {
    std::uint64_t place;
    int threads;
    int index;  // in choice.enabled, of one of them
  };

  // The next operation and the two innermost calls that lead to it: its own address may lie in a
  // function of the library that everybody calls.
  static std::uint64_t place_of(const Thread& thread) {
    constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15u;
    constexpr int kLevels = 2;
    std::uint64_t place = reinterpret_cast<std::uintptr_t>(thread.pending.pc);
    const int depth = std::min<int>(thread.depth, std::size(thread.calls));
    for (int level = depth; level > 0 && level > depth - kLevels; --level) {
      place = place * kFactor + reinterpret_cast<std::uintptr_t>(thread.calls[level - 1]);
    }
    return place * kFactor + static_cast<std::uint64_t>(thread.pending.op);
  }

  Place places_[kMaxThreads];
};

class PctSearcher : public EndlessSearcher {
 public:
  // Every point: a change while the others are blocked counts too, for it decides who goes on when
  // they no longer are.
  PctSearcher(std::uint64_t seed, int depth)
      : EndlessSearcher(seed, true), depth_(std::max(depth, 1)) {}

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
    if (choice.count == 1 && choice.current < 0) return 0;
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
  // Points of the longest execution so far. A shorter one counts as this long: some of its changes
  // then come after its end, and what needs fewer changes than depth - 1 is found as well.
  int longest_ = 12;
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
std::unique_ptr<Searcher> make_place_searcher(std::uint64_t seed) {
  return std::make_unique<PlaceSearcher>(seed);
}
std::unique_ptr<Searcher> make_sampling_searcher(std::uint64_t seed) {
  return std::make_unique<SamplingSearcher>(seed);
}

}  // namespace lockstep
