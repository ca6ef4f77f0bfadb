#include "grader/explorer/search/search.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/model/execution.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/search/searchers.h"
#include "grader/explorer/search/witness.h"

namespace lockstep {

namespace {

// How `kAuto` spends its budget. DPOR alone comes first: most tests are small enough for it to
// finish. Then the samplers take turns with it, for bugs that its order would reach too late.
constexpr long kDporAlone = 200;
// After a data race was found, so many executions may still show what comes of it.
constexpr long kAfterRace = 2'000;
// Executions that the search cut as redundant, for each one that it ran to its end, before it gives
// up.
constexpr long kCutBudget = 20;

class Search {
 public:
  Search(const std::function<void()>& body, const Options& options)
      : body_(body), options_(options) {}

  Result run() {
    Result result;
    std::vector<bool> clocks;
    if (options_.clock != Clock::kSlowThreads) clocks.push_back(false);
    if (options_.clock != Clock::kStrict) clocks.push_back(true);
    bool exhaustive = true;
    for (std::size_t i = 0; i < clocks.size(); ++i) {
      // Without sleeps and deadlines both clocks are the same.
      if (i > 0 && !g_engine.saw_deadline) break;
      g_engine.slow_threads = clocks[i];
      g_engine.bound_hit = false;
      const long left = std::max(options_.executions - executions_, 1L);
      pass_begin_ = executions_;
      pass_end_ = executions_ + left;
      shares_budget_ = i + 1 < clocks.size();
      exhaustive = pass(left) && exhaustive;
      if (g_engine.bound_hit) exhaustive = false;
      if (!refused_.empty() || decided_) break;
      if (witness_) break;
    }
    result.executions = first_failure_ > 0 ? first_failure_ : executions_;
    if (!options_.stop_at_first) result.executions = executions_;
    result.steps = steps_;
    result.strategy = strategy_name_;
    result.error = refused_;
    result.exhaustive = exhaustive && refused_.empty() && (!witness_ || !options_.stop_at_first);
    result.bounds = bounds();
    result.exit_status = exit_status_;
    if (refused_.empty()) {
      if (witness_) {
        report_witness(body_, options_, *witness_, result);
      } else {
        result.output = std::move(output_);
      }
      report_notes(body_, options_, note_witnesses_, result);
    }
    return result;
  }

 private:
  // One clock. True when every interleaving was run.
  bool pass(long budget) {
    switch (options_.strategy) {
      case Strategy::kDpor:
        return with("dpor", make_dpor_searcher(), budget);
      case Strategy::kFull:
        return with("full", make_depth_first_searcher(-1), budget);
      case Strategy::kBounded:
        with("bounded", make_depth_first_searcher(options_.preemptions), budget);
        return false;
      case Strategy::kPct:
        return with("pct", make_pct_searcher(options_.seed, options_.depth), budget);
      case Strategy::kRandom:
        return with("random", make_random_searcher(options_.seed), budget);
      case Strategy::kAuto:
        return automatic();
    }
    return false;
  }

  bool automatic() {
    // Under a fair scheduler what may run depends on the past: there is no reordering to reason
    // with.
    const bool fair = options_.fairness > 0;
    std::unique_ptr<Searcher> complete =
        fair ? make_depth_first_searcher(-1) : make_dpor_searcher();
    const char* name = fair ? "full" : "dpor";
    bool done = turn(name, *complete, std::min(kDporAlone, pass_end_ - executions_));
    if (done || over()) return done;

    std::unique_ptr<Searcher> random = make_random_searcher(options_.seed);
    std::unique_ptr<Searcher> places = make_place_searcher(options_.seed);
    std::unique_ptr<Searcher> sampling = make_sampling_searcher(options_.seed + 1);
    std::unique_ptr<Searcher> pct = make_pct_searcher(options_.seed + 2, 2);
    std::unique_ptr<Searcher> deep = make_pct_searcher(options_.seed + 3, options_.depth);
    std::unique_ptr<Searcher> bounded = make_depth_first_searcher(1);
    bool bounded_done = false;
    // Rounds grow, so that a program that DPOR can finish is finished.
    for (long round = 100; !over(); round = std::min(round * 2, 3'200L)) {
      turn("random", *random, round / 4);
      if (!over()) turn("random", *places, round / 4);
      if (!over()) turn("random", *sampling, round / 4);
      if (!over()) turn("pct", *pct, round / 8);
      if (!over()) turn("pct", *deep, round / 8);
      if (!over() && !bounded_done) bounded_done = turn("bounded", *bounded, round / 4);
      if (!over()) {
        done = turn(name, *complete, round * 2);
        if (done) return true;
      }
    }
    return false;
  }

  bool with(const char* name, std::unique_ptr<Searcher> searcher, long budget) {
    return turn(name, *searcher, budget);
  }

  // The executions of a whole program may be long, each up to the limit of steps.
  long most_steps() const {
    constexpr long kStepsOfOne = 1'000;  // which few executions have
    constexpr long kAfterRaceShare = 10;
    return options_.executions * kStepsOfOne / (stop_at_ > 0 ? kAfterRaceShare : 1);
  }
  bool out_of_steps() const { return g_engine.program && steps_ >= most_steps(); }

  bool over() const {
    // Half of the budget is for the other clock, where there is a second one to try.
    const bool half = shares_budget_ && g_engine.saw_deadline &&
                      executions_ - pass_begin_ >= (pass_end_ - pass_begin_) / 2;
    return decided_ || !refused_.empty() || half || executions_ >= pass_end_ || out_of_steps() ||
           (stop_at_ > 0 && executions_ >= stop_at_);
  }

  // Up to `budget` executions of one searcher. True when it has nothing left.
  bool turn(const char* name, Searcher& searcher, long budget) {
    strategy_name_ = name;
    g_engine.strategy = &searcher;
    const long end = std::min(executions_ + budget, pass_end_);
    long cut = 0;
    while (executions_ < end && !over()) {
      if (searcher.points != points_) {
        searcher.restart();
        searcher.points = points_;
      }
      Outcome& outcome = run_execution(body_);
      steps_ += g_engine.steps;
      was_stopped_ = was_stopped_ || g_engine.stopped;
      if (g_engine.slots < g_engine.wanted_slots) {
        searcher.restart();
        continue;
      }
      if (!outcome.cut) {
        ++executions_;
        take(outcome);
        if (over()) return false;
      } else if (++cut > kCutBudget * (executions_ + 1) + 1000) {
        return false;
      }
      if (learnt()) {
        ++points_;
      } else if (!searcher.next()) {
        return true;
      }
    }
    return false;
  }

  // What is a scheduling point may have grown.
  bool learnt() {
    bool grew = g_racy_code.grow();
    grew = g_spinning_code.grow() || grew;
    if (g_engine.saw_try && !g_engine.unlock_points) {
      g_engine.unlock_points = true;
      grew = true;
    }
    return grew;
  }

  void take(Outcome& outcome) {
    if (!outcome.refused.empty()) {
      refused_ = std::move(outcome.refused);
      return;
    }
    exit_status_ = g_engine.exit_status;
    for (const trace::Failure& note : outcome.notes) keep_note(note.rule);
    if (!outcome.failure) {
      if (world::output_size() > 0) output_ = world::output();
      return;
    }
    const Rule rule = outcome.failure->rule;
    const bool led_somewhere = outcome.failure->consequence != nullptr;
    if (!witness_) first_failure_ = executions_;
    if (!options_.stop_at_first) {
      if (!witness_) witness_ = current_witness(outcome);
      return;
    }
    const bool is_race = rule == Rule::kDataRace;
    if (!witness_) {
      witness_ = current_witness(outcome);
      if (is_race && !led_somewhere) {
        // What the race leads to says more than the race.
        stop_at_ = executions_ + kAfterRace;
        pass_end_ = std::max(pass_end_, stop_at_);
      } else {
        decided_ = true;
      }
      return;
    }
    if (is_race ? led_somewhere : true) {
      const bool was_race = witness_->failure.rule == Rule::kDataRace;
      Witness worse = current_witness(outcome);
      const bool only_overlap =
          witness_->failure.of_section && worse.failure.rule == Rule::kNotInsideLock;
      if (was_race && !is_race && !only_overlap) {
        // The same program, in an execution whose race was not seen as one.
        auto consequence = std::make_shared<trace::Failure>(std::move(worse.failure));
        worse.failure = witness_->failure;
        worse.failure.consequence = std::move(consequence);
        worse.consequence_only = true;
      }
      witness_ = std::move(worse);
      decided_ = true;
    } else if (witness_->failure.of_section && !outcome.failure->of_section) {
      witness_ = current_witness(outcome);
    }
  }

  Witness current_witness(Outcome& outcome) {
    Witness witness;
    witness.schedule = schedule_of(g_engine.decisions.copy());
    witness.failure = std::move(*outcome.failure);
    witness.preemptions = g_engine.preemptions;
    return witness;
  }

  void keep_note(Rule rule) {
    for (const Witness& note : note_witnesses_) {
      if (note.failure.rule == rule) return;
    }
    Witness witness;
    witness.schedule = schedule_of(g_engine.decisions.copy());
    witness.failure.rule = rule;
    note_witnesses_.push_back(std::move(witness));
  }

  std::string bounds() const {
    std::string text;
    const auto add = [&text](const std::string& bound) {
      if (!text.empty()) text += ", ";
      text += bound;
    };
    if (!g_spinning_code.empty()) add("a spin is cut at its third identical read");
    if (options_.weak_cas_fails && saw_weak()) add("a weak compare-exchange fails at most once");
    if (g_engine.saw_deadline) {
      if (options_.clock == Clock::kStrict) {
        add("deadlines in order");
      } else {
        add("at most 3 early time-outs a thread");
      }
    }
    if (was_stopped_)
      add("an execution is left after " + std::to_string(options_.steps) + " steps");
    if (out_of_steps()) add("the search after " + std::to_string(most_steps()) + " in all");
    if (g_engine.saw_spurious) add("at most one spurious wake-up a thread");
    if (g_engine.saw_short) {
      add("at most " + std::to_string(options_.short_transfers) +
          " short reads or writes a thread");
    }
    if (options_.fairness > 0) add("fair schedules");
    return text;
  }
  static bool saw_weak() { return g_engine.weak_failure_count > 0; }

  const std::function<void()>& body_;
  const Options& options_;
  const char* strategy_name_ = "";
  int points_ = 0;  // how often what is a scheduling point has changed
  long executions_ = 0;
  long steps_ = 0;
  bool was_stopped_ = false;  // an execution, at the limit of steps
  long pass_begin_ = 0;
  long pass_end_ = 0;
  bool shares_budget_ = false;
  long stop_at_ = 0;
  long first_failure_ = 0;
  bool decided_ = false;
  std::string refused_;
  std::optional<Witness> witness_;
  std::vector<Witness> note_witnesses_;
  std::string output_;
  int exit_status_ = 0;
};

}  // namespace

Result search(const std::function<void()>& body, const Options& options) {
  Search search(body, options);
  return search.run();
}

}  // namespace lockstep
