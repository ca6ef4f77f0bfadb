#include "grader/report/tests/sample_verdicts.h"

namespace lockstep::report::samples {
namespace {

using judge::CaseOutcome;
using judge::CaseVerdict;
using judge::Outcome;
using judge::Verdict;

Verdict document(const std::string& lab, const std::string& file) {
  Verdict verdict;
  verdict.lab = lab;
  verdict.title = "A title";
  verdict.submission = {"5f0c6e", {lab + "/" + file}, false};
  verdict.tools = {"1", "g++ 12.2.0", "bubblewrap"};
  verdict.outcome = Outcome::kGraded;
  verdict.seconds = {1.6, 0.4, 2.1};
  return verdict;
}

CaseVerdict passed(const std::string& name, int points, long executions, bool exhaustive = true) {
  CaseVerdict one;
  one.name = name;
  one.points = one.earned = points;
  one.outcome = CaseOutcome::kPassed;
  one.executions = executions;
  one.exhaustive = exhaustive;
  one.strategy = executions == 0 ? "" : exhaustive ? "dpor" : "pct";
  one.seed = 1;
  one.hints = {"the idea", "the place", "almost the code"};
  one.seconds = 0.01;
  return one;
}

CaseVerdict failed(const std::string& name, int points, Rule rule, const std::string& message) {
  CaseVerdict one = passed(name, points, 1, false);
  one.earned = 0;
  one.outcome = CaseOutcome::kFailed;
  one.rule = rule;
  one.message = message;
  one.strategy = "dpor";
  return one;
}

void add(Verdict& verdict, CaseVerdict one) {
  one.number = static_cast<int>(verdict.cases.size()) + 1;
  one.file = verdict.lab + "/test.cc";
  one.line = 10 * one.number;
  verdict.points += one.earned;
  verdict.max_points += one.points;
  verdict.cases.push_back(std::move(one));
}

Step step(int number, const std::string& thread, const Place& place, const std::string& operation,
          const std::string& object = "", const std::string& before = "",
          const std::string& after = "") {
  Step result;
  result.number = number;
  result.thread = thread;
  result.place = place;
  result.operation = operation;
  result.object = object;
  result.before = before;
  result.after = after;
  return result;
}

CaseVerdict lost_update() {
  CaseVerdict one = failed("two adders lose nothing", 10, Rule::kDataRace,
                           "Data race: two threads use `Counter::value_` at the same time, and at "
                           "least one of them writes.");
  const Place line{"03_races/counter.h", 14, "lab::Counter::increment"};
  one.expected = "value() == 2";
  one.seen = "value() == 1";
  one.executions = 3;
  one.schedule = "A2B2A";
  one.details = {"A holds no lock, B holds no lock: nothing orders step 3 and step 4."};
  one.interleaving.threads = {{"main", {"03_races/counter_test.cc", 30, ""}},
                              {"A", {"03_races/counter_test.cc", 31, ""}},
                              {"B", {"03_races/counter_test.cc", 32, ""}}};
  one.interleaving.preemptions = 1;
  one.interleaving.fewest = true;
  std::vector<Step>& steps = one.interleaving.steps;
  steps.push_back(step(1, "A", line, "reads", "value_", "0"));
  steps.push_back(step(2, "B", line, "reads", "value_", "0"));
  steps.back().preempts = true;
  steps.push_back(step(3, "B", line, "writes", "value_", "0", "1"));
  steps.push_back(step(4, "A", line, "writes", "value_", "0", "1"));
  steps.back().note = "B's update is lost";
  one.sources["03_races/counter.h"][14] = "    value_ = value_ + 1;";
  return one;
}

}  // namespace

Verdict data_race() {
  Verdict verdict = document("03_races", "counter.h");
  add(verdict, passed("one adder counts", 0, 1));
  add(verdict, lost_update());
  CaseVerdict again = lost_update();
  again.name = "adders and subtracters meet at zero";
  add(verdict, again);
  return verdict;
}

Verdict deadlock() {
  Verdict verdict = document("04_lock", "bank.h");
  CaseVerdict one =
      failed("transfers in both directions", 20, Rule::kDeadlock, "Deadlock: no thread can go on.");
  one.executions = 11;
  one.schedule = "A1B1A";
  one.details = {"A  waits at bank.h:22 for  accounts[1].lock   held by B since bank.h:21",
                 "B  waits at bank.h:22 for  accounts[0].lock   held by A since bank.h:21",
                 "A -> B -> A"};
  one.notes = {{Rule::kBusyWait, "B asked 3 times in a row", {"04_lock/bank.h", 30, ""}}};
  add(verdict, one);
  return verdict;
}

Verdict all_holds() {
  Verdict verdict = document("05_rlock", "rlock.h");
  add(verdict, passed("owner may lock again", 10, 1));
  add(verdict, passed("two threads are never inside together", 30, 20));
  CaseVerdict timed = passed("a timed lock gives up in time", 30, 46);
  timed.bounds = "time-outs in the order of their deadlines";
  add(verdict, timed);
  add(verdict, passed("nobody is overtaken for ever", 20, 10'000, false));
  add(verdict, passed("it is not copyable", 10, 0));
  return verdict;
}

Verdict not_built() {
  Verdict verdict = document("05_rlock", "rlock.h");
  verdict.outcome = Outcome::kNotBuilt;
  verdict.build.ok = false;
  verdict.build.rule = Rule::kCompileError;
  verdict.build.message = "`owner` was not declared; did you mean `owner_`?";
  verdict.build.file = "05_rlock/rlock.h";
  verdict.build.line = 27;
  verdict.build.source = "    if (owner == std::this_thread::get_id()) {";
  verdict.build.errors = 3;
  verdict.build.output = "rlock.h:27:9: error: one\nrlock.h:30:1: error: two\n";
  CaseVerdict one = passed("owner may lock again", 100, 0);
  one.earned = 0;
  one.outcome = CaseOutcome::kNotRun;
  add(verdict, one);
  return verdict;
}

Verdict forbidden() {
  Verdict verdict = not_built();
  verdict.build.rule = Rule::kForbidden;
  verdict.build.message = "`std::recursive_mutex`: it is the lock that you build in this lab";
  verdict.build.source = "  std::recursive_mutex mutex_;";
  verdict.build.errors = 1;
  verdict.build.output.clear();
  return verdict;
}

Verdict stuck() {
  Verdict verdict = document("10_queue", "queue.h");
  CaseVerdict loop = failed("get waits for an item", 40, Rule::kEndlessLoop,
                            "Endless loop: thread A has run 2 s of processor time at queue.h:51 "
                            "`while (items_.empty());` without letting go of the lock taken at "
                            "queue.h:48.");
  loop.executions = 0;
  loop.strategy.clear();
  loop.details = {"The cases after it were run in a new process."};
  loop.output = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
  add(verdict, loop);
  CaseVerdict slow = passed("put wakes one getter", 30, 0);
  slow.earned = 0;
  slow.outcome = CaseOutcome::kError;
  slow.message = "machine too slow or program stuck: no event for 120 s";
  add(verdict, slow);
  CaseVerdict left = passed("join waits for task_done", 30, 0);
  left.earned = 0;
  left.outcome = CaseOutcome::kNotRun;
  add(verdict, left);
  verdict.notes = {"no cgroup: the limit of memory is watched from outside"};
  return verdict;
}

Verdict not_graded() {
  Verdict verdict = document("10_queue", "queue.h");
  verdict.outcome = Outcome::kError;
  verdict.notes = {"bubblewrap is not installed and --require-jail was given"};
  return verdict;
}

Verdict hostile() {
  Verdict verdict = document("05_rlock", "rlock.h");
  CaseVerdict one = failed("a < b && \"c\" ]]> \x1b[2J", 10, Rule::kCheckFailed,
                           "Check failed: <testcase name=\"x\"/> \x07\x1b]0;title\x07");
  one.expected = "text == \"two\nlines\"";
  one.seen = "\xff\xfe broken \xe2\x80\xae turned";
  one.output = "<failure/>\r\n\x1b[31mred\x1b[0m\n";
  one.schedule = "m1";
  add(verdict, one);
  return verdict;
}

Verdict crowd() {
  Verdict verdict = document("11_producer_consumer", "buffer.h");
  CaseVerdict one =
      failed("eight at once", 10, Rule::kCheckFailed, "Check failed: one bun is gone.");
  const Place line{"11_producer_consumer/buffer.h", 8, ""};
  one.sources[line.file][8] = "  items_.push_back(item);";
  for (int i = 0; i < 8; ++i) {
    one.interleaving.threads.push_back({std::string(1, static_cast<char>('A' + i)),
                                        {"11_producer_consumer/buffer_test.cc", 40 + i, ""}});
  }
  for (int i = 0; i < 100; ++i) {
    const std::string thread(1, static_cast<char>('A' + i % 8));
    one.interleaving.steps.push_back(step(i + 1, thread, line, "writes", "items_"));
  }
  add(verdict, one);
  return verdict;
}

Verdict folded() {
  Verdict verdict = document("04_lock", "lock.h");
  CaseVerdict one = failed("a waiter sleeps", 10, Rule::kBusyWait,
                           "Busy wait: A asks for `locked_` again and again.");
  one.executions = 2;
  one.interleaving.threads = {{"A", {"04_lock/lock_test.cc", 7, ""}}};
  const Place line{"04_lock/lock.h", 12, ""};
  one.interleaving.steps = {step(1, "A", line, "reads", "locked_", "true")};
  one.interleaving.steps[0].repeats = 12;
  one.sources[line.file][12] = "while (locked_.load()) {}";
  one.schedule = std::string(120, 'A');
  add(verdict, one);
  return verdict;
}

std::vector<std::pair<std::string, Verdict>> all() {
  return {{"data_race", data_race()},   {"deadlock", deadlock()},   {"all_holds", all_holds()},
          {"not_built", not_built()},   {"forbidden", forbidden()}, {"stuck", stuck()},
          {"not_graded", not_graded()}, {"hostile", hostile()},     {"crowd", crowd()},
          {"folded", folded()}};
}

}  // namespace lockstep::report::samples
