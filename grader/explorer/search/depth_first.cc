#include <memory>
#include <vector>

#include "grader/explorer/model/memory.h"
#include "grader/explorer/search/searchers.h"

namespace lockstep {

namespace {

class DepthFirstSearcher : public Searcher {
 public:
  explicit DepthFirstSearcher(int preemptions) : Searcher(false), bound_(preemptions) {}

  void begin_execution() override { depth_ = 0; }

  int choose_thread(const Choice& choice) override {
    if (depth_ == path_.size()) add_node(choice);
    const Node& node = path_[depth_++];
    const int thread = node.options[node.at];
    for (int i = 0; i < choice.count; ++i) {
      if (choice.enabled[i] == thread) return i;
    }
    die("a replayed execution went another way");
  }

  int choose_outcome(int count) override {
    if (depth_ == path_.size()) {
      Node node;
      for (int i = 0; i < count; ++i) node.options.push_back(static_cast<std::uint8_t>(i));
      path_.push_back(std::move(node));
    }
    const Node& node = path_[depth_++];
    return node.options[node.at];
  }

  bool next() override {
    while (!path_.empty()) {
      if (++path_.back().at < path_.back().options.size()) return true;
      path_.pop_back();
    }
    return false;
  }

  void restart() override { path_.clear(); }

 private:
  struct Node {
    std::vector<std::uint8_t> options;
    std::size_t at = 0;
  };

  // First the thread that ran last, which costs no preemption, then the others.
  void add_node(const Choice& choice) {
    Node node;
    if (choice.current >= 0) node.options.push_back(choice.enabled[choice.current]);
    const bool may_preempt = bound_ < 0 || g_engine.preemptions < bound_;
    if (choice.current < 0 || may_preempt) {
      for (int i = 0; i < choice.count; ++i) {
        if (i != choice.current) node.options.push_back(choice.enabled[i]);
      }
    }
    path_.push_back(std::move(node));
  }

  const int bound_;
  std::size_t depth_ = 0;
  std::vector<Node> path_;
};

}  // namespace

std::unique_ptr<Searcher> make_depth_first_searcher(int preemptions) {
  return std::make_unique<DepthFirstSearcher>(preemptions);
}

int ReplaySearcher::choose_thread(const Choice& choice) {
  const int fallback = choice.current >= 0 ? choice.current : 0;
  if (at_ >= decisions_.size()) return fallback;
  const Decision decision = decisions_[at_];
  if ((decision & kOutcome) == 0) {
    for (int i = 0; i < choice.count; ++i) {
      if (choice.enabled[i] == decision) {
        ++at_;
        return i;
      }
    }
    ++at_;
  }
  diverged_ = true;
  return fallback;
}

int ReplaySearcher::choose_outcome(int count) {
  if (at_ < decisions_.size() && (decisions_[at_] & kOutcome) != 0) {
    const int outcome = decisions_[at_++] & ~kOutcome;
    if (outcome < count) return outcome;
  }
  diverged_ = at_ < decisions_.size();
  return 0;
}

}  // namespace lockstep
