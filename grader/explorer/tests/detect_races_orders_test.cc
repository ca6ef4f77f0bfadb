// Data races that only the memory orders decide: which of them make one thread's writes visible to
// another, and which do not. features_atomics_test.cc has the twins that publish as they should.

#include <atomic>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("data race: published by a relaxed flag") {
  finds(Rule::kDataRace, {"payload"}, [] {
    std::atomic<bool> ready{false};
    int payload = 0;
    two_threads(
        [&] {
          payload = 1;
          ready.store(true, std::memory_order_relaxed);
        },
        [&] {
          if (ready.load(std::memory_order_relaxed)) EXPECT(payload == 1);
        });
  });
}

TEST_CASE("data race: released, but read without acquire") {
  finds(Rule::kDataRace, {"payload"}, [] {
    std::atomic<bool> ready{false};
    int payload = 0;
    two_threads(
        [&] {
          payload = 1;
          ready.store(true, std::memory_order_release);
        },
        [&] {
          if (ready.load(std::memory_order_relaxed)) EXPECT(payload == 1);
        });
  });
}

TEST_CASE("silent: published by release and acquire") {
  holds([] {
    std::atomic<bool> ready{false};
    int payload = 0;
    two_threads(
        [&] {
          payload = 1;
          ready.store(true, std::memory_order_release);
        },
        [&] {
          if (ready.load(std::memory_order_acquire)) EXPECT(payload == 1);
        });
  });
}

TEST_CASE("data race: published by a fence on one side only") {
  finds(Rule::kDataRace, {"payload"}, [] {
    std::atomic<bool> ready{false};
    int payload = 0;
    two_threads(
        [&] {
          payload = 1;
          std::atomic_thread_fence(std::memory_order_release);
          ready.store(true, std::memory_order_relaxed);
        },
        [&] {
          if (ready.load(std::memory_order_relaxed)) EXPECT(payload == 1);
        });
  });
}

TEST_CASE("data race: a release sequence ends at another thread's plain store") {
  finds(Rule::kDataRace, {"payload"}, [] {
    std::atomic<int> stage{0};
    int payload = 0;
    std::thread over([&] {
      if (stage.load(std::memory_order_relaxed) == 1) stage.store(2, std::memory_order_relaxed);
    });
    two_threads(
        [&] {
          payload = 1;
          stage.store(1, std::memory_order_release);
        },
        [&] {
          if (stage.load(std::memory_order_acquire) == 2) EXPECT(payload == 1);
        });
    over.join();
  });
}

TEST_CASE("data race: Peterson's algorithm with relaxed operations") {
  finds(
      Rule::kDataRace, {"value"},
      [] {
        constexpr auto kRelaxed = std::memory_order_relaxed;
        std::atomic<bool> wants[2]{};
        std::atomic<int> turn{0};
        int value = 0;
        const auto enter = [&](int me) {
          wants[me].store(true, kRelaxed);
          turn.store(1 - me, kRelaxed);
          while (wants[1 - me].load(kRelaxed) && turn.load(kRelaxed) == 1 - me) {
          }
          ++value;
          wants[me].store(false, kRelaxed);
        };
        two_threads([&] { enter(0); }, [&] { enter(1); });
      },
      spinning());
}

TEST_CASE("data race: a fence for signal handlers orders nothing between threads") {
  const auto body = [](bool between_threads) {
    std::atomic<bool> ready{false};
    int payload = 0;
    const auto fence = [&](std::memory_order order) {
      if (between_threads) {
        std::atomic_thread_fence(order);
      } else {
        std::atomic_signal_fence(order);
      }
    };
    two_threads(
        [&] {
          payload = 1;
          fence(std::memory_order_release);
          ready.store(true, std::memory_order_relaxed);
        },
        [&] {
          const bool seen = ready.load(std::memory_order_relaxed);
          fence(std::memory_order_acquire);
          if (seen) EXPECT(payload == 1);
        });
  };
  finds(Rule::kDataRace, {"payload"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("data race: a volatile flag is no atomic") {
  finds(Rule::kDataRace, {"ready"}, [] {
    volatile bool ready = false;
    two_threads([&] { ready = true; }, [&] { EXPECT(ready || !ready); });
  });
}
