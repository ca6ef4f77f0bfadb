// Every execution starts from the same state. The bodies below look for traces of the execution
// before them; each would fail in its second execution.

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
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

tests::Outcomes seen;  // outside the explored state

void stays_silent(void (*body)()) {
  for (const Strategy strategy : {Strategy::kRandom, Strategy::kDpor, Strategy::kPct}) {
    Options options;
    options.strategy = strategy;
    options.executions = 200;
    options.stop_at_first = false;
    options.clock = Clock::kStrict;
    seen.clear();
    const Result result = run(body, options);
    CAPTURE(static_cast<int>(strategy));
    REQUIRE_MESSAGE(result.error.empty(), result.error);
    CHECK_MESSAGE(!result.finding, result.finding->message);
    CHECK_GT(result.executions, 1);
  }
}

// Two threads that conflict, so that every strategy has more than one execution to run.
void two_orders(const std::function<void()>& work) {
  std::mutex mutex;
  std::thread a([&] {
    std::lock_guard hold(mutex);
    work();
  });
  std::thread b([&] {
    std::lock_guard hold(mutex);
    work();
  });
  a.join();
  b.join();
}

int zero = 0;
int forty_two = 42;
std::string text = "as it was";
std::vector<int> numbers{1, 2, 3};
std::map<std::string, int> names;
std::atomic<int> ticket{7};
std::once_flag once;
thread_local int mine = 5;
thread_local std::string my_text = "mine";

struct Counted {
  Counted() { ++made; }
  static inline int made = 0;
};

}  // namespace

TEST_CASE("globals, zero or not, plain or atomic") {
  stays_silent([] {
    expect(zero == 0 && forty_two == 42 && ticket == 7, "a global kept its value");
    two_orders([] {
      ++zero;
      ++forty_two;
      ++ticket;
    });
    expect(zero == 2 && forty_two == 44 && ticket == 9, "a global lost its value");
  });
}

// What they allocate inside the body goes with the execution. (Memory that is older than the
// exploration and written in place is not put back: see "Limits" in docs/explorer.md.)
TEST_CASE("globals that allocate memory") {
  stays_silent([] {
    expect(text == "as it was", "a string kept its value");
    expect(numbers.size() == 3 && numbers[0] == 1, "a vector kept its value");
    expect(names.empty(), "a map kept its elements");
    two_orders([] {
      text += ", and something more that does not fit into a short string";
      numbers.push_back(4);
      names["name"] = 1;
    });
    expect(numbers.size() == 5 && names.size() == 1, "a container lost its value");
  });
}

TEST_CASE("static locals and call_once happen again in every execution") {
  stays_silent([] {
    expect(Counted::made == 0, "a static local was made in an earlier execution");
    two_orders([] {
      static Counted counted;
      (void)counted;
      std::call_once(once, [] { ++Counted::made; });
    });
    expect(Counted::made == 2, "a static local or call_once did not happen once");
  });
}

TEST_CASE("thread_locals of every thread, main's too") {
  stays_silent([] {
    expect(mine == 5 && my_text == "mine", "a thread_local of the body kept its value");
    ++mine;
    my_text += "!";
    two_orders([] {
      expect(mine == 5 && my_text == "mine", "a thread began with another's thread_local");
      ++mine;
      my_text += " and no longer";
    });
    expect(mine == 6 && my_text == "mine!", "a thread_local of the body was changed by a thread");
  });
}

TEST_CASE("the heap gives the same addresses and the same stale bytes") {
  stays_silent([] {
    auto first = std::make_unique<std::uint64_t[]>(100);
    auto* raw = static_cast<unsigned char*>(::operator new(64));
    std::uint64_t hash = reinterpret_cast<std::uintptr_t>(first.get());
    for (int i = 0; i < 64; ++i) hash = tests::mix(hash, raw[i]);
    std::memset(raw, 0x5A, 64);
    ::operator delete(raw);
    seen.add(hash);
    expect(seen.distinct() == 1, "the heap differs from the one of an earlier execution");
    two_orders([&first] { first[0] += 1; });
  });
}

TEST_CASE("an execution that fails leaves nothing behind") {
  Options options;
  options.strategy = Strategy::kRandom;
  options.executions = 200;
  options.stop_at_first = false;
  const Result result = run(
      [] {
        if (zero != 0) fail("state of a failed execution", {}, {}, Rule::kNotInsideLock);
        std::mutex mutex;
        std::thread a([&] {
          std::lock_guard hold(mutex);
          zero = 1;
          mine = 9;
          fail("on purpose, with the lock held");
        });
        a.join();
      },
      options);
  REQUIRE(result.finding);
  CHECK_EQ(name_of(result.finding->rule), name_of(Rule::kCheckFailed));
  CHECK_EQ(result.executions, 200);
}

TEST_CASE("what was there before an exploration is there after it") {
  zero = 11;
  text = "by the test";
  const Result result = run([] {
    expect(zero == 11 && text == "by the test", "the body does not see the state it starts from");
    zero = 12;
    text = "by the body";
  });
  CHECK_FALSE(result.finding);
  CHECK_EQ(zero, 11);
  CHECK_EQ(text, "by the test");
  zero = 0;
}

TEST_CASE("errno belongs to the thread and to the execution") {
  stays_silent([] {
    expect(errno == 0, "errno kept its value");
    two_orders([] {
      expect(errno == 0, "a thread began with another's errno");
      errno = EINTR;
    });
    errno = EBUSY;
  });
}

}  // namespace lockstep
