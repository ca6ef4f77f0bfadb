#include "grader/cli/at_once.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

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

TEST_CASE("two threads work at once") {
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::thread::id> workers;
  int begun = 0;
  constexpr int kAll = 6;
  for_each_at_once(kAll, [&](std::size_t) {
    std::unique_lock hold(mutex);
    workers.insert(std::this_thread::get_id());
    ++begun;
    changed.notify_all();
    // Each waits for the next one to begin: one at a time would never end.
    changed.wait(hold, [&, mine = begun] { return begun > mine || begun == kAll; });
  });
  CHECK(workers.size() == 2);
}

TEST_CASE("what one throws reaches the caller, and nothing new is begun") {
  // Were something new begun for ever, this would not end.
  constexpr std::size_t kEndless = std::numeric_limits<std::size_t>::max();
  CHECK_THROWS_AS(for_each_at_once(kEndless,
                                   [](std::size_t i) {
                                     if (i == 0) throw std::runtime_error("stop");
                                   }),
                  std::runtime_error);
}

}  // namespace
}  // namespace lockstep::cli
