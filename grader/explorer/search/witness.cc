#include "grader/explorer/search/witness.h"

#include <algorithm>
#include <optional>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/model/execution.h"
#include "grader/explorer/model/memory.h"
#include "grader/explorer/model/recorder.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/search/searchers.h"
#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/process_symbols.h"

namespace lockstep {

namespace {

// What is spent on a shorter witness, in executions and in steps: depth first under each bound,
// then by merging the blocks of a long schedule.
constexpr long kShorterByBound = 4'000;
constexpr long kShorterBySteps = 300'000;
constexpr long kShorterByMerging = 400;

std::vector<std::uintptr_t> offsets_of(const CodeSet& set) {
  std::vector<std::uintptr_t> offsets;
  for (const void* pc : set.members()) {
    offsets.push_back(reinterpret_cast<std::uintptr_t>(pc) - world::g_program_base);
  }
  return offsets;
}

void load(CodeSet& set, const std::vector<std::uintptr_t>& offsets) {
  set.clear();
  for (const std::uintptr_t offset : offsets) {
    set.learn(reinterpret_cast<const void*>(world::g_program_base + offset));
  }
  set.grow();
}

void apply(const Schedule& schedule) {
  g_engine.unlock_points = schedule.unlock_points;
  g_engine.slow_threads = schedule.slow_threads;
  load(g_racy_code, schedule.racy);
  load(g_spinning_code, schedule.spinning);
}

// Whether `outcome` shows what `witness` shows.
bool shows(const Outcome& outcome, const Witness& witness) {
  if (!outcome.failure || outcome.cut) return false;
  const trace::Failure& seen = *outcome.failure;
  const trace::Failure& wanted = witness.failure;
  if (witness.consequence_only && seen.rule == wanted.consequence->rule) return true;
  if (seen.rule != wanted.rule) return false;
  if (wanted.consequence == nullptr) return true;
  return seen.consequence != nullptr && seen.consequence->rule == wanted.consequence->rule;
}

Outcome run_under(const std::function<void()>& body, Searcher& searcher) {
  for (;;) {
    g_engine.strategy = &searcher;
    Outcome& outcome = run_execution(body);
    if (g_engine.slots >= g_engine.wanted_slots) return std::move(outcome);
  }
}

void keep_if_better(Witness& best, const Outcome& outcome, bool& found) {
  if (!shows(outcome, best) || g_engine.preemptions >= best.preemptions) return;
  best.schedule.decisions = g_engine.decisions.copy();
  best.preemptions = g_engine.preemptions;
  best.consequence_only = best.consequence_only && outcome.failure->rule != best.failure.rule;
  found = true;
}

// Depth first with 0, 1, 2, ... preemptions. True when every smaller number was tried completely.
bool shorten_by_bound(const std::function<void()>& body, Witness& best) {
  long left = kShorterByBound;
  long steps = kShorterBySteps;
  for (int bound = 0; bound < best.preemptions; ++bound) {
    std::unique_ptr<Searcher> searcher = make_depth_first_searcher(bound);
    bool found = false;
    do {
      if (left-- <= 0 || steps <= 0) return false;
      keep_if_better(best, run_under(body, *searcher), found);
      steps -= g_engine.steps;
      if (found) return true;
    } while (searcher->next());
  }
  return true;
}

// Code that is seen to race only in the witness itself was run without a point before it: the
// witness may lead through what the search counts as no preemption, and is none of the fewest.
// Looks for another one under the points that it has shown; true when it was found, and with the
// fewest.
bool find_with_points(const std::function<void()>& body, Witness& best) {
  constexpr int kMostMore = 2;  // preemptions
  ReplaySearcher replay(best.schedule.decisions);
  run_under(body, replay);
  if (!g_racy_code.grow()) return false;
  Witness finer = best;
  finer.schedule = schedule_of({});
  finer.preemptions = best.preemptions + kMostMore + 1;
  const int none_yet = finer.preemptions;
  const bool complete = shorten_by_bound(body, finer);
  const bool found = complete && finer.preemptions < none_yet;
  if (found) best = std::move(finer);
  apply(best.schedule);
  return found;
}

struct Block {
  std::size_t begin;
  std::size_t end;
  Decision thread;
};

std::vector<Block> blocks_of(const std::vector<Decision>& decisions) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const bool outcome = (decisions[i] & kOutcome) != 0;
    if (!blocks.empty() && (outcome || blocks.back().thread == decisions[i])) {
      blocks.back().end = i + 1;
    } else if (!outcome) {
      blocks.push_back({i, i + 1, decisions[i]});
    }
  }
  return blocks;
}

// `decisions` with block `later` moved up to just behind block `earlier`.
std::vector<Decision> moved(const std::vector<Decision>& decisions, const Block& earlier,
                            const Block& later) {
  std::vector<Decision> result(decisions.begin(),
                               decisions.begin() + static_cast<std::ptrdiff_t>(earlier.end));
  result.insert(result.end(), decisions.begin() + static_cast<std::ptrdiff_t>(later.begin),
                decisions.begin() + static_cast<std::ptrdiff_t>(later.end));
  result.insert(result.end(), decisions.begin() + static_cast<std::ptrdiff_t>(earlier.end),
                decisions.begin() + static_cast<std::ptrdiff_t>(later.begin));
  result.insert(result.end(), decisions.begin() + static_cast<std::ptrdiff_t>(later.end),
                decisions.end());
  return result;
}

// Joins what a thread does in two blocks, where the failure survives that.
void shorten_by_merging(const std::function<void()>& body, Witness& best) {
  long left = kShorterByMerging;
  long steps = kShorterBySteps;
  for (bool improved = true; improved;) {
    improved = false;
    const std::vector<Block> blocks = blocks_of(best.schedule.decisions);
    for (std::size_t i = 0; i < blocks.size() && !improved; ++i) {
      const auto next =
          std::find_if(blocks.begin() + static_cast<std::ptrdiff_t>(i) + 1, blocks.end(),
                       [&](const Block& block) { return block.thread == blocks[i].thread; });
      if (next == blocks.end()) continue;
      if (left-- <= 0 || steps <= 0) return;
      ReplaySearcher searcher(moved(best.schedule.decisions, blocks[i], *next));
      keep_if_better(best, run_under(body, searcher), improved);
      steps -= g_engine.steps;
    }
  }
}

std::optional<trace::HeapBlock> heap_block(std::uintptr_t address) {
  heap::Block* block =
      heap::in_arena(reinterpret_cast<void*>(address)) ? heap::block_around(address) : nullptr;
  if (block == nullptr) return std::nullopt;
  trace::HeapBlock result;
  result.address = reinterpret_cast<std::uintptr_t>(heap::memory_of(block));
  result.size = block->size;
  if (const recorder::BlockHistory* history = recorder::history(result.address)) {
    result.allocated = history->allocated;
  }
  return result;
}

struct Replayed {
  Outcome outcome;
  trace::Recording recording;
  std::vector<Decision> decisions;
  int preemptions = 0;
  bool same = false;  // both replays took the same steps
};

// Twice: once to learn what is shared, once to keep everything on it.
Replayed replay_recorded(const std::function<void()>& body, const Schedule& schedule) {
  Replayed result;
  ReplaySearcher searcher(schedule.decisions);
  shadow::forget_shared();
  shadow::learn_shared(true);
  const Outcome first = run_under(body, searcher);
  shadow::learn_shared(false);
  trace::Symbols& symbols = trace::process_symbols();
  symbols.set_heap(heap_block);
  recorder::begin(&symbols);
  g_engine.recording = true;
  result.outcome = run_under(body, searcher);
  g_engine.recording = false;
  result.recording = recorder::take();
  result.decisions = g_engine.decisions.copy();
  result.preemptions = g_engine.preemptions;
  result.same = first.hash == result.outcome.hash &&
                first.failure.has_value() == result.outcome.failure.has_value();
  return result;
}

constexpr const char* kNotRepeatable =
    "the program does not do the same thing twice under the same schedule: it depends on something "
    "that is not controlled (an address, a file, the environment, a device)";

// Returns how many preemptions the story has that the engine did not count.
int describe(Replayed& replayed, trace::Failure failure, const Schedule& schedule, Result& result) {
  Finding finding = trace::describe(failure, replayed.recording, trace::process_symbols());
  Schedule taken = schedule;
  taken.decisions = std::move(replayed.decisions);
  // The search looked for few of those that the engine counts, and of no others.
  const int uncounted = finding.preemptions;
  finding.preemptions += replayed.preemptions;
  // Needless to say where there is none.
  taken.fewest = schedule.fewest && uncounted == 0 && finding.preemptions > 0;
  finding.fewest = taken.fewest || finding.preemptions == 0;
  finding.schedule = to_string(taken);
  result.finding = std::move(finding);
  return uncounted;
}

// Replays the witness and fills in `result`; returns what `describe` does, or 0 with result.error.
int tell(const std::function<void()>& body, const Witness& witness, Result& result) {
  Replayed replayed = replay_recorded(body, witness.schedule);
  if (!replayed.same || !shows(replayed.outcome, witness)) {
    result.finding.reset();
    result.error = kNotRepeatable;
    return 0;
  }
  result.output = world::output();
  result.exit_status = g_engine.exit_status;
  trace::Failure failure = std::move(*replayed.outcome.failure);
  Schedule schedule = witness.schedule;
  if (witness.consequence_only && failure.rule != witness.failure.rule) {
    // Named after the race all the same; what is shown is what it leads to.
    auto consequence = std::make_shared<trace::Failure>(std::move(failure));
    failure = witness.failure;
    failure.consequence = std::move(consequence);
    schedule.after_race = true;
  }
  return describe(replayed, std::move(failure), schedule, result);
}

}  // namespace

Schedule schedule_of(std::vector<Decision> decisions) {
  Schedule schedule;
  schedule.unlock_points = g_engine.unlock_points;
  schedule.slow_threads = g_engine.slow_threads;
  schedule.racy = offsets_of(g_racy_code);
  schedule.spinning = offsets_of(g_spinning_code);
  schedule.decisions = std::move(decisions);
  return schedule;
}

void report_witness(const std::function<void()>& body, const Options& options, Witness witness,
                    Result& result) {
  apply(witness.schedule);
  bool fewest = witness.preemptions == 0;
  if (!fewest && options.stop_at_first) {
    const int before = witness.preemptions;
    fewest = shorten_by_bound(body, witness);
    if (!fewest && witness.preemptions == before) shorten_by_merging(body, witness);
  }
  witness.schedule.fewest = fewest;
  if (tell(body, witness, result) > 0 && options.stop_at_first && find_with_points(body, witness)) {
    witness.schedule.fewest = true;
    tell(body, witness, result);
  }
}

void report_notes(const std::function<void()>& body, const Options& /*options*/,
                  const std::vector<Witness>& notes, Result& result) {
  for (const Witness& witness : notes) {
    apply(witness.schedule);
    Replayed replayed = replay_recorded(body, witness.schedule);
    for (const trace::Failure& note : replayed.outcome.notes) {
      if (note.rule != witness.failure.rule) continue;
      result.notes.push_back(
          trace::describe_note(note, replayed.recording, trace::process_symbols()));
    }
  }
}

Result replay(const std::function<void()>& body, const Options& options) {
  Result result;
  result.strategy = "replay";
  const std::optional<Schedule> schedule = parse_schedule(options.schedule);
  if (!schedule) {
    result.error = "\"" + options.schedule +
                   "\" is not a schedule: copy the whole string of the report, in quotes";
    return result;
  }
  apply(*schedule);
  Replayed replayed = replay_recorded(body, *schedule);
  result.executions = 1;
  result.steps = g_engine.steps;
  result.output = world::output();
  result.exit_status = g_engine.exit_status;
  if (!replayed.outcome.refused.empty()) {
    result.error = replayed.outcome.refused;
  } else if (!replayed.same) {
    result.error = kNotRepeatable;
  } else if (replayed.outcome.failure) {
    trace::Failure failure = std::move(*replayed.outcome.failure);
    if (schedule->after_race && failure.rule != Rule::kDataRace) {
      trace::Failure race;
      race.rule = Rule::kDataRace;
      race.consequence = std::make_shared<trace::Failure>(std::move(failure));
      failure = std::move(race);
    }
    describe(replayed, std::move(failure), *schedule, result);
  }
  return result;
}

}  // namespace lockstep
