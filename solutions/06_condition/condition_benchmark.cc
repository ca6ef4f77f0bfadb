// The lab's Condition beside the standard's two condition variables.
//
// The row to look at is the ping-pong. A wake-up here is two of them: one opens the waiter's own
// Lock, the next one hands it the outer lock, for which it then has to stand in line. The standard
// wakes a thread by the mutex alone, and gives no order. What does not depend on the other thread
// (a notify that nobody hears) is as cheap as the lock that it asks.

#include <benchmark/benchmark.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "06_condition/condition.h"

namespace {

// Runs `call` once. A skeleton throws: then there is nothing to measure.
template <class Call>
bool works(benchmark::State& state, Call call) {
  try {
    call();
    return true;
  } catch (const std::logic_error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

void NotifyNobody(benchmark::State& state) {
  lab::Condition condition;
  if (!works(state, [&] { condition.lock(); })) return;
  for (auto _ : state) condition.notify();
  condition.unlock();
}
BENCHMARK(NotifyNobody);

void NotifyNobodyStandard(benchmark::State& state) {
  std::condition_variable condition;
  for (auto _ : state) condition.notify_one();
}
BENCHMARK(NotifyNobodyStandard);

// A wait that is over at once. Most of it is what the system takes for a timed sleep of no length.
void WaitForNothing(benchmark::State& state) {
  lab::Condition condition;
  if (!works(state, [&] { condition.lock(); })) return;
  for (auto _ : state) benchmark::DoNotOptimize(condition.wait_for(std::chrono::nanoseconds(0)));
  condition.unlock();
}
BENCHMARK(WaitForNothing);

// There and back between two threads. `wait(hold, predicate)` and `notify()` are the kind's own.
template <class Hold, class Wait, class Notify>
void ping_pong(benchmark::State& state, Hold hold, Wait wait, Notify notify) {
  bool ping = false;
  bool stop = false;
  std::thread other([&] {
    auto held = hold();
    for (;;) {
      wait(held, [&] { return ping || stop; });
      if (stop) return;
      ping = false;
      notify();
    }
  });
  {
    auto held = hold();
    for (auto _ : state) {
      ping = true;
      notify();
      wait(held, [&] { return !ping; });
    }
    stop = true;
    notify();
  }
  other.join();
}

void PingPongOfAnRLock(benchmark::State& state) {
  lab::Condition condition;
  if (!works(state, [&] { std::scoped_lock hold(condition); })) return;
  ping_pong(
      state, [&] { return std::unique_lock(condition); },
      [&](auto&, auto so) { condition.wait(so); }, [&] { condition.notify(); });
}
BENCHMARK(PingPongOfAnRLock)->UseRealTime();

void PingPongOfALock(benchmark::State& state) {
  lab::Lock lock;
  lab::Condition condition(lock);
  if (!works(state, [&] { std::scoped_lock hold(condition); })) return;
  ping_pong(
      state, [&] { return std::unique_lock(lock); }, [&](auto&, auto so) { condition.wait(so); },
      [&] { condition.notify(); });
}
BENCHMARK(PingPongOfALock)->UseRealTime();

void PingPongStandard(benchmark::State& state) {
  std::mutex mutex;
  std::condition_variable condition;
  ping_pong(
      state, [&] { return std::unique_lock(mutex); },
      [&](auto& held, auto so) { condition.wait(held, so); }, [&] { condition.notify_one(); });
}
BENCHMARK(PingPongStandard)->UseRealTime();

void PingPongStandardAny(benchmark::State& state) {
  lab::Lock lock;
  std::condition_variable_any condition;
  if (!works(state, [&] { std::scoped_lock hold(lock); })) return;
  ping_pong(
      state, [&] { return std::unique_lock(lock); },
      [&](auto& held, auto so) { condition.wait(held, so); }, [&] { condition.notify_one(); });
}
BENCHMARK(PingPongStandardAny)->UseRealTime();

// A poem of 1,000 lines.
void Poem(benchmark::State& state) {
  const std::vector<std::string> lines(1'000, "la");
  const auto say = [](const std::string& line) { benchmark::DoNotOptimize(line.data()); };
  if (!works(state, [&] { lab::Dialogue(std::vector<std::string>()).speak(0, say); })) return;
  for (auto _ : state) {
    lab::Dialogue dialogue(lines);
    std::thread other([&] { dialogue.speak(1, say); });
    dialogue.speak(0, say);
    other.join();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::ptrdiff_t>(lines.size()));
}
BENCHMARK(Poem)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
