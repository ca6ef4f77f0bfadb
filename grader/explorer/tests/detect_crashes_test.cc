// Crashes, exceptions nobody catches, failed checks: each is a finding of one execution, and the
// next search in the same process is healthy.

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

namespace {

volatile int sink = 0;
int* volatile null_pointer = nullptr;

void is_healthy() {
  holds([] {
    std::mutex mutex;
    int value = 0;
    const auto add = [&] {
      std::lock_guard hold(mutex);
      ++value;
    };
    std::thread a(add);
    std::thread b(add);
    a.join();
    b.join();
    EXPECT(value == 2);
  });
}

void crashes(const Body& body) {
  finds(Rule::kCrash, body);
  is_healthy();
}

void in_a_thread(const std::function<void()>& work) {
  std::thread thread(work);
  thread.join();
}

}  // namespace

TEST_CASE("crash: a null pointer is written, in a thread and in the body") {
  crashes([] { in_a_thread([] { *null_pointer = 1; }); });
  crashes([] { *null_pointer = 1; });
}

TEST_CASE("crash: a null pointer is read") {
  crashes([] { in_a_thread([] { sink = *null_pointer; }); });
}

TEST_CASE("crash: null only in one order") {
  const auto body = [](bool checks) {
    int number = 7;
    std::atomic<int*> pointer{&number};
    std::thread user([&] {
      if (pointer != nullptr) {
        int* const target = pointer;
        if (!checks || target != nullptr) sink = *target;
      }
    });
    pointer = nullptr;
    user.join();
  };
  crashes([&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("crash: a wild address, a call of nothing") {
  crashes([] { in_a_thread([] { *reinterpret_cast<volatile int*>(0x123456789000) = 1; }); });
  crashes([] {
    in_a_thread([] {
      void (*volatile nothing)() = nullptr;
      nothing();
    });
  });
}

TEST_CASE("crash: an element is erased from a vector that is empty") {
  const auto body = [](int elements) {
    std::vector<int> items;
    items.reserve(2);
    for (int i = 0; i < elements; ++i) items.push_back(i);
    std::thread([&] { items.erase(items.begin()); }).join();
  };
  crashes([&] { body(0); });
  holds([&] { body(1); });
}

TEST_CASE("crash: division by zero") {
  const auto body = [](int divisor) {
    std::atomic<int> parts{1};
    std::thread changer([&] { parts = divisor; });
    sink = 100 / parts.load();
    changer.join();
  };
  crashes([&] { body(0); });
  holds([&] { body(2); });
}

namespace {

// Not a tail call, and every frame is kept.
int descend_for_ever(int depth) {
  volatile char frame[256];
  frame[0] = static_cast<char>(depth);
  return sink == 1 ? 0 : descend_for_ever(depth + 1) + frame[0];
}

}  // namespace

// The near twin, a deep recursion that ends, is in features_threads_test.cc.
TEST_CASE("crash: stack overflow, in a thread and in the body") {
  crashes([] { in_a_thread([] { sink = descend_for_ever(0); }); });
  crashes([] { sink = descend_for_ever(0); });
}

TEST_CASE("crash: abort") {
  crashes([] { in_a_thread([] { std::abort(); }); });
  const auto body = [](bool strict) {
    std::atomic<int> visitors{0};
    const auto visit = [&] {
      if (++visitors == 2 && strict) std::abort();
      --visitors;
    };
    std::thread a(visit);
    std::thread b(visit);
    a.join();
    b.join();
  };
  crashes([&] { body(true); });
  holds([&] { body(false); });
}

TEST_CASE("crash: assert, and the report quotes it") {
  finds(Rule::kCrash, {"sink == 12345"}, [] { in_a_thread([] { assert(sink == 12345); }); });
  holds([] { in_a_thread([] { assert(sink != 12345); }); });
  is_healthy();
}

TEST_CASE("crash: a trap instruction") {
  crashes([] { in_a_thread([] { __builtin_trap(); }); });
}

TEST_CASE("crash: while it holds a lock and other threads wait") {
  crashes([] {
    std::mutex mutex;
    std::thread crashing([&] {
      std::lock_guard hold(mutex);
      *null_pointer = 1;
    });
    std::thread waiting([&] { std::lock_guard hold(mutex); });
    crashing.join();
    waiting.join();
  });
}

// --- exceptions ----------------------------------------------------------------------------------

namespace {

void raise(const char* what) { throw std::runtime_error(what); }

}  // namespace

TEST_CASE("exception: escapes a thread, and the report quotes it") {
  finds(Rule::kException, {"runtime_error", "nobody catches this"},
        [] { in_a_thread([] { throw std::runtime_error("nobody catches this"); }); });
  is_healthy();
}

TEST_CASE("exception: of a type that is no std::exception") {
  finds(Rule::kException, {"int"}, [] { in_a_thread([] { throw 42; }); });
}

TEST_CASE("exception: escapes the body") {
  finds(Rule::kException, {"out_of_range"}, [] {
    in_a_thread([] {});
    std::vector<int> empty;
    sink = empty.at(3);
  });
}

TEST_CASE("exception: escapes a noexcept function and a destructor") {
  finds(Rule::kException, [] { in_a_thread([]() noexcept { raise("out of noexcept"); }); });
  finds(Rule::kException, [] {
    struct Thrower {
      ~Thrower() { raise("out of a destructor"); }
    };
    try {
      Thrower thrower;
    } catch (const std::runtime_error&) {
    }
  });
  is_healthy();
}

TEST_CASE("exception: escapes a jthread in one order only") {
  const auto body = [](bool catches) {
    std::atomic<bool> closed{false};
    std::jthread worker([&] {
      try {
        if (closed) throw std::logic_error("closed");
      } catch (const std::logic_error&) {
        if (!catches) throw;
      }
    });
    closed = true;
  };
  finds(Rule::kException, {"closed"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("silent: exceptions kept by a future") {
  holds([] {
    auto future = std::async(std::launch::async, [] { throw std::runtime_error("kept"); });
    future.wait();
  });
}

TEST_CASE("crash: std::terminate without an exception") {
  finds(Rule::kCrash, {"Crash: std::terminate was called at detect_crashes_test.cc:"},
        [] { in_a_thread([] { std::terminate(); }); });
  is_healthy();
}

// --- failed checks -------------------------------------------------------------------------------

TEST_CASE("check failed: in the body, in a thread, in a callback of the library") {
  const auto body = [](int place) {
    EXPECT(place != 0);
    in_a_thread([&] { EXPECT(place != 1); });
    std::once_flag once;
    std::call_once(once, [&] { EXPECT(place != 2); });
  };
  for (int place = 0; place < 3; ++place) {
    finds(Rule::kCheckFailed, {"place != " + std::to_string(place)}, [&] { body(place); });
  }
  holds([&] { body(3); });
}

TEST_CASE("check failed: noted, the execution goes on, and the report quotes it") {
  finds(Rule::kCheckFailed, {"level == 3", "level_test.cc"}, [] {
    in_a_thread([] { note_failed_check("level_test.cc", 12, "level == 3", "4 == 3"); });
  });
}

TEST_CASE("check failed: fail() names what was expected, seen, and another rule") {
  finds(Rule::kCheckFailed, {"um is wrong", "size() == 2", "size() == 1"},
        [] { fail("sum is wrong", "size() == 2", "size() == 1"); });
  finds(Rule::kStarvation, {"ever came"},
        [] { in_a_thread([] { fail("never came", {}, {}, Rule::kStarvation); }); });
}

// --- sleeping is not synchronising

TEST_CASE("sleep as synchronisation: named by its consequence") {
  finds(Rule::kDataRace, {"result"}, [] {
    int result = 0;
    std::thread worker([&] { result = 42; });
    // The mistake itself: long enough on any machine, until one day it is not.
    std::this_thread::sleep_for(100ms);
    EXPECT(result == 42);
    worker.join();
  });
  finds(Rule::kCheckFailed, {"result == 42"}, [] {
    std::atomic<int> result{0};
    std::thread worker([&] { result = 42; });
    // As above.
    std::this_thread::sleep_for(100ms);
    EXPECT(result == 42);
    worker.join();
  });
}

TEST_CASE("silent: the sleep as well as a join") {
  holds([] {
    int result = 0;
    std::thread worker([&] {
      // The shorter sleep makes the value, the longer one waits for it, as in the mistake above...
      std::this_thread::sleep_for(10ms);
      result = 42;
    });
    // ... but it is the join that makes it safe.
    std::this_thread::sleep_for(100ms);
    worker.join();
    EXPECT(result == 42);
  });
}
