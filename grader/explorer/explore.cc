#include "grader/explorer/explore.h"

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "grader/explorer/detect/racy.h"
#include "grader/explorer/detect/shadow.h"
#include "grader/explorer/fiber/fiber.h"
#include "grader/explorer/hooks/exceptions.h"
#include "grader/explorer/hooks/signals.h"
#include "grader/explorer/hooks/threads.h"
#include "grader/explorer/model/execution.h"
#include "grader/explorer/model/raw.h"
#include "grader/explorer/model/world.h"
#include "grader/explorer/search/search.h"
#include "grader/explorer/search/witness.h"
#include "grader/explorer/trace/findings.h"

namespace lockstep {

namespace {

Listener* g_listener;
int g_ordinal;

double seconds_now() {
  timespec time{};
  raw::call(SYS_clock_gettime, CLOCK_MONOTONIC, raw::as_long(&time));
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The process around an exploration: what is watched and captured while it lasts.
class Session {
 public:
  explicit Session(const Options& options) {
    world::open();
    Engine& e = g_engine;
    e.options = &options;
    // The slots are made for one back end; the other needs a process of its own.
    if (e.slots == 0) e.real_threads = options.real_threads || !fiber::supported();
    if (e.wanted_slots == 0) e.wanted_slots = 4;
    if (e.real_threads) fiber::stay_on_one_processor();
    e.unlock_points = false;
    e.slow_threads = false;
    e.saw_deadline = e.saw_spurious = e.saw_short = e.saw_try = false;
    g_racy_code.clear();
    g_spinning_code.clear();
    shadow::forget_shared();
    std::fflush(nullptr);
    world::capture_output(e.program);
    install_signal_handlers();
    watch_terminate();
    world::freeze();
  }
  ~Session() {
    world::thaw();
    remove_signal_handlers();
    world::release_output();
    if (g_engine.real_threads) fiber::leave_processor();
    g_engine.options = nullptr;
    g_engine.strategy = nullptr;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

void print_and_abort(const Result& result) {
  const std::string& message = result.finding ? result.finding->message : result.error;
  std::fprintf(stderr, "lockstep: %s\n", message.c_str());
  if (result.finding) std::fprintf(stderr, "schedule: %s\n", result.finding->schedule.c_str());
  std::abort();
}

trace::Failure check_failure(Rule rule, std::string_view message, std::string_view expected,
                             std::string_view seen) {
  trace::Failure failure = failure_of(rule);
  trace::CheckFailed check;
  check.message = message;
  check.expected = expected;
  check.seen = seen;
  failure.what = std::move(check);
  return failure;
}

}  // namespace

Result run(const std::function<void()>& body, const Options& options) {
  if (g_engine.exploring || g_engine.options != nullptr) {
    Result result;
    result.error = "an exploration inside an explored body: take it out of the body";
    return result;
  }
  const double begin = seconds_now();
  Result result;
  {
    const Session session(options);
    result = options.schedule.empty() ? search(body, options) : replay(body, options);
  }
  result.seconds = seconds_now() - begin;
  return result;
}

void explore(const std::function<void()>& body, const Options& options) {
  Options adjusted = options;
  const int ordinal = g_ordinal++;
  if (g_listener != nullptr) g_listener->adjust(ordinal, adjusted);
  const Result result = run(body, adjusted);
  if (g_listener != nullptr) {
    g_listener->done(ordinal, adjusted, result);
  } else if (result.finding || !result.error.empty()) {
    print_and_abort(result);
  }
}

void set_listener(Listener* listener) {
  g_listener = listener;
  g_ordinal = 0;
}

bool exploring() { return g_engine.exploring; }

void fail(std::string_view message, std::string_view expected, std::string_view seen, Rule rule) {
  if (!g_engine.exploring) {
    std::fprintf(stderr, "lockstep: %.*s\n", static_cast<int>(message.size()), message.data());
    std::abort();
  }
  g_engine.active = false;
  fail_now(check_failure(rule, message, expected, seen));
}

void note_failed_check(std::string_view file, int line, std::string_view expression,
                       std::string_view expanded) {
  if (!g_engine.exploring) return;
  const Inside inside;
  g_engine.check_failed = true;
  trace::Failure failure = failure_of(Rule::kCheckFailed);
  trace::CheckFailed check;
  check.file = file;
  check.line = line;
  check.expression = expression;
  check.expanded = expanded;
  failure.what = std::move(check);
  fail_later(std::move(failure));
}

void quiesce() {
  if (!g_engine.exploring) return;
  const Inside inside;
  reach_point(Op::kQuiesce, 0, nullptr, __builtin_return_address(0));
  // What the others did is ordered before: they are asleep or gone.
  for (int i = 0; i < g_engine.thread_count; ++i) self()->clock.join(g_engine.threads[i]->clock);
}

int asleep() {
  if (!g_engine.exploring) return 0;
  const Inside inside;
  return count_asleep();
}

std::string label_of(unsigned long handle) {
  const Inside inside;
  const Thread* thread = g_engine.exploring ? threads::find(handle) : nullptr;
  return thread == nullptr ? std::string() : trace::label(thread->id);
}

void interleave() {
  if (!g_engine.exploring) return;
  const Inside inside;
  reach_point(Op::kInterleave, 0, nullptr, __builtin_return_address(0));
}

}  // namespace lockstep
