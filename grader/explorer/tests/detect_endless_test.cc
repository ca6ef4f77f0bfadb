// Loops that never end: seen by the number of steps, or, where the loop makes none, by a limit on
// processor time (which a healthy program never comes near).

#include <atomic>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

volatile bool go_on = true;

// The limit on processor time makes these slow: one search each, not one for every way.
void is_endless(const Body& body, bool real_threads) {
  Options options;
  options.real_threads = real_threads;
  const Result result = run(body, options);
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK(result.error.empty());
  REQUIRE(result.finding.has_value());
  CHECK(name_of(result.finding->rule) == name_of(Rule::kEndlessLoop));
  CHECK(seen.find("detect_endless_test.cc") != std::string::npos);
}

}  // namespace

TEST_CASE("endless loop: with accesses to memory") {
  const Body body = [] {
    std::thread thread([] {
      long turns = 0;
      while (go_on) turns = turns + 1;
    });
    thread.join();
  };
  is_endless(body, false);
  is_endless(body, true);
}

TEST_CASE("endless loop: without any access that the compiler announces") {
  const Body body = [] {
    std::thread thread([] {
      for (;;) asm volatile("");
    });
    thread.join();
  };
  is_endless(body, false);
}

TEST_CASE("endless loop: in the body, while a lock is held") {
  is_endless(
      [] {
        std::mutex mutex;
        std::lock_guard hold(mutex);
        std::thread waiting([&] { std::lock_guard hold(mutex); });
        for (;;) asm volatile("");
      },
      false);
}

TEST_CASE("endless loop: the report says who, where and under which lock, each time") {
  const Body body = [] {
    std::mutex mutex;
    std::thread thread([&] {
      std::lock_guard hold(mutex);
      unsigned x = 1;
      for (;;) {
        asm volatile("" : "+r"(x));
        x = x * 3 + 1;
        for (int i = 0; i < 50; ++i) asm volatile("" : "+r"(x));
      }
    });
    thread.join();
  };
  constexpr int kEnd = __LINE__;
  // The first line that has an instruction in the loop: the way back belongs to `for` with clang
  // -O0; with g++ -Og it has no line of its own.
#ifdef __clang__
  constexpr int kLoop = kEnd - 8;
#else
  constexpr int kLoop = kEnd - 6;
#endif
  const std::string loop = "detect_endless_test.cc:" + std::to_string(kLoop);
  const std::string lock = "detect_endless_test.cc:" + std::to_string(kEnd - 10);
  for (int run = 0; run < 2; ++run) {
    const Result result = lockstep::run(body);
    REQUIRE(result.finding.has_value());
    CHECK(result.finding->message == "Endless loop: thread A has run 2 s of processor time at " +
                                         loop + " without letting go of `mutex`, taken at " + lock +
                                         ".");
  }
}

TEST_CASE("endless loop: where the compiler left no line of it") {
  struct Worker {
    void work() {
      for (;;) {
      }
    }
  };
  const Body in_a_thread = [] {
    std::thread thread([] { Worker().work(); });
    thread.join();
  };
  const Body in_the_body = [] { Worker().work(); };
  for (const Body& body : {in_a_thread, in_the_body}) {
    const Result result = run(body);
    REQUIRE(result.finding.has_value());
    const std::string message = result.finding->message;
    INFO(message);
    CHECK(message.find("detect_endless_test.cc:") != std::string::npos);
    CHECK(message.find("an unknown line") == std::string::npos);
  }
}

TEST_CASE("output limit: a loop that prints for ever") {
  const auto prints_too_much = [](void (*print)(int)) {
    const Result result = run([=] {
      std::thread thread([=] {
        for (int i = 0;; ++i) print(i);
      });
      thread.join();
    });
    INFO(text_of(result));
    REQUIRE(result.finding.has_value());
    const std::string message = result.finding->message;
    CHECK(name_of(result.finding->rule) == name_of(Rule::kOutputLimit));
    CHECK(message.find("Output limit: A prints at detect_endless_test.cc:") == 0);
    CHECK(message.find("more than 8 MiB") != std::string::npos);
  };
  static const std::string again(100, '-');
  prints_too_much([](int) { std::puts(again.c_str()); });
  prints_too_much([](int i) { std::printf("%9d %s\n", i, again.c_str()); });
  prints_too_much([](int i) { std::cout << i << ' ' << again << '\n'; });
}

TEST_CASE("endless loop: the next search is healthy") {
  holds([] {
    std::atomic<int> number{0};
    std::thread a([&] { ++number; });
    ++number;
    a.join();
    EXPECT(number == 2);
  });
}

namespace {

void ends(const Body& body) {
  const Result result = run(body);
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK_FALSE(result.finding.has_value());
  CHECK(result.exhaustive);
}

}  // namespace

TEST_CASE("silent: long loops that end, with accesses to memory and without") {
  ends([] {
    std::thread thread([] {
      volatile long sum = 0;
      for (int i = 0; i < 2'000'000; ++i) sum = sum + i;
    });
    thread.join();
  });
  ends([] {
    std::thread thread([] {
      for (int i = 0; i < 20'000'000; ++i) asm volatile("");
    });
    thread.join();
  });
}
