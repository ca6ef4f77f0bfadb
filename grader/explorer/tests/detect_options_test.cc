// What is refused, what ends the program, what is only noted and what is looked past.

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

// `body` is not explored at all; the reason names `call`.
void is_refused(const std::string& call, const Body& body) {
  for (const bool real_threads : {false, true}) {
    Options options;
    options.real_threads = real_threads;
    const Result result = run(body, options);
    const std::string seen = text_of(result);
    INFO(call, ": ", seen);
    CHECK_FALSE(result.finding.has_value());
    CHECK(result.error.find(call) != std::string::npos);
    CHECK(result.error.find(" (at detect_options_test.cc:") != std::string::npos);
    CHECK_FALSE(result.exhaustive);
  }
}

bool notes(const Result& result, Rule rule) {
  return std::any_of(result.notes.begin(), result.notes.end(),
                     [rule](const Note& note) { return note.rule == rule; });
}

void racing_increments(int& number) {
  std::thread a([&] { number = number + 1; });
  std::thread b([&] { number = number + 1; });
  a.join();
  b.join();
}

}  // namespace

TEST_CASE("refused: a new process") {
  is_refused("fork", [] {
    if (fork() == 0) _exit(0);
  });
  is_refused("vfork", [] {
    if (vfork() == 0) _exit(0);
  });
  is_refused("system", [] { CHECK(system("true") == 0); });
}

TEST_CASE("refused: in a thread, while others run") {
  is_refused("fork", [] {
    std::mutex mutex;
    std::thread other([&] { std::lock_guard hold(mutex); });
    std::thread forking([&] {
      std::lock_guard hold(mutex);
      if (fork() == 0) _exit(0);
    });
    other.join();
    forking.join();
  });
}

TEST_CASE("refused: signals and cancellation") {
  is_refused("sigaction", [] {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    sigaction(SIGUSR1, &action, nullptr);
  });
  is_refused("raise", [] { raise(SIGUSR1); });
  is_refused("alarm", [] { alarm(1); });
  is_refused("pthread_cancel", [] {
    std::thread thread([] {});
    pthread_cancel(thread.native_handle());
    thread.join();
  });
}

TEST_CASE("silent: after something was refused the next search is healthy") {
  holds([] {
    std::atomic<int> number{0};
    std::thread a([&] { ++number; });
    ++number;
    a.join();
    EXPECT(number == 2);
  });
}

TEST_CASE("early exit: from the body, from a thread, by every name") {
  finds(Rule::kEarlyExit, {"exit"}, [] { exit(0); });
  finds(Rule::kEarlyExit, {"_exit"}, [] {
    std::thread thread([] { _exit(0); });
    thread.join();
  });
  finds(Rule::kEarlyExit, {"quick_exit"}, [] { quick_exit(0); });
  finds(Rule::kEarlyExit, {"exit"}, [] {
    std::atomic<bool> late{false};
    std::thread thread([&] {
      if (late) exit(1);
    });
    late = true;
    thread.join();
  });
}

TEST_CASE("memory limit: more than any test needs") {
  finds(Rule::kMemoryLimit,
        {"Memory limit: main asks for 1099511627776 bytes at detect_options_test.cc:",
         ", and an execution may have 1024 MiB in all.", "look at how the size is computed"},
        [] {
          const std::vector<char> huge(std::size_t{1} << 40);
          EXPECT(huge[huge.size() / 2] == 0);
        });
}

TEST_CASE("memory limit: a container that grows without end") {
  const Result result = run([] {
    std::vector<std::unique_ptr<char[]>> blocks;
    for (;;) blocks.push_back(std::make_unique_for_overwrite<char[]>(std::size_t{64} << 20));
  });
  REQUIRE(result.finding.has_value());
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK(name_of(result.finding->rule) == name_of(Rule::kMemoryLimit));
  CHECK(seen.find("main asks for 67108864 bytes at detect_options_test.cc:") != std::string::npos);
  CHECK(seen.find("Look for what grows without end: a container") != std::string::npos);
}

TEST_CASE("silent: memory that is reused a thousand times") {
  holds(
      [] {
        for (int i = 0; i < 1'000; ++i) {
          const std::string text(1'000, 'x');
          EXPECT(text.back() == 'x');
        }
      },
      {}, Size::kFew);
}

TEST_CASE("ignore: past a race, to what it leads to") {
  Options options;
  options.ignore = {Rule::kDataRace};
  finds(
      Rule::kCheckFailed, {"number == 2"},
      [] {
        int number = 0;
        racing_increments(number);
        EXPECT(number == 2);
      },
      options);
  holds(
      [] {
        int number = 0;
        racing_increments(number);
        EXPECT(number >= 1);
      },
      options);
}

TEST_CASE("ignore: a race that the samplers see before the complete search has got there") {
  // Every searcher has to begin again with the points that one of them has learnt: half a path of
  // another program leads nowhere.
  Options options;
  options.strategy = Strategy::kAuto;
  options.clock = Clock::kStrict;
  options.executions = 40'000;
  options.ignore = {Rule::kDataRace};
  const Result result = run(
      [] {
        std::atomic<int> turns = 0;
        std::mutex mutex;
        int noted = 0;
        const auto work = [&] {
          for (int i = 0; i < 3; ++i) {
            std::lock_guard hold(mutex);
            ++turns;
            const volatile int seen = noted;
            static_cast<void>(seen);
            ++turns;
          }
        };
        std::thread first(work);
        std::thread second(work);
        std::thread third([&] {
          const bool leads = turns++ == 0;
          ++turns;
          if (leads) noted = 1;
        });
        first.join();
        second.join();
        third.join();
      },
      options);
  INFO(text_of(result));
  CHECK(result.error.empty());
  CHECK(result.exhaustive);
  CHECK(result.executions > 3'000);  // the reduction alone needs that many
}

TEST_CASE("ignore: a leak, a spin, a thread that is not joined") {
  Options options;
  options.ignore = {Rule::kLeak, Rule::kBusyWait};
  holds(
      [] {
        std::atomic<int*> lost{nullptr};
        std::thread finder([&] {
          while (lost == nullptr) {
          }
        });
        lost = new int(1);
        finder.join();
      },
      options);
}

TEST_CASE("only_note: told, and no finding") {
  Options options;
  options.only_note = {Rule::kBusyWait, Rule::kLeak};
  const Result result = run(
      [] {
        std::atomic<int*> lost{nullptr};
        std::thread finder([&] {
          while (lost == nullptr) {
          }
        });
        lost = new int(1);
        finder.join();
      },
      options);
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK_FALSE(result.finding.has_value());
  CHECK(notes(result, Rule::kBusyWait));
  CHECK(notes(result, Rule::kLeak));
  for (const Note& note : result.notes) {
    INFO(note.message);
    CHECK_FALSE(note.message.empty());
    CHECK(note.place.file.find("detect_options_test.cc") != std::string::npos);
    CHECK(note.place.line > 0);
  }
}

TEST_CASE("stop_at_first: off, the search goes on and counts") {
  Options options;
  options.strategy = Strategy::kDpor;
  options.stop_at_first = false;
  const Result result = run(
      [] {
        std::atomic<int> number{0};
        std::thread a([&] { number = number + 1; });
        std::thread b([&] { number = number + 1; });
        a.join();
        b.join();
        EXPECT(number == 2);
      },
      options);
  CHECK(result.finding.has_value());
  CHECK(result.executions > 2);
}

TEST_CASE("exploring(): true in a body and its threads only") {
  CHECK_FALSE(exploring());
  holds([] {
    EXPECT(exploring());
    std::thread thread([] { EXPECT(exploring()); });
    thread.join();
  });
  CHECK_FALSE(exploring());
}

TEST_CASE("quiesce() and asleep(): who waits, by whatever means") {
  holds(
      [] {
        std::mutex mutex;
        std::atomic<int> gate{0};
        std::unique_lock hold(mutex);
        std::thread in_lock([&] { std::lock_guard hold(mutex); });
        std::thread in_wait([&] { gate.wait(0); });
        // Still asleep at both looks: nobody else moves the clock.
        std::thread in_sleep([] { std::this_thread::sleep_for(std::chrono::hours(1)); });
        std::thread ends([] {});
        quiesce();
        EXPECT(asleep() == 3);
        gate = 1;
        gate.notify_one();
        hold.unlock();
        quiesce();
        EXPECT(asleep() == 1);
        in_lock.join();
        in_wait.join();
        in_sleep.join();
        ends.join();
        EXPECT(asleep() == 0);
      },
      strict_clock());
}

TEST_CASE("interleave(): another thread may come between") {
  reaches([] {
    std::atomic<bool> between{false};
    std::thread other([&] { between = true; });
    const bool before = between;
    interleave();
    const bool after = between;
    other.join();
    EXPECT(before || !after);
  });
}
