// Reports of failures made by hand: what they say, which steps they show.

#include "grader/explorer/trace/findings.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

#include "grader/explorer/trace/capture.h"
#include "grader/explorer/trace/messages.h"
#include "grader/explorer/trace/tests/check.h"

namespace lab {

struct Counter {
  int value_ = 0;
};

struct Account {
  std::mutex lock;
};

Counter counter;
Account accounts[2];
std::condition_variable not_empty;
std::mutex mutex;
int items;
int* task;

}  // namespace lab

namespace lockstep::trace {
namespace {

Symbols& symbols() {
  static Symbols symbols;
  return symbols;
}

template <typename T>
Target target(T& object) {
  return symbols().target(reinterpret_cast<std::uintptr_t>(&object), sizeof object, {}, {});
}

// A stack whose innermost line is this one. (Not inside braces: g++ gives calls there the line of
// the function's end.)
#define HERE capture_stack()

struct Story {
  Recording recording;

  explicit Story(int threads) { recording.threads.resize(threads); }

  int add(int thread, Op op, const Target& object, std::vector<Frame> stack = {},
          std::uint64_t before = 0, std::uint64_t after = 0) {
    Event event;
    event.thread = thread;
    event.op = op;
    event.address = object.address;
    event.size = object.size;
    event.target = object;
    event.stack = std::move(stack);
    event.before = before;
    event.after = after;
    recording.events.push_back(std::move(event));
    return static_cast<int>(recording.events.size()) - 1;
  }
  int create(int thread, int other) {
    const int event = add(thread, Op::kCreate, {});
    recording.events.back().other = other;
    return event;
  }
};

std::string written(const Step& step) {
  std::string text = std::to_string(step.number) + " " + step.thread + " " + step.operation;
  if (!step.object.empty()) text += " " + step.object;
  if (!step.before.empty()) text += " " + step.before;
  if (!step.after.empty()) text += " -> " + step.after;
  if (step.preempts) text += " (preempts)";
  if (step.repeats > 1) text += " x" + std::to_string(step.repeats);
  if (!step.note.empty()) text += " <- " + step.note;
  return text;
}

std::string written(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) text += written(step) + "\n";
  return text;
}

std::string written(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string line(int number) { return "findings_test.cc:" + std::to_string(number); }

void labels() {
  CHECK_TEXT(label(0), "main");
  CHECK_TEXT(label(1), "A");
  CHECK_TEXT(label(26), "Z");
  CHECK_TEXT(label(27), "AA");
  CHECK_TEXT(label(52), "AZ");
  CHECK_TEXT(label(53), "BA");
  CHECK_TEXT(label(702), "ZZ");
  CHECK_TEXT(label(703), "AAA");
  CHECK_TEXT(label(-1), "?");
}

void what_a_comparison_showed() {
  CHECK_TEXT(seen_in("value() == 2", "1 == 2"), "value() == 1");
  CHECK_TEXT(seen_in("a < b", "3 < 2"), "a == 3, b == 2");
  CHECK_TEXT(seen_in("f(a == b) != \"x == y\"", "x != x"), "f(a == b) == x, \"x == y\" == x");
  CHECK_TEXT(seen_in("done", "false"), "done is false");
  CHECK_TEXT(seen_in("done", ""), "");
}

// Two threads read 0, both write 1.
void lost_update() {
  Story story(3);
  const Target value = target(lab::counter.value_);
  story.add(0, Op::kWrite, value, {}, 7, 0);  // main, before there are threads: of no interest
  story.create(0, 1);
  story.create(0, 2);
  story.add(1, Op::kStart, {});
  const int read = story.add(1, Op::kRead, value, HERE, 0);
  story.add(2, Op::kStart, {});
  story.recording.events.back().preempts = true;
  story.add(2, Op::kRead, value, HERE, 0);
  const int write = story.add(2, Op::kWrite, value, HERE, 0, 1);
  story.add(2, Op::kExit, {});
  story.add(1, Op::kWrite, value, HERE, 1, 1);
  story.recording.events.back().preempts = true;
  const int seen = story.add(0, Op::kRead, value, HERE, 1);

  Failure failure;
  failure.rule = Rule::kDataRace;
  failure.thread = 2;
  failure.event = write;
  DataRace race;
  race.first = {1, Op::kRead, value, HERE, {}, read};
  race.second = {2, Op::kWrite, value, HERE, {}, write};
  failure.what = race;
  auto check = std::make_shared<Failure>();
  check->rule = Rule::kCheckFailed;
  check->thread = 0;
  check->event = seen;
  CheckFailed failed;
  failed.expression = "counter.value() == 2";
  failed.expanded = "1 == 2";
  failed.file = "t/counter_test.cc";
  failed.line = 33;
  check->what = failed;
  failure.consequence = check;

  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(finding.message,
             "Data race: two threads use `counter.value_` at the same time, and at least one of "
             "them writes.");
  CHECK_TEXT(finding.expected, "counter.value() == 2");
  CHECK_TEXT(finding.seen, "counter.value() == 1");
  CHECK_TEXT(written(finding.details),
             "A holds no lock, B holds no lock: nothing orders step 1 and step 3.\n"
             "Checked at counter_test.cc:33 by main.\n");
  CHECK_TEXT(written(finding.steps),
             "1 A reads counter.value_ 0\n"
             "2 B reads counter.value_ 0 (preempts)\n"
             "3 B writes counter.value_ 0 -> 1\n"
             "4 A writes counter.value_ 1 -> 1 (preempts) <- B's update is lost\n"
             "5 main reads counter.value_ 1\n");
}

void lock_sets() {
  Story story(3);
  const Target value = target(lab::counter.value_);
  const Target lock = target(lab::mutex);
  story.create(0, 1);
  const int taken_line = __LINE__ + 1;
  const std::vector<Frame> taken = HERE;
  const int first = story.add(1, Op::kWrite, value, HERE, 0, 1);
  Failure failure;
  failure.rule = Rule::kDataRace;
  DataRace race;
  race.first = {1, Op::kWrite, value, HERE, {{lock, taken}}, first};
  const int second_line = __LINE__ + 1;
  const std::vector<Frame> second = HERE;
  race.second = {2, Op::kAtomicStore, value, second, {}, -1};
  failure.what = race;
  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(finding.message,
             "Data race: two threads use `counter.value_` at the same time, and both write.");
  CHECK_TEXT(written(finding.details), "A holds `mutex` (since " + line(taken_line) +
                                           "), B holds no lock: nothing orders the two.\n"
                                           "The access of B is atomic, that of A is not.\n"
                                           "B stores it at " +
                                           line(second_line) + ".\n");
}

// Nothing but a lock that lets both in.
void shared_lock_sets() {
  Story story(3);
  const Target value = target(lab::counter.value_);
  const Target lock = target(lab::mutex);
  story.create(0, 1);
  const int here = __LINE__ + 1;
  const std::vector<Frame> taken = HERE;
  const int first = story.add(1, Op::kWrite, value, HERE, 0, 1);
  const int second = story.add(2, Op::kWrite, value, HERE, 1, 2);
  Failure failure;
  failure.rule = Rule::kDataRace;
  DataRace race;
  race.first = {1, Op::kWrite, value, taken, {{lock, taken, true}}, first};
  race.second = {2, Op::kWrite, value, taken, {{lock, taken, true}}, second};
  failure.what = race;
  CHECK_TEXT(written(describe(failure, story.recording, symbols()).details),
             "A holds `mutex` for reading (since " + line(here) +
                 "), B holds `mutex` for reading (since " + line(here) +
                 "): both hold `mutex` for reading only, and nothing orders step 1 and step 2.\n");
}

void compare_exchanges_that_fail() {
  Story story(2);
  const Target count = target(lab::items);
  story.create(0, 1);
  story.add(1, Op::kAtomicRmw, count, HERE, 0, 1);
  story.add(0, Op::kAtomicCas, count, HERE, 1, 2);
  story.add(0, Op::kAtomicCas, count, HERE, 1, 2);
  story.recording.events.back().spurious = true;
  Failure failure;
  failure.rule = Rule::kCheckFailed;
  CHECK_TEXT(
      written(describe(failure, story.recording, symbols()).steps),
      "1 A updates items 0 -> 1\n"
      "2 main compares items 1 <- not as expected: nothing is written\n"
      "3 main compares items 1 <- as expected, and fails for no reason, as a weak one may\n");
}

void deadlock_cycle() {
  Story story(3);
  const Target zero = target(lab::accounts[0].lock);
  const Target one = target(lab::accounts[1].lock);
  story.create(0, 1);
  story.create(0, 2);
  story.add(1, Op::kLock, zero, HERE);
  story.add(2, Op::kLock, one, HERE);
  const int a_line = __LINE__ + 1;
  const std::vector<Frame> a = HERE;
  const std::vector<Frame> b = HERE;
  Failure failure;
  failure.rule = Rule::kDeadlock;
  Blocked main{0, Op::kJoin, {}, 1, false, HERE, {}, -1};
  failure.what = Stuck{
      {main, {1, Op::kLock, one, 2, false, a, b, -1}, {2, Op::kLock, zero, 1, false, b, a, -1}}};
  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(finding.message, "Deadlock: no thread can go on.");
  CHECK_TEXT(written(finding.details),
             "A waits at " + line(a_line) + " for `accounts[1].lock`, held by B since " +
                 line(a_line + 1) + ".\nB waits at " + line(a_line + 1) +
                 " for `accounts[0].lock`, held by A since " + line(a_line) + ".\nA -> B -> A\n");
  CHECK_TEXT(written(finding.steps),
             "1 A locks accounts[0].lock\n"
             "2 B locks accounts[1].lock\n"
             "3 A waits for accounts[1].lock <- held by B\n"
             "4 B waits for accounts[0].lock <- held by A\n");
}

void other_deadlocks() {
  const Target lock = target(lab::mutex);
  Story story(3);
  story.create(0, 1);
  Failure failure;
  failure.rule = Rule::kDeadlock;
  const int here = __LINE__ + 1;
  const std::vector<Frame> stack = HERE;
  failure.what = Stuck{{{1, Op::kLock, lock, 1, false, stack, stack, -1}}};
  CHECK_TEXT(describe(failure, story.recording, symbols()).message,
             "Deadlock: A waits at " + line(here) + " for `mutex`, which it holds itself since " +
                 line(here) + ".");
  failure.what = Stuck{{{0, Op::kLock, lock, 2, true, stack, stack, -1}}};
  CHECK_TEXT(describe(failure, story.recording, symbols()).message,
             "Deadlock: main waits at " + line(here) + " for `mutex`, held by B since " +
                 line(here) + "; B has ended.");
  failure.what = Stuck{
      {{1, Op::kJoin, {}, 2, false, stack, {}, -1}, {2, Op::kJoin, {}, 1, false, stack, {}, -1}}};
  CHECK_TEXT(written(describe(failure, story.recording, symbols()).details),
             "A waits at " + line(here) + " for B to end.\nB waits at " + line(here) +
                 " for A to end.\nA -> B -> A\n");
}

void lost_wakeup() {
  Story story(3);
  const Target condition = target(lab::not_empty);
  const Target count = target(lab::items);
  story.create(0, 1);
  story.create(0, 2);
  story.add(1, Op::kRead, count, HERE, 0);
  story.add(2, Op::kWrite, count, HERE, 0, 1);
  story.add(2, Op::kNotifyOne, condition, HERE);
  const int wait = story.add(1, Op::kWait, condition, HERE);
  Failure failure;
  failure.rule = Rule::kLostWakeup;
  Blocked main{0, Op::kJoin, {}, 1, false, HERE, {}, -1};
  const int here = __LINE__ + 1;
  const std::vector<Frame> stack = HERE;
  failure.what = Stuck{{main, {1, Op::kWait, condition, -1, false, stack, {}, wait}}};
  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(finding.message, "Lost wake-up: A waits at " + line(here) +
                                  " for `not_empty`, and nobody is left who will notify it.");
  CHECK_TEXT(written(finding.details),
             "`not_empty` was notified once, at step 3, when nobody waited; A began to wait at "
             "step 4.\n"
             "The check of `items` (step 1) and the wait (step 4) are not one step under the "
             "lock: B changed it in between.\n");
  CHECK_TEXT(written(finding.steps),
             "1 A reads items 0\n"
             "2 B writes items 0 -> 1\n"
             "3 B notifies one not_empty <- nobody waits\n"
             "4 A waits for not_empty\n");
}

void loops_are_folded() {
  Story story(2);
  const Target count = target(lab::items);
  story.create(0, 1);
  story.add(0, Op::kWrite, count, HERE, 0, 5);
  const std::vector<Frame> loop = HERE;
  for (int i = 0; i < 12; ++i) story.add(1, Op::kRead, count, loop, 5);
  const std::vector<Frame> body = HERE;
  for (int i = 0; i < 5; ++i) {
    story.add(1, Op::kRead, count, body, 5 + i);
    story.add(1, Op::kWrite, count, body, 5 + i, 6 + i);
  }
  Failure failure;
  failure.rule = Rule::kBusyWait;
  Spinning spinning;
  spinning.threads.push_back({1, loop, {count}, {}});
  failure.thread = 1;
  failure.stack = loop;
  failure.what = spinning;
  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(written(finding.steps),
             "1 main writes items 0 -> 5\n"
             "2 A reads items 5 x12\n"
             "3 A reads items 5 x5\n"
             "4 A writes items 5 -> 10 x5\n");
  CHECK_TEXT(finding.message.substr(0, 13), "Busy waiting:");
  const Note note = describe_note(failure, story.recording, symbols());
  CHECK_TEXT(note.message, finding.message);
  CHECK_TEXT(std::to_string(note.place.line == 0), "0");
}

void long_stories_are_shortened() {
  Story story(3);
  const Target count = target(lab::items);
  const Target value = target(lab::counter.value_);
  story.create(0, 1);
  for (int i = 0; i < 300; ++i) story.add(1 + i % 2, Op::kWrite, count, HERE, i, i + 1);
  const int first = story.add(1, Op::kWrite, value, HERE, 0, 1);
  const int second = story.add(2, Op::kWrite, value, HERE, 1, 2);
  Failure failure;
  failure.rule = Rule::kDataRace;
  DataRace race;
  race.first = {1, Op::kWrite, value, {}, {}, first};
  race.second = {2, Op::kWrite, value, {}, {}, second};
  failure.what = race;
  failure.event = second;
  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(std::to_string(finding.steps.size()), "60");
  CHECK_TEXT(finding.steps[10].note, "242 steps before this left out");
  CHECK_TEXT(written(finding.details),
             "A holds no lock, B holds no lock: nothing orders step 59 and step 60.\n");
}

void crash_by_null() {
  Story story(3);
  const Target task = target(lab::task);
  story.add(0, Op::kWrite, task, {}, 0, 0x5555'0000'1234);
  story.create(0, 1);
  const int move_line = __LINE__ + 1;
  story.add(1, Op::kWrite, task, HERE, 0x5555'0000'1234, 0);
  const int read = story.add(2, Op::kRead, task, HERE, 0);
  Failure failure;
  failure.rule = Rule::kCrash;
  failure.thread = 2;
  failure.event = read;
  const int crash_line = __LINE__ + 1;
  failure.stack = HERE;
  Crash crash;
  crash.kind = Crash::Kind::kNull;
  failure.what = crash;
  const Finding finding = describe(failure, story.recording, symbols());
  CHECK_TEXT(finding.message,
             "Crash: null pointer used at " + line(crash_line) + " in thread B (`crash_by_null`).");
  CHECK_TEXT(finding.details.front(),
             "A had set `task` to null at " + line(move_line) + " (step 1).");
  CHECK_TEXT(written(finding.steps),
             "1 A writes task pointer 1 -> null\n"
             "2 B reads task null\n"
             "3 B crashes\n");
}

void other_rules() {
  Story story(2);
  const Recording& recording = story.recording;
  const int here = __LINE__ + 1;
  const std::vector<Frame> stack = HERE;
  Failure failure;
  failure.thread = 1;
  failure.stack = stack;
  const auto message = [&](Rule rule) {
    failure.rule = rule;
    return describe(failure, recording, symbols()).message;
  };
  story.recording.threads[1].created = stack;
  failure.what = NotJoined{1};
  CHECK_TEXT(message(Rule::kThreadNotJoined),
             "Thread not joined: the std::thread of A, created at " + line(here) +
                 ", is destroyed at " + line(here) + " and was neither joined nor detached.");
  Misuse misuse;
  misuse.object = target(lab::mutex);
  failure.what = misuse;
  CHECK_TEXT(message(Rule::kUnlockNotOwner),
             "Unlock by a non-owner: A unlocks `mutex` at " + line(here) + ", which nobody holds.");
  misuse.op = Op::kLock;
  misuse.owner = 1;
  misuse.taken = stack;
  failure.what = misuse;
  CHECK_TEXT(message(Rule::kRelock), "Relock: A locks `mutex` at " + line(here) +
                                         ", which it already holds since " + line(here) + ".");
  misuse.waiters = {0};
  failure.what = misuse;
  CHECK_TEXT(message(Rule::kDestroyedInUse), "Destroyed while in use: `mutex` ceases to exist at " +
                                                 line(here) + " while main waits in it.");
  failure.what = Escaped{"St13runtime_error", "no luck"};
  CHECK_TEXT(message(Rule::kException),
             "Exception: std::runtime_error left thread A: \"no luck\".");
  Crash terminated;
  terminated.kind = Crash::Kind::kTerminate;
  failure.what = terminated;
  CHECK_TEXT(message(Rule::kCrash),
             "Crash: std::terminate was called at " + line(here) + " in thread A (`other_rules`).");
  failure.what = Exited{3, "exit"};
  CHECK_TEXT(message(Rule::kEarlyExit), "Early exit: A called exit(3) at " + line(here) + ".");
  failure.what = Leak{{{24, 1, stack}, {8, 1, stack}}};
  CHECK_TEXT(message(Rule::kLeak), "Leak: 32 bytes in 2 blocks are never freed.");
  failure.what = Starved{target(lab::mutex), 4, 2};
  CHECK_TEXT(message(Rule::kStarvation), "Starvation: A waits at " + line(here) +
                                             " for `mutex`, and others were let in before it 4 "
                                             "times.");
  FreedMemory freed;
  freed.access = {1, Op::kRead, target(lab::items), stack, {}, -1};
  freed.size = 24;
  freed.allocated_by = 0;
  freed.allocated = stack;
  freed.freed_by = 0;
  freed.freed = stack;
  failure.what = freed;
  CHECK_TEXT(message(Rule::kUseAfterFree), "Use after free: A reads `items` at " + line(here) +
                                               ", which main has freed at " + line(here) + ".");
  freed.access.event = story.add(1, Op::kRead, target(lab::items), stack);
  story.add(0, Op::kFree, target(lab::items), stack);
  failure.what = freed;
  CHECK_TEXT(message(Rule::kUseAfterFree), "Use after free: main frees `items` at " + line(here) +
                                               ", which A reads at " + line(here) +
                                               ": nothing orders the two.");
  freed.access.op = Op::kFree;
  freed.freed_by = 1;
  failure.what = freed;
  CHECK_TEXT(message(Rule::kDoubleFree), "Double free: A frees `items` at " + line(here) +
                                             ", which it has freed before at " + line(here) + ".");
  failure.what = std::monostate();
  CHECK_TEXT(message(Rule::kTimeLimit), "Time-limit at " + line(here) + ".");
}

// Nothing known at all must still give a report.
void empty_failures() {
  const Recording recording;
  for (const RuleName& entry : kRuleNames) {
    Failure failure;
    failure.rule = entry.rule;
    failure.what = Stuck{};
    CHECK_TEXT(std::string(describe(failure, recording, symbols()).message.empty() ? "none" : ""),
               "");
    failure.what = DataRace{};
    describe(failure, recording, symbols());
    failure.what = FreedMemory{};
    describe(failure, recording, symbols());
    failure.what = Spinning{};
    describe(failure, recording, symbols());
    failure.what = Crash{};
    describe(failure, recording, symbols());
    failure.what = Misuse{};
    describe(failure, recording, symbols());
  }
}

}  // namespace
}  // namespace lockstep::trace

int main() {
  using namespace lockstep::trace;
  labels();
  what_a_comparison_showed();
  lost_update();
  lock_sets();
  shared_lock_sets();
  compare_exchanges_that_fail();
  deadlock_cycle();
  other_deadlocks();
  lost_wakeup();
  loops_are_folded();
  long_stories_are_shortened();
  crash_by_null();
  other_rules();
  empty_failures();
  return report("findings_test");
}
