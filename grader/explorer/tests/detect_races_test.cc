// Data races of plain accesses: found whatever the schedule, named by their variable, and never
// seen where a lock keeps them apart. Every fault is followed by its near twin.

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

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
  finds(Rule::kDataRace, {"both hold `mutex` for reading only, and nothing orders"}, [] {
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
