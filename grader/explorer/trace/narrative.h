#ifndef GRADER_EXPLORER_TRACE_NARRATIVE_H_
#define GRADER_EXPLORER_TRACE_NARRATIVE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "grader/explorer/result.h"
#include "grader/explorer/trace/failure.h"
#include "grader/explorer/trace/object_names.h"
#include "grader/explorer/trace/recording.h"
#include "grader/explorer/trace/symbols.h"

namespace lockstep::trace {

// The events of a recording as the numbered steps a reader needs, and the words for everything in
// them.
class Narrative {
 public:
  Narrative(const Failure& failure, const Recording& recording, Symbols& symbols);

  const std::vector<Step>& steps() const { return steps_; }
  std::vector<ThreadInfo> threads() const;

  // Switches away from a thread that could have gone on, beyond those that the engine counted.
  int uncounted_preemptions() const { return uncounted_preemptions_; }

  // The number of the step that shows `event`; 0 when none does.
  int step_of(int event) const;

  const Recording& recording() const { return recording_; }
  std::string quoted(const Target& target) const { return names_.quoted(target); }
  Place place(const std::vector<Frame>& stack) const { return symbols_.best_place(stack); }
  // "queue.h:40"; "an unknown line".
  std::string where(const std::vector<Frame>& stack) const;
  Symbols& symbols() const { return symbols_; }

 private:
  void collect_names(const Failure& failure);
  void choose_events(const Failure& failure);
  bool always_of_interest(const Event& event) const;
  void write_steps();
  Step step_for(const Event& event);
  void write_values(const Event& event, Step& step);
  bool touched_before(const Event& event) const;
  void write_note(const Event& event, Step& step);
  std::string value(const Event& event, std::uint64_t bits);
  bool was_left(int thread, int event) const;
  void mark_lost_updates();
  void add_free(const Failure& failure);
  void add_last_step(const Failure& failure);
  // In folding.cc.
  void fold();
  std::size_t turns_at(std::size_t first, std::size_t length) const;
  void shorten();
  void number();

  const Recording& recording_;
  Symbols& symbols_;
  ObjectNames names_;
  std::set<std::uintptr_t> focus_;  // bases of the objects that the failure is about
  int uncounted_preemptions_ = 0;
  int last_event_ = -1;      // nothing after it matters
  std::vector<int> chosen_;  // events, in order
  std::vector<Step> steps_;
  std::vector<std::vector<int>> shows_;  // by step: its events
  std::map<int, int> step_of_event_;
  std::map<std::uint64_t, int> pointers_;  // how the report calls addresses without names
};

// What a race is about that was seen in another execution than the one recorded: the memory that
// the code of it used last, by the thread that suffered for it if possible. Address 0 when unknown.
Target target_of_unseen_race(const Failure& failure, const Recording& recording);

// Every target that `failure` speaks of, its consequence's too.
std::vector<Target> targets_of(const Failure& failure);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_NARRATIVE_H_
