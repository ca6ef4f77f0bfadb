// Exact oracles for the reduction: programs whose number of Mazurkiewicz traces is known. A search
// that runs fewer executions misses behaviour, one that runs more repeats itself.
//
// The first four figures are in engine.md and in the papers on the model checkers that give them
// too; the others can be counted by hand, each says how, or are in C. Flanagan, P. Godefroid,
// "Dynamic Partial-Order Reduction for Model Checking Software", POPL 2005, and P. Abdulla, S.
// Aronis, B. Jonsson, K. Sagonas, "Optimal Dynamic Partial Order Reduction", POPL 2014.

#include <doctest/doctest.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/explore.h"
#include "grader/explorer/tests/expect.h"
#include "grader/explorer/tests/outcomes.h"

namespace lockstep {
namespace {

using tests::expect;

Result search(void (*body)(), Strategy strategy = Strategy::kDpor) {
  Options options;
  options.strategy = strategy;
  options.clock = Clock::kStrict;
  options.executions = 1'000'000;
  options.stop_at_first = false;
  return run(body, options);
}

void check_exactly(const char* name, void (*body)(), long traces) {
  const Result result = search(body);
  std::printf("%-44s %ld traces in %ld executions\n", name, traces, result.executions);
  CAPTURE(name);
  CHECK(result.error.empty());
  CHECK_FALSE(result.finding);
  CHECK(result.exhaustive);
  CHECK_EQ(result.executions, traces);
}

// kThreads threads, kSections critical sections each: (kThreads * kSections)! / kSections!^kThreads
// orders of the sections.
template <int kThreads, int kSections>
void sections() {
  std::mutex mutex;
  int x = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < kSections; ++turn) {
        std::lock_guard hold(mutex);
        x = x + 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  expect(x == kThreads * kSections, "an increment was lost under the lock");
}

// Counts the executions that came to their end, over all of them.
tests::Outcomes ended;

// Dekker's core. All four final pairs but (0, 0); the one where each sees the other's store has
// only one trace, and so have the other two.
void store_buffer() {
  std::atomic<int> x{0};
  std::atomic<int> y{0};
  int seen_x = -1;
  int seen_y = -1;
  std::thread a([&] {
    x.store(1);
    seen_y = y.load();
  });
  std::thread b([&] {
    y.store(1);
    seen_x = x.load();
  });
  a.join();
  b.join();
  expect(seen_x == 1 || seen_y == 1, "neither thread saw the other's store");
}

// Each store before or after the load of it, and independent of the rest: 2^(kReaders).
template <int kReaders>
void readers() {
  std::atomic<int> x{0};
  std::vector<std::thread> threads;
  threads.emplace_back([&] { x.store(1); });
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&] { (void)x.load(); });
  }
  for (std::thread& thread : threads) thread.join();
}

// kWriters unordered stores to one place: kWriters! orders.
template <int kWriters>
void writers() {
  std::atomic<int> x{0};
  std::vector<std::thread> threads;
  for (int i = 1; i <= kWriters; ++i) {
    threads.emplace_back([&, i] { x.store(i); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Threads that touch nothing of each other's: one trace.
void strangers() {
  std::vector<std::atomic<int>> cells(4);
  std::vector<std::thread> threads;
  for (std::atomic<int>& cell : cells) {
    threads.emplace_back([&cell] {
      for (int turn = 0; turn < 5; ++turn) cell.fetch_add(1);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// "Indexer" of Flanagan and Godefroid: each thread hashes its messages into one table and probes on
// when a slot is taken. Up to 11 threads never collide (one trace); the twelfth collides with the
// first in four slots... 8 traces, as reported in both papers.
template <int kThreads>
void indexer() {
  constexpr int kSize = 128;
  constexpr int kMessages = 4;
  static std::atomic<int> table[kSize];
  std::vector<std::thread> threads;
  for (int id = 0; id < kThreads; ++id) {
    threads.emplace_back([id] {
      for (int m = 0; m < kMessages; ++m) {
        const int message = (m + 1) * 11 + id;
        int slot = message * 7 % kSize;
        for (int expected = 0; !table[slot].compare_exchange_strong(expected, message);
             expected = 0) {
          slot = (slot + 1) % kSize;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// "Filesystem" of Flanagan and Godefroid: thread i takes inode i % 32 and, the first time, a block.
// 2^(kThreads - 13) traces for 13 < kThreads <= 26, one below: only threads that search from the
// same block meet.
template <int kThreads>
void filesystem() {
  constexpr int kBlocks = 26;
  constexpr int kInodes = 32;
  static std::mutex inode_mutex[kInodes];
  static std::mutex block_mutex[kBlocks];
  static int inode[kInodes];
  static bool busy[kBlocks];
  std::vector<std::thread> threads;
  for (int id = 0; id < kThreads; ++id) {
    threads.emplace_back([id] {
      const int i = id % kInodes;
      std::lock_guard hold_inode(inode_mutex[i]);
      if (inode[i] != 0) return;
      for (int block = (i * 2) % kBlocks;; block = (block + 1) % kBlocks) {
        std::lock_guard hold_block(block_mutex[block]);
        if (!busy[block]) {
          busy[block] = true;
          inode[i] = block + 1;
          return;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// "Last zero" of Abdulla and others: kCells writers each set cell i to cell i - 1 plus one, a
// reader looks for the last zero from the right.
template <int kCells>
void last_zero() {
  static std::atomic<int> cell[kCells + 1];
  std::vector<std::thread> threads;
  threads.emplace_back([] {
    int i = kCells;
    while (cell[i].load() != 0) --i;
  });
  for (int i = 1; i <= kCells; ++i) {
    threads.emplace_back([i] { cell[i].store(cell[i - 1].load() + 1); });
  }
  for (std::thread& thread : threads) thread.join();
  ended.add(1);
}

}  // namespace

TEST_CASE("one mutex, x = x + 1: exactly the orders of the critical sections") {
  check_exactly("2 threads x 3 sections", sections<2, 3>, 20);
  check_exactly("3 threads x 3 sections", sections<3, 3>, 1'680);
  check_exactly("3 threads x 4 sections", sections<3, 4>, 34'650);
}

TEST_CASE("store buffer with sequentially consistent atomics: 3") {
  check_exactly("store buffer", store_buffer, 3);
}

TEST_CASE("independent operations are not reordered") {
  check_exactly("4 threads that share nothing", strangers, 1);
  check_exactly("11 indexers", indexer<11>, 1);
  check_exactly("13 file system threads", filesystem<13>, 1);
}

TEST_CASE("readers, writers and the programs of the literature") {
  check_exactly("1 writer, 2 readers", readers<2>, 4);
  check_exactly("1 writer, 8 readers", readers<8>, 256);
  check_exactly("4 writers", writers<4>, 24);
  check_exactly("5 writers", writers<5>, 120);
  check_exactly("12 indexers", indexer<12>, 8);
  check_exactly("14 file system threads", filesystem<14>, 2);
  check_exactly("16 file system threads", filesystem<16>, 8);
  check_exactly("18 file system threads", filesystem<18>, 32);
}

// Sleep sets alone run every trace once but may start others that they cut short; the paper gives
// 64 traces. What must be exact is what was run to its end.
TEST_CASE("last zero: every trace is run to its end exactly once") {
  ended.clear();
  const Result result = search(last_zero<5>);
  std::printf("%-44s %lu ended of %ld executions\n", "last zero, 5",
              static_cast<unsigned long>(ended.added()), result.executions);
  CHECK(result.exhaustive);
  CHECK_EQ(ended.added(), 64);
}

TEST_CASE("a full search of the same programs sees at least as many, and nothing wrong") {
  const Result result = search(store_buffer, Strategy::kFull);
  CHECK(result.exhaustive);
  CHECK_FALSE(result.finding);
  CHECK_GE(result.executions, 6);  // the interleavings of two times two operations
}

}  // namespace lockstep
