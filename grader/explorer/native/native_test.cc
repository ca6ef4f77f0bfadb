#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "grader/explorer/explore.h"

namespace lockstep {
namespace {

TEST_CASE("a body is repeated") {
  int times = 0;
  const Result result = run([&] { ++times; });
  CHECK(times > 1);
  CHECK(result.executions == times);
  CHECK_FALSE(result.finding.has_value());
}

TEST_CASE("what a body throws is a finding of run") {
  const Result result = run([] { throw std::runtime_error("no"); });
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->rule == Rule::kException);
  CHECK(result.finding->message == "no");
}

TEST_CASE("what a body throws leaves explore") {
  CHECK_THROWS_AS(explore([] { throw std::runtime_error("no"); }), std::runtime_error);
}

TEST_CASE("quiesce returns when the others wait, and they do not run after it") {
  explore([] {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
    CriticalSection waiting(3);
    CriticalSection passed(3);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        std::unique_lock hold(mutex);
        waiting.enter();
        opened.wait(hold, [&] { return open; });
        passed.enter();
      });
    }
    quiesce();
    CHECK(asleep() == 3);
    CHECK(waiting.inside() == 3);
    CHECK(passed.inside() == 0);
    {
      std::scoped_lock hold(mutex);
      open = true;
    }
    opened.notify_all();
    for (std::thread& thread : threads) thread.join();
    CHECK(passed.inside() == 3);
  });
}

TEST_CASE("a thread with work to do is waited for") {
  explore([] {
    std::atomic<bool> done = false;
    std::thread worker([&] {
      // Work that takes real time: much longer than quiesce() takes to look twice, so that one that
      // does not wait is caught, and no verdict depends on how much longer.
      const auto start = std::chrono::steady_clock::now();
      while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(2)) {
      }
      done = true;
    });
    quiesce();
    CHECK(done);
    worker.join();
  });
}

TEST_CASE("a critical section counts its visits") {
  explore([] {
    std::mutex mutex;
    CriticalSection section;
    const auto visit = [&] {
      std::scoped_lock hold(mutex);
      section.visit();
    };
    std::thread a(visit);
    std::thread b(visit);
    a.join();
    b.join();
    CHECK(section.visits() == 2);
    CHECK(section.most() == 1);
    CHECK(section.inside() == 0);
  });
}

}  // namespace
}  // namespace lockstep
