// Lost updates without a data race: every access is in order, but the read and the write that
// belong together are two steps. (With a race the rule is data-race: detect_races_test.cc.)

#include <atomic>
#include <mutex>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("lost update: without a race it is a failed check") {
  finds(Rule::kCheckFailed, {"hits == 2"}, [] {
    std::atomic<int> hits{0};
    two_threads([&] {
      const int seen = hits.load();
      hits.store(seen + 1);
    });
    EXPECT(hits == 2);
  });
}

TEST_CASE("lost update: each half under the lock, the whole not") {
  const auto body = [](bool keeps_the_lock) {
    std::mutex mutex;
    int hits = 0;
    two_threads([&] {
      std::unique_lock hold(mutex);
      const int seen = hits;
      if (!keeps_the_lock) {
        hold.unlock();
        hold.lock();
      }
      hits = seen + 1;
    });
    EXPECT(hits == 2);
  };
  finds(Rule::kCheckFailed, {"hits == 2"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("silent: one atomic step") {
  holds([] {
    std::atomic<int> hits{0};
    two_threads([&] { hits.fetch_add(1); });
    EXPECT(hits == 2);
  });
}
