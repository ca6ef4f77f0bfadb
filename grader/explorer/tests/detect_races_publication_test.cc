// Data races of objects that are handed to another thread too early or taken back too early: around
// start and join, by capture, in double-checked locking, in constructors and destructors.

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("data race: read before the join") {
  finds(Rule::kDataRace, {"answer"}, [] {
    int answer = 0;
    std::thread thread([&] { answer = 42; });
    EXPECT(answer >= 0);
    thread.join();
  });
}

TEST_CASE("silent: written before the start, read after the join") {
  holds([] {
    int answer = 6;
    std::thread thread([&] { answer *= 7; });
    thread.join();
    EXPECT(answer == 42);
  });
}

TEST_CASE("data race: written after the start") {
  finds(Rule::kDataRace, {"answer"}, [] {
    int answer = 0;
    std::thread thread([&] { EXPECT(answer >= 0); });
    answer = 42;
    thread.join();
  });
}

TEST_CASE("data race: a loop variable captured by reference") {
  finds(Rule::kDataRace, [] {
    std::atomic<int> sum{0};
    std::vector<std::thread> threads;
    int i = 0;
    for (; i < 2; ++i) threads.emplace_back([&] { sum += i; });
    for (std::thread& thread : threads) thread.join();
  });
}

TEST_CASE("silent: a loop variable captured by value") {
  holds([] {
    std::atomic<int> sum{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([&sum, i] { sum += i; });
    for (std::thread& thread : threads) thread.join();
    EXPECT(sum == 1);
  });
}

TEST_CASE("data race: double-checked locking with a plain pointer") {
  finds(Rule::kDataRace, {"instance"}, [] {
    static std::unique_ptr<int> owner;
    static int* instance = nullptr;
    static std::mutex mutex;
    const auto get = [] {
      if (instance == nullptr) {
        std::lock_guard hold(mutex);
        if (instance == nullptr) {
          owner = std::make_unique<int>(7);
          instance = owner.get();
        }
      }
      EXPECT(*instance == 7);
    };
    two_threads(get);
  });
}

TEST_CASE("silent: double-checked locking with an atomic pointer") {
  holds([] {
    static std::unique_ptr<int> owner;
    static std::atomic<int*> instance{nullptr};
    static std::mutex mutex;
    const auto get = [] {
      int* seen = instance.load(std::memory_order_acquire);
      if (seen == nullptr) {
        std::lock_guard hold(mutex);
        seen = instance.load(std::memory_order_relaxed);
        if (seen == nullptr) {
          owner = std::make_unique<int>(7);
          seen = owner.get();
          instance.store(seen, std::memory_order_release);
        }
      }
      EXPECT(*seen == 7);
    };
    two_threads(get);
  });
}

namespace {

// Starts its thread too early: the derived part is not there yet, or already gone.
struct Active {
  virtual ~Active() {
    if (thread.joinable()) thread.join();
  }
  virtual void work() {}
  std::thread thread;
};
struct Derived : Active {
  explicit Derived(bool joins) : joins(joins) {
    thread = std::thread([active = static_cast<Active*>(this)] { active->work(); });
  }
  ~Derived() override {
    if (joins) thread.join();
  }
  void work() override { done = true; }
  const bool joins;
  bool done = false;
};

}  // namespace

TEST_CASE("data race: a lock that is handed over before it is there") {
  const auto body = [](std::memory_order order) {
    std::atomic<std::mutex*> published{nullptr};
    std::thread user([&] {
      if (std::mutex* const mutex = published.load(std::memory_order_acquire)) {
        std::lock_guard hold(*mutex);
      }
    });
    const auto mutex = std::make_unique<std::mutex>();
    published.store(mutex.get(), order);
    user.join();
  };
  finds(Rule::kDataRace, {"at least one of them writes"}, [&] { body(std::memory_order_relaxed); });
  holds([&] { body(std::memory_order_release); });
}

TEST_CASE("data race: the base's destructor changes the vtable under a running thread") {
  finds(Rule::kDataRace, [] { Derived active(false); });
}

TEST_CASE("silent: the derived destructor joins first") {
  holds([] { Derived active(true); });
}
