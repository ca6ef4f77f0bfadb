// Loops that never end: seen by the number of steps, or, where the loop makes none, by a limit on
// processor time (which a healthy program never comes near).

#include <atomic>
#include <mutex>
#include <thread>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

volatile bool go_on = true;

// The limit on processor time makes these slow: one search each, not one for every way.
void is_endless(const Body& body, bool real_threads) {
  Options options;
  options.real_threads = real_threads;
  const Result result = run(body, options);
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK(result.error.empty());
  REQUIRE(result.finding.has_value());
  CHECK(name_of(result.finding->rule) == name_of(Rule::kEndlessLoop));
  CHECK(seen.find("detect_endless_test.cc") != std::string::npos);
}

}  // namespace

TEST_CASE("endless loop: with accesses to memory") {
  const Body body = [] {
    std::thread thread([] {
      long turns = 0;
      while (go_on) turns = turns + 1;
    });
    thread.join();
  };
  is_endless(body, false);
  is_endless(body, true);
}

TEST_CASE("endless loop: without any access that the compiler announces") {
  const Body body = [] {
    std::thread thread([] {
      for (;;) asm volatile("");
    });
    thread.join();
  };
  is_endless(body, false);
}

TEST_CASE("endless loop: in the body, while a lock is held") {
  is_endless(
      [] {
        std::mutex mutex;
        std::lock_guard hold(mutex);
        std::thread waiting([&] { std::lock_guard hold(mutex); });
        for (;;) asm volatile("");
      },
      false);
}

TEST_CASE("endless loop: the next search is healthy") {
  holds([] {
    std::atomic<int> number{0};
    std::thread a([&] { ++number; });
    ++number;
    a.join();
    EXPECT(number == 2);
  });
}

TEST_CASE("silent: a long loop that ends") {
  const Result result = run([] {
    std::thread thread([] {
      volatile long sum = 0;
      for (int i = 0; i < 2'000'000; ++i) sum = sum + i;
    });
    thread.join();
  });
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK_FALSE(result.finding.has_value());
  CHECK(result.exhaustive);
}
