// How a long story becomes one that a reader will read: loops folded, the middle left out.

#include <algorithm>
#include <utility>

#include "grader/explorer/trace/narrative.h"
#include "grader/explorer/trace/operations.h"

namespace lockstep::trace {
namespace {

constexpr std::size_t kLongestTurn = 8;  // steps of one turn of a loop
constexpr std::size_t kManyTurns = 4;    // from here on the values of each turn matter to nobody
constexpr std::size_t kMostSteps = 60;   // what fits on a few screens
constexpr std::size_t kFirstSteps = 10;  // always kept of a story too long

bool same_line(const Step& a, const Step& b) {
  return a.thread == b.thread && a.place.line == b.place.line && a.place.file == b.place.file &&
         a.operation == b.operation && a.object == b.object && a.note == b.note;
}

}  // namespace

// How many turns of `length` steps begin at step `first`, if they are worth folding; else 1. A turn
// is of one thread, and nobody comes in between.
std::size_t Narrative::turns_at(std::size_t first, std::size_t length) const {
  bool same_values = true;
  std::size_t turns = 1;
  for (;; ++turns) {
    const std::size_t next = first + turns * length;
    if (next + length > steps_.size()) break;
    bool same = true;
    bool values = true;
    for (std::size_t k = 0; k < length && same; ++k) {
      const Step& step = steps_[first + k];
      const Step& again = steps_[next + k];
      same = same_line(step, again) && step.thread == steps_[first].thread && !again.preempts &&
             (k == 0 || !step.preempts);
      values = values && step.before == again.before && step.after == again.after;
    }
    if (!same) break;
    same_values = same_values && values;
  }
  return same_values || turns >= kManyTurns ? turns : 1;
}

void Narrative::fold() {
  std::vector<Step> folded;
  std::vector<std::vector<int>> shows;
  for (std::size_t i = 0; i < steps_.size();) {
    std::size_t length = 1;
    std::size_t turns = turns_at(i, 1);
    while (turns == 1 && length < kLongestTurn) turns = turns_at(i, ++length);
    if (turns == 1) length = 1;
    for (std::size_t k = 0; k < length; ++k) {
      Step step = steps_[i + k];
      std::vector<int> events;
      for (std::size_t turn = 0; turn < turns; ++turn) {
        const std::size_t at = i + turn * length + k;
        events.insert(events.end(), shows_[at].begin(), shows_[at].end());
      }
      step.after = steps_[i + (turns - 1) * length + k].after;
      step.repeats = static_cast<int>(turns);
      folded.push_back(std::move(step));
      shows.push_back(std::move(events));
    }
    i += length * turns;
  }
  steps_ = std::move(folded);
  shows_ = std::move(shows);
}

// Leaves out the middle: first what has nothing to do with the failure, then the rest of it but for
// the racing steps themselves.
void Narrative::shorten() {
  if (steps_.size() <= kMostSteps) return;
  std::size_t too_many = steps_.size() - kMostSteps;
  const std::size_t last = steps_.size() - kMostSteps / 2;
  std::vector<bool> left_out(steps_.size(), false);
  const auto leave_out = [&](auto matters) {
    for (std::size_t i = kFirstSteps; i < last && too_many > 0; ++i) {
      const bool keep = std::any_of(shows_[i].begin(), shows_[i].end(), matters);
      if (left_out[i] || keep) continue;
      left_out[i] = true;
      --too_many;
    }
  };
  leave_out([this](int event) {
    return always_of_interest(recording_.events[event]) || is_signal(recording_.events[event].op);
  });
  leave_out([this](int event) { return recording_.events[event].racy; });
  std::vector<Step> kept;
  std::vector<std::vector<int>> shows;
  std::size_t gap = 0;
  bool preempted = false;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    if (left_out[i]) {
      ++gap;
      preempted |= step.preempts;
      continue;
    }
    if (gap > 0) {
      const std::string words =
          std::to_string(gap) + (gap == 1 ? " step" : " steps") + " before this left out";
      step.note = step.note.empty() ? words : step.note + "; " + words;
      if (preempted && step.thread != kept.back().thread) step.preempts = true;
    }
    gap = 0;
    preempted = false;
    kept.push_back(std::move(step));
    shows.push_back(std::move(shows_[i]));
  }
  steps_ = std::move(kept);
  shows_ = std::move(shows);
}

}  // namespace lockstep::trace
