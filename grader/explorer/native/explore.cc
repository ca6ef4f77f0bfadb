// explore.h on real threads, without the explorer: for --config=native, tsan and asan, and for
// processors that the explorer does not know. `explore` repeats its body, because one run shows one
// interleaving.
//
// Two differences a test author meets. Time is real: keep time-outs that expire to milliseconds.
// And the compiler's ThreadSanitizer does not see that quiesce() orders anything but what happened
// in a CriticalSection: what a thread tells another before the other's quiesce() goes through an
// atomic.

#include "grader/explorer/explore.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <set>
#include <string>
#include <thread>

#include "grader/explorer/native/quiescence.h"

namespace lockstep {
namespace {

using std::chrono::steady_clock;

// How often a body is repeated: fewer times when it takes long, for instance because it sleeps.
constexpr int kRepeats = 50;
constexpr std::chrono::milliseconds kEnough{200};
constexpr std::chrono::seconds kQuiescenceLimit{30};  // a thread that runs longer than this spins

Listener* listener = nullptr;

// Threads that were there before the body began: a sanitizer's, doctest's caller.
std::set<pid_t> bystanders;

// Every visit of a CriticalSection is a release here, and quiesce() acquires: so what a test reads
// of the section after quiesce() is ordered. It orders nothing between the visitors themselves, or
// a lock that does not synchronise would go unseen.
std::atomic<long> visited{0};

void repeat(const std::function<void()>& body, Result& result) {
  std::thread([] {}).join();  // ThreadSanitizer starts its own thread with the first one
  bystanders.clear();
  for (const auto& [id, state] : native::other_tasks()) bystanders.insert(id);
  const auto start = steady_clock::now();
  while (result.executions < kRepeats && steady_clock::now() - start < kEnough) {
    ++result.executions;
    body();
  }
  result.strategy = "native";
  result.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
}

}  // namespace

Result run(const std::function<void()>& body, const Options&) {
  Result result;
  const auto found = [&](const std::string& message) {
    result.finding.emplace();
    result.finding->rule = Rule::kException;
    result.finding->message = message;
  };
  try {
    repeat(body, result);
  } catch (const std::exception& error) {
    found(error.what());
  } catch (...) {
    found("an exception that is not a std::exception left the body");
  }
  return result;
}

// Exceptions pass: doctest's REQUIRE is one.
void explore(const std::function<void()>& body, const Options& options) {
  static int ordinal = 0;
  Options adjusted = options;
  if (listener != nullptr) listener->adjust(ordinal, adjusted);
  Result result;
  repeat(body, result);
  if (listener != nullptr) listener->done(ordinal, adjusted, result);
  ++ordinal;
}

void set_listener(Listener* new_listener) { listener = new_listener; }

bool exploring() { return false; }

void fail(std::string_view message, std::string_view expected, std::string_view seen, Rule rule) {
  const auto print = [](const char* what, std::string_view text) {
    if (!text.empty()) std::fprintf(stderr, "%s%.*s\n", what, int(text.size()), text.data());
  };
  print("rule:     ", name_of(rule));
  print("", message);
  print("expected: ", expected);
  print("seen:     ", seen);
  std::abort();
}

// doctest reports it.
void note_failed_check(std::string_view, int, std::string_view, std::string_view) {}

void quiesce() {
  if (!native::wait_until_asleep(kQuiescenceLimit)) {
    fail("a thread keeps running while the test waits for all others to sleep", "", "",
         Rule::kBusyWait);
  }
  visited.load(std::memory_order_acquire);
}

int asleep() {
  int count = 0;
  for (const auto& [id, state] : native::other_tasks()) {
    if (state.asleep && !bystanders.contains(id)) ++count;
  }
  return count;
}

std::string label_of(unsigned long /*handle*/) { return {}; }

void interleave() { std::this_thread::yield(); }

void CriticalSection::enter() {
  const int now = std::atomic_ref(inside_).fetch_add(1, std::memory_order_relaxed) + 1;
  std::atomic_ref(visits_).fetch_add(1, std::memory_order_relaxed);
  std::atomic_ref most(most_);
  int seen = most.load(std::memory_order_relaxed);
  while (seen < now && !most.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {
  }
  visited.fetch_add(1, std::memory_order_release);
  if (now > capacity_) {
    fail("more threads are inside the critical section than may be", std::to_string(capacity_),
         std::to_string(now), Rule::kNotInsideLock);
  }
  // Plain on purpose: a lock that excludes but does not synchronise is a race here.
  if (capacity_ == 1) ++memory_;
}

void CriticalSection::leave() {
  if (capacity_ == 1) ++memory_;
  std::atomic_ref(inside_).fetch_sub(1, std::memory_order_relaxed);
  visited.fetch_add(1, std::memory_order_release);
}

void CriticalSection::visit() {
  enter();
  interleave();
  leave();
}

// Real schedulers promise no fairness, so there is no bound to check.
void BoundedWaiting::wait(const std::function<void()>& acquire) { acquire(); }

}  // namespace lockstep
