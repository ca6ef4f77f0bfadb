// Dynamic partial-order reduction: one execution for each Mazurkiewicz trace, as far as sleep sets
// and source sets can tell.
//
// Flanagan and Godefroid, "Dynamic Partial-Order Reduction for Model Checking Software", POPL 2005;
// Abdulla, Aronsson, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial Order
// Reduction", J. ACM 2017. Their events are our points: a thread's visible operation together with
// what it does until its next one. When an event is about to happen, every earlier event that it
// conflicts with and that nothing orders before it is a race; the search will also try to let it
// (or something that leads there) go first, unless such a start is being tried already.

#include <algorithm>
#include <memory>
#include <vector>

#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/thread_set.h"
#include "grader/explorer/search/dependence.h"
#include "grader/explorer/search/searchers.h"

namespace lockstep {

namespace {

// A thread that need not go first from here: what would follow has been explored.
struct Sleeper {
  int thread;
  VisibleOp op;
};

// A decision of the current execution; those before the end of the tree's current path are kept.
struct Node {
  bool outcome_node = false;  // chose how the operation before it fell, not a thread
  int outcome = 0;
  int outcomes = 0;

  int thread = -1;
  VisibleOp op;
  ThreadSet enabled;
  ThreadSet backtrack;
  ThreadSet asleep;
  std::vector<Sleeper> sleepers;
  struct Release {
    std::uintptr_t lock;
    bool shared;  // by a reader: other readers do not care
  };
  std::vector<Release> released;  // locks let go after `op`, without a point
  std::uint32_t begun;            // what the thread's own clock shows from here on
  VectorClock clock;  // at[t]: how many decisions up to t's last one that is ordered before this
};

// Which decisions touched a key, in order.
class History {
 public:
  std::vector<int>& at(std::uintptr_t key) {
    if (used_ * 2 >= slots_.size()) grow();
    Slot& slot = slot_for(key);
    if (slot.stamp != stamp_) {
      slot.stamp = stamp_;
      slot.key = key;
      slot.events.clear();
      ++used_;
    }
    return slot.events;
  }
  void clear() {
    ++stamp_;
    used_ = 0;
  }

 private:
  struct Slot {
    std::uintptr_t key = 0;
    std::uint32_t stamp = 0;
    std::vector<int> events;
  };
  Slot& slot_for(std::uintptr_t key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = (key * 0x9E3779B97F4A7C15u >> 32) & mask;
    while (slots_[i].stamp == stamp_ && slots_[i].key != key) i = (i + 1) & mask;
    return slots_[i];
  }
  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(64, slots_.size() * 2));
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.stamp == stamp_) slot_for(slot.key) = std::move(slot);
    }
  }

  std::vector<Slot> slots_;
  std::uint32_t stamp_ = 1;
  std::size_t used_ = 0;
};

class DporSearcher : public Searcher {
 public:
  DporSearcher() : Searcher(true) {}

  void begin_execution() override {
    depth_ = 0;
    last_event_ = -1;
    history_.clear();
    for (int t = 0; t < g_clock_width; ++t) {
      clocks_[t].clear();
      ended_[t].clear();
    }
    tick_.clear();
  }

  int choose_thread(const Choice& choice) override {
    const bool fresh = depth_ == size_;
    if (fresh) {
      if (!make_node(choice)) return -1;
    }
    Node& node = nodes_[depth_];
    if (node.outcome_node) die("a replayed execution went another way");
    int index = -1;
    for (int i = 0; i < choice.count; ++i) {
      if (choice.enabled[i] == node.thread) index = i;
    }
    if (index < 0) die("a replayed execution went another way");
    Thread& thread = *g_engine.threads[node.thread];
    node.op = VisibleOp::of(thread.pending);
    node.released.clear();
    thread.tick();
    node.begun = thread.clock.at[thread.id];
    happen(static_cast<int>(depth_));
    ++depth_;
    return index;
  }

  int choose_outcome(int count) override {
    if (depth_ == size_) {
      Node& node = push();
      node.outcome_node = true;
      node.outcome = 0;
      node.outcomes = count;
    }
    return nodes_[depth_++].outcome;
  }

  bool next() override {
    if (!g_engine.cut) race_what_never_happened();
    while (size_ > 0) {
      Node& node = nodes_[size_ - 1];
      if (node.outcome_node) {
        if (++node.outcome < node.outcomes) return true;
        --size_;
        continue;
      }
      node.asleep.add(node.thread);
      node.sleepers.push_back({node.thread, node.op});
      const int thread = (node.backtrack & node.enabled).without(node.asleep).first();
      if (thread >= 0) {
        node.thread = thread;
        return true;
      }
      --size_;
    }
    return false;
  }

  void restart() override { size_ = 0; }

  void silent_release(Object* object) override {
    if (last_event_ < 0) return;
    const int thread = g_engine.current->id;
    const int event = last_of(thread);
    if (event < 0) return;
    const bool shared = holds_as_reader(thread, object->address);
    history_.at(object->address >> 3).push_back(event);
    nodes_[static_cast<std::size_t>(event)].released.push_back({object->address, shared});
  }

  void clock_tick() override {
    // Time moves only when nobody can run: after everything so far.
    for (int t = 0; t < g_engine.thread_count; ++t) tick_.join(clocks_[t]);
  }
  void thread_created(int parent, int child) override { clocks_[child].assign(clocks_[parent]); }
  void thread_ended(int thread) override { ended_[thread].assign(clocks_[thread]); }

  // By the operation itself, or by one that the thread did after it: what it did before, in the
  // same step, says nothing.
  bool settles(int thread, std::uint32_t clock, bool visible) override {
    const VectorClock& now = clocks_[g_engine.current->id];
    bool by_later = false;
    for (int i = static_cast<int>(depth_) - 1; i >= 0; --i) {
      const Node& node = nodes_[static_cast<std::size_t>(i)];
      if (node.outcome_node || node.thread != thread) continue;
      if (node.begun <= clock) return by_later || (visible && ordered(i, now));
      by_later = ordered(i, now);
    }
    return by_later;
  }

 private:
  static std::uint32_t stamp_of(int event) { return static_cast<std::uint32_t>(event) + 1; }

  // The thread's last decision in this execution, or -1.
  int last_of(int thread) const { return static_cast<int>(clocks_[thread].at[thread]) - 1; }

  bool ordered(int event, const VectorClock& clock) const {
    return clock.at[nodes_[static_cast<std::size_t>(event)].thread] >= stamp_of(event);
  }

  Node& push() {
    if (size_ == nodes_.size()) nodes_.emplace_back();
    Node& node = nodes_[size_++];
    node.outcome_node = false;
    node.enabled = node.backtrack = node.asleep = ThreadSet{};
    node.sleepers.clear();
    node.released.clear();
    return node;
  }

  // False when everything that could follow has been explored from elsewhere.
  bool make_node(const Choice& choice) {
    Node& node = push();
    for (int i = 0; i < choice.count; ++i) node.enabled.add(choice.enabled[i]);
    if (last_event_ >= 0) {
      const Node& parent = nodes_[static_cast<std::size_t>(last_event_)];
      for (const Sleeper& sleeper : parent.sleepers) {
        if (sleeper.thread == parent.thread || dependent(sleeper.op, parent.op)) continue;
        node.asleep.add(sleeper.thread);
        node.sleepers.push_back(sleeper);
      }
    }
    const ThreadSet awake = node.enabled.without(node.asleep);
    if (awake.empty()) {
      --size_;
      return false;
    }
    const int current = choice.current >= 0 ? choice.enabled[choice.current] : -1;
    node.thread = current >= 0 && awake.has(current) ? current : awake.first();
    node.backtrack.add(node.thread);
    return true;
  }

  // The event `index` takes place: its races, its clock.
  void happen(int index) {
    Node& node = nodes_[static_cast<std::size_t>(index)];
    const int thread = node.thread;
    VectorClock& clock = clocks_[thread];
    const Thread& t = *g_engine.threads[thread];
    // A spurious wake-up (deadline 0) needs no time to pass.
    const std::uint64_t deadline = t.pending.deadline;
    if (t.pending.timed && deadline > 0 && deadline <= g_engine.now) clock.join(tick_);
    find_races(thread, node.op);
    for (const int event : races_) plan(event, thread);
    join_dependences(clock, node.op);
    if (node.op.op == Op::kJoin) clock.join(ended_[t.pending.other]);
    if (node.op.op == Op::kQuiesce) {
      for (int other = 0; other < g_engine.thread_count; ++other) clock.join(clocks_[other]);
    }
    clock.at[thread] = stamp_of(index);
    node.clock.assign(clock);
    for_each_key(node.op, [&](std::uintptr_t key) {
      std::vector<int>& events = history_.at(key);
      if (events.empty() || events.back() != index) events.push_back(index);
    });
    last_event_ = index;
  }

  static bool releases(const Node& node, const VisibleOp& op) {
    for (const Node::Release& release : node.released) {
      if (release.lock != op.address && release.lock != op.mutex) continue;
      if (!release.shared || op.op != Op::kReadLock) return true;
    }
    return false;
  }

  // Whether the thread, which holds the lock, took it as a reader.
  bool holds_as_reader(int thread, std::uintptr_t lock) {
    const std::vector<int>& events = history_.at(lock >> 3);
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      const Node& node = nodes_[static_cast<std::size_t>(*it)];
      if (node.thread == thread && node.op.address == lock) return node.op.op == Op::kReadLock;
    }
    return false;
  }

  void join_dependences(VectorClock& clock, const VisibleOp& op) {
    for_each_key(op, [&](std::uintptr_t key) {
      const std::vector<int>& events = history_.at(key);
      for (auto it = events.rbegin(); it != events.rend(); ++it) {
        const Node& node = nodes_[static_cast<std::size_t>(*it)];
        if (!ordered(*it, clock) && (dependent(node.op, op) || releases(node, op))) {
          clock.join(node.clock);
        }
        if (covers(node.op, op) && ordered(*it, clock)) break;
      }
    });
  }

  // The events that race with `op` of `thread`, which is about to happen: dependent, possible at
  // the same time, and neither ordered before it nor before another such event.
  void find_races(int thread, const VisibleOp& op) {
    races_.clear();
    candidates_.clear();
    for_each_key(op, [&](std::uintptr_t key) {
      const std::vector<int>& events = history_.at(key);
      for (auto it = events.rbegin(); it != events.rend(); ++it) {
        const Node& node = nodes_[static_cast<std::size_t>(*it)];
        if (ordered(*it, clocks_[thread])) {
          if (covers(node.op, op)) break;
        } else {
          candidates_.push_back(*it);
        }
      }
    });
    std::sort(candidates_.begin(), candidates_.end(), std::greater<>());
    VectorClock& before = before_;
    before.assign(clocks_[thread]);
    int previous = -1;
    for (const int event : candidates_) {
      if (event == previous) continue;
      previous = event;
      const Node& node = nodes_[static_cast<std::size_t>(event)];
      if (node.thread == thread || ordered(event, before)) continue;
      if (!dependent(node.op, op)) continue;
      if (!may_be_coenabled(node.op, op)) continue;
      races_.push_back(event);
      // A post may be what the wait needed: then the wait races with those before the post too.
      if (node.op.op != Op::kSemPost) before.join(node.clock);
    }
  }

  // Makes sure that from before `event` a start is tried which leads to `thread` going first.
  void plan(int event, int thread) {
    Node& node = nodes_[static_cast<std::size_t>(event)];
    const VisibleOp op = VisibleOp::of(g_engine.threads[thread]->pending);
    // The clock of the operation if `event` had not been: what it still needs to come after.
    VectorClock& clock = plan_clock_;
    clock.assign(clocks_[thread]);
    for_each_key(op, [&](std::uintptr_t key) {
      for (const int other : history_.at(key)) {
        if (other <= event) continue;
        const Node& n = nodes_[static_cast<std::size_t>(other)];
        if (ordered(event, n.clock)) continue;
        if (dependent(n.op, op) || releases(n, op)) clock.join(n.clock);
      }
    });
    // Threads that can begin the sequence "what comes after `event` without needing it, then `op`".
    ThreadSet initials;
    ThreadSet seen;
    firsts_.clear();
    const auto begins = [&](const VectorClock& at) {
      return std::none_of(firsts_.begin(), firsts_.end(),
                          [&](int first) { return ordered(first, at); });
    };
    for (int i = event + 1; i < static_cast<int>(depth_); ++i) {
      const Node& n = nodes_[static_cast<std::size_t>(i)];
      if (n.outcome_node || ordered(event, n.clock) || seen.has(n.thread)) continue;
      seen.add(n.thread);
      if (!begins(n.clock)) continue;
      initials.add(n.thread);
      firsts_.push_back(i);
    }
    if (!seen.has(thread) && begins(clock)) initials.add(thread);
    if (!(initials & (node.backtrack | node.asleep)).empty()) return;
    const ThreadSet possible = initials & node.enabled;
    if (possible.empty()) {
      // It could not have gone first: it waits for something that `event` does not change.
      if (initials.empty()) node.backtrack = node.backtrack | node.enabled;
      return;
    }
    node.backtrack.add(possible.has(thread) ? thread : possible.first());
  }

  // Operations that threads were about to do when the execution ended: in another order they might
  // have happened.
  void race_what_never_happened() {
    for (int t = 0; t < g_engine.thread_count; ++t) {
      const Thread& thread = *g_engine.threads[t];
      if (thread.life != Life::kAlive) continue;
      const VisibleOp op = VisibleOp::of(thread.pending);
      find_races(t, op);
      const std::vector<int> races = races_;
      for (const int event : races) plan(event, t);
    }
  }

  std::vector<Node> nodes_;
  std::size_t size_ = 0;   // decisions of the current path
  std::size_t depth_ = 0;  // taken so far in this execution
  int last_event_ = -1;
  History history_;
  VectorClock clocks_[kMaxThreads] = {};
  VectorClock ended_[kMaxThreads] = {};
  VectorClock tick_ = {};
  VectorClock before_ = {};
  VectorClock plan_clock_ = {};
  std::vector<int> races_;
  std::vector<int> candidates_;
  std::vector<int> firsts_;
};

}  // namespace

std::unique_ptr<Searcher> make_dpor_searcher() { return std::make_unique<DporSearcher>(); }

}  // namespace lockstep
