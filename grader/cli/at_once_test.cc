#include "grader/cli/at_once.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>

namespace lockstep::cli {
namespace {

TEST_CASE("every number is worked on once") {
  std::mutex mutex;
  std::multiset<std::size_t> seen;
  for_each_at_once(5, [&](std::size_t i) {
    const std::scoped_lock hold(mutex);
    seen.insert(i);
  });
  CHECK(seen == std::multiset<std::size_t>{0, 1, 2, 3, 4});
  for_each_at_once(0, [](std::size_t) { FAIL("there is nothing to do"); });
}

TEST_CASE("two are under way at once, and no more") {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  int most = 0;
  int begun = 0;
  for_each_at_once(6, [&](std::size_t) {
    std::unique_lock hold(mutex);
    most = std::max(most, ++inside);
    ++begun;
    changed.notify_all();
    // Each waits for the next one to begin: one at a time would never end.
    changed.wait(hold, [&, mine = begun] { return begun > mine || begun == 6; });
    --inside;
  });
  CHECK(most == 2);
}

TEST_CASE("what one throws reaches the caller, and nothing new is begun") {
  std::atomic<int> begun{0};
  CHECK_THROWS_AS(for_each_at_once(1000,
                                   [&](std::size_t) {
                                     ++begun;
                                     throw std::runtime_error("stop");
                                   }),
                  std::runtime_error);
  CHECK(begun <= 2);
}

}  // namespace
}  // namespace lockstep::cli
