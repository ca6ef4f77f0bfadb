// Data races: found whatever the schedule, named by their variable, and never seen where there is
// none. Every fault is followed by its near twin.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

template <typename First, typename Second>
void two_threads(First first, Second second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

template <typename Work>
void two_threads(Work work) {
  two_threads(work, work);
}

class Counter {
 public:
  void add() { value_ = value_ + 1; }
  int value() const { return value_; }

 private:
  int value_ = 0;
};

int global_hits = 0;

}  // namespace

TEST_CASE("data race: two threads write a member") {
  finds(Rule::kDataRace, {"value_"}, [] {
    Counter counter;
    two_threads([&] { counter.add(); });
  });
}

TEST_CASE("silent: the same under a lock") {
  holds([] {
    Counter counter;
    std::mutex mutex;
    two_threads([&] {
      std::lock_guard hold(mutex);
      counter.add();
    });
    EXPECT(counter.value() == 2);
  });
}

TEST_CASE("data race: a global is named") {
  finds(Rule::kDataRace, {"global_hits"}, [] { two_threads([] { ++global_hits; }); });
}

TEST_CASE("data race: one reads, one writes") {
  finds(Rule::kDataRace, {"number"}, [] {
    int number = 0;
    two_threads([&] { number = 1; }, [&] { EXPECT(number >= 0); });
  });
}

TEST_CASE("silent: both read") {
  holds([] {
    int number = 4;
    two_threads([&] { EXPECT(number == 4); });
  });
}

TEST_CASE("data race: only one of them takes the lock") {
  finds(Rule::kDataRace, {"shared_sum"}, [] {
    std::mutex mutex;
    int shared_sum = 0;
    two_threads(
        [&] {
          std::lock_guard hold(mutex);
          ++shared_sum;
        },
        [&] { ++shared_sum; });
  });
}

TEST_CASE("data race: each takes another lock") {
  finds(Rule::kDataRace, {"left_lock", "right_lock"}, [] {
    std::mutex left_lock, right_lock;
    int number = 0;
    two_threads(
        [&] {
          std::lock_guard hold(left_lock);
          ++number;
        },
        [&] {
          std::lock_guard hold(right_lock);
          ++number;
        });
  });
}

TEST_CASE("silent: two locks, two numbers") {
  holds([] {
    struct Locked {
      std::mutex lock;
      int number = 0;
      void add() {
        std::lock_guard hold(lock);
        ++number;
      }
    };
    Locked left, right;
    two_threads([&] {
      left.add();
      right.add();
    });
    EXPECT(left.number == 2);
    EXPECT(right.number == 2);
  });
}

TEST_CASE("data race: written under the shared side of a lock") {
  finds(Rule::kDataRace, [] {
    std::shared_mutex mutex;
    int number = 0;
    two_threads([&] {
      std::shared_lock hold(mutex);
      ++number;
    });
  });
}

TEST_CASE("silent: written under the exclusive side, read under the shared one") {
  holds([] {
    std::shared_mutex mutex;
    int number = 0;
    two_threads(
        [&] {
          std::unique_lock hold(mutex);
          ++number;
        },
        [&] {
          std::shared_lock hold(mutex);
          EXPECT(number <= 1);
        });
  });
}

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

TEST_CASE("data race: a volatile flag is no atomic") {
  finds(Rule::kDataRace, {"ready"}, [] {
    volatile bool ready = false;
    two_threads([&] { ready = true; }, [&] { EXPECT(ready || !ready); });
  });
}

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

TEST_CASE("data race: bit-fields that share a byte") {
  finds(Rule::kDataRace, [] {
    struct {
      unsigned left : 4 = 0;
      unsigned right : 4 = 0;
    } bits;
    two_threads([&] { bits.left = 1; }, [&] { bits.right = 1; });
  });
}

TEST_CASE("silent: bytes that share a word") {
  holds([] {
    struct {
      char left = 0;
      char right = 0;
    } bytes;
    two_threads([&] { bytes.left = 1; }, [&] { bytes.right = 1; });
    EXPECT(bytes.left + bytes.right == 2);
  });
}

TEST_CASE("data race: neighbours in a vector<bool>") {
  finds(Rule::kDataRace, [] {
    std::vector<bool> flags(2);
    two_threads([&] { flags[0] = true; }, [&] { flags[1] = true; });
  });
}

TEST_CASE("data race: a write of eight bytes overlaps one of two") {
  finds(Rule::kDataRace, [] {
    alignas(8) char memory[8] = {};
    two_threads([&] { *reinterpret_cast<volatile long*>(memory) = 1; },
                [&] { *reinterpret_cast<volatile short*>(memory + 4) = 2; });
  });
}

TEST_CASE("data race: memset over what another thread copies") {
  finds(Rule::kDataRace, {"buffer"}, [] {
    std::array<char, 256> buffer{};
    two_threads([&] { std::memset(buffer.data(), 1, 129); },
                [&] {
                  std::array<char, 128> copy;
                  std::memcpy(copy.data(), buffer.data() + 128, 128);
                  EXPECT(copy[127] == 0);
                });
  });
}

TEST_CASE("silent: memset and memcpy of disjoint halves") {
  holds([] {
    std::array<char, 256> buffer{};
    two_threads([&] { std::memset(buffer.data(), 1, 128); },
                [&] {
                  std::array<char, 128> copy;
                  std::memcpy(copy.data(), buffer.data() + 128, 128);
                  EXPECT(copy[127] == 0);
                });
  });
}

TEST_CASE("data race: vector::push_back") {
  finds(Rule::kDataRace, [] {
    std::vector<int> numbers;
    two_threads([&] { numbers.push_back(1); });
  });
}

TEST_CASE("data race: map::operator[]") {
  finds(Rule::kDataRace, [] {
    std::map<int, int> table;
    two_threads([&] { table[1] = 1; }, [&] { table[2] = 2; });
  });
}

TEST_CASE("data race: a string appended to by two") {
  finds(Rule::kDataRace, [] {
    std::string text;
    two_threads([&] { text += 'x'; });
  });
}

TEST_CASE("data race: a string copied while it grows") {
  finds(Rule::kDataRace, [] {
    std::string text = "short";
    two_threads([&] { text.append("a tail that moves the text to the heap"); },
                [&] { const std::string copy = text; });
  });
}

TEST_CASE("data race: one shared_ptr object, assigned and copied") {
  finds(Rule::kDataRace, [] {
    auto pointer = std::make_shared<int>(1);
    two_threads([&] { const auto copy = pointer; }, [&] { pointer = std::make_shared<int>(2); });
  });
}

TEST_CASE("silent: two shared_ptr objects of one target") {
  holds([] {
    auto pointer = std::make_shared<int>(1);
    auto second = pointer;
    two_threads([&] { const auto copy = pointer; }, [&] { second = std::make_shared<int>(2); });
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

TEST_CASE("data race: the base's destructor changes the vtable under a running thread") {
  finds(Rule::kDataRace, [] { Derived active(false); });
}

TEST_CASE("silent: the derived destructor joins first") {
  holds([] { Derived active(true); });
}

TEST_CASE("data race: only in one order of the locks") {
  finds(Rule::kDataRace, {"lonely"}, [] {
    std::mutex mutex;
    bool second_in = false;
    int lonely = 0;
    two_threads(
        [&] {
          bool alone;
          {
            std::lock_guard hold(mutex);
            alone = second_in;
          }
          if (alone) lonely = 1;
        },
        [&] {
          {
            std::lock_guard hold(mutex);
            second_in = true;
          }
          lonely = 2;
        });
  });
}

TEST_CASE("data race: what it leads to is told, the rule stays") {
  finds(Rule::kDataRace, {"value_", "counter.value() == 2"}, [] {
    Counter counter;
    two_threads([&] { counter.add(); });
    EXPECT(counter.value() == 2);
  });
}

TEST_CASE("data race: seen in one execution, its crash in another, and named all the same") {
  static int* shared;
  finds(Rule::kDataRace,
        {"two threads use `shared` at the same time", "write through a null pointer at"}, [] {
          shared = nullptr;
          int target = 0;
          std::thread setter([&] { shared = &target; });
          std::thread writer([] { *shared = 3; });
          std::thread adder([] { *shared += 3; });
          setter.join();
          writer.join();
          adder.join();
        });
}

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
  finds(Rule::kCheckFailed, [] {
    std::mutex mutex;
    int hits = 0;
    const auto add = [&] {
      int seen;
      {
        std::lock_guard hold(mutex);
        seen = hits;
      }
      std::lock_guard hold(mutex);
      hits = seen + 1;
    };
    two_threads(add);
    EXPECT(hits == 2);
  });
}

TEST_CASE("silent: one atomic step") {
  holds([] {
    std::atomic<int> hits{0};
    two_threads([&] { hits.fetch_add(1); });
    EXPECT(hits == 2);
  });
}
