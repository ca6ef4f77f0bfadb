// Containers, strings and streams: under a lock they are quiet.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

// Longer than any small-string buffer.
std::string long_text(int number) {
  return "a text that is allocated on the heap, number " + std::to_string(number);
}

}  // namespace

TEST_CASE("containers: all kinds, under one lock") {
  holds([] {
    std::mutex mutex;
    std::map<int, std::string> by_number;
    std::unordered_map<std::string, int> by_text;
    std::set<std::string> ordered;
    std::vector<std::string> row;
    std::deque<int> queue;
    std::list<std::string> chain;
    std::priority_queue<int> heap;
    std::ostringstream stream;
    std::optional<std::string> latest;
    std::variant<int, std::string> either;
    const auto fill = [&](int number) {
      std::lock_guard hold(mutex);
      by_number[number] = long_text(number);
      by_text.emplace(long_text(number), number);
      ordered.insert(long_text(number));
      row.push_back(by_number[number]);
      queue.push_front(number);
      chain.push_back(long_text(number));
      heap.push(number);
      stream << number << ' ' << 0.5 << '\n';
      latest = row.back();
      if (number == 1) either = number;
      if (number == 2) either = long_text(2);
    };
    std::thread a(fill, 1);
    std::thread b(fill, 2);
    a.join();
    b.join();
    EXPECT(by_number.size() == 2);
    EXPECT(by_text.at(long_text(2)) == 2);
    EXPECT(ordered.size() == 2);
    EXPECT(row.size() == 2);
    EXPECT(queue.size() == 2);
    EXPECT(chain.size() == 2);
    EXPECT(heap.top() == 2);
    EXPECT(stream.str().size() == 12);
    EXPECT(latest->size() == long_text(1).size());
  });
}

TEST_CASE("containers: read by two without a lock, once written") {
  holds([] {
    std::map<int, std::string> table;
    for (int i = 0; i < 4; ++i) table[i] = long_text(i);
    const auto look = [&table = std::as_const(table)] {
      EXPECT(table.at(3) == long_text(3));
      EXPECT(table.find(9) == table.end());
      std::string copy = table.begin()->second;
      copy += "!";
    };
    std::thread a(look);
    std::thread b(look);
    a.join();
    b.join();
  });
}

TEST_CASE("containers: different elements of one vector") {
  holds([] {
    std::vector<char> bytes(8);
    std::vector<std::string> texts(2);
    const auto fill = [&](int half) {
      for (int i = 0; i < 4; ++i) bytes[4 * half + i] = static_cast<char>(half + 1);
      texts[half] = long_text(half);
    };
    std::thread a(fill, 0);
    std::thread b(fill, 1);
    a.join();
    b.join();
    EXPECT(std::accumulate(bytes.begin(), bytes.end(), 0) == 12);
  });
}

TEST_CASE("algorithms: sort, copy and fill in two halves") {
  holds([] {
    std::array<int, 32> numbers;
    for (int i = 0; i < 32; ++i) numbers[i] = 31 - i;
    const auto work = [&](int half) {
      const auto begin = numbers.begin() + 16 * half;
      std::sort(begin, begin + 16);
      std::array<int, 16> copy;
      std::copy(begin, begin + 16, copy.begin());
      std::fill(begin, begin + 16, copy[half]);
    };
    std::thread a(work, 0);
    std::thread b(work, 1);
    a.join();
    b.join();
    EXPECT(numbers[0] == 16);
    EXPECT(numbers[31] == 1);
  });
}

TEST_CASE("std::function: copied and called in two threads") {
  holds([] {
    const std::string text = long_text(1);
    const std::function<std::size_t()> size = [text] { return text.size(); };
    const auto call = [size] { EXPECT(size() == long_text(1).size()); };
    std::thread a(call);
    std::thread b(call);
    a.join();
    b.join();
  });
}

TEST_CASE("output: std::cout from two threads") {
  const Result result = run([] {
    const auto print = [](int number) { std::cout << "thread " << number << std::endl; };
    std::thread a(print, 1);
    std::thread b(print, 2);
    a.join();
    b.join();
    std::cout << std::fixed << 1.5 << std::flush;
  });
  const std::string seen = text_of(result);
  INFO(seen);
  CHECK(result.error.empty());
  CHECK_FALSE(result.finding.has_value());
  CHECK(result.output.find("thread 1") != std::string::npos);
  CHECK(result.output.find("thread 2") != std::string::npos);
  CHECK(result.output.find("1.5") != std::string::npos);
}

TEST_CASE("output: printf, puts and std::cerr from two threads") {
  holds([] {
    const auto print = [](int number) {
      std::printf("printf %d\n", number);
      std::puts("puts");
      std::cerr << "cerr " << number << '\n';
    };
    std::thread a(print, 1);
    std::thread b(print, 2);
    a.join();
    b.join();
  });
}

TEST_CASE("output: what std::cout was told is forgotten by the next execution") {
  holds([] {
    EXPECT(std::cout.precision() == 6);
    EXPECT((std::cout.flags() & std::ios::hex) == 0);
    std::atomic<int> turns{0};
    std::thread other([&] { ++turns; });
    ++turns;
    std::cout << std::hex;
    std::cout.precision(3);
    other.join();
  });
}

TEST_CASE("string streams: each thread its own, the library's locale shared") {
  holds([] {
    const auto work = [](int number) {
      std::stringstream stream;
      stream << number << ' ' << 2.25;
      int whole = 0;
      double real = 0;
      stream >> whole >> real;
      EXPECT(whole == number);
      EXPECT(real == 2.25);
    };
    std::thread a(work, 1);
    std::thread b(work, 2);
    a.join();
    b.join();
  });
}

TEST_CASE("random: random_device gives every execution the same") {
  unsigned first_seen = 0;  // outside the body, so not restored between executions
  bool seen = false;
  holds([&] {
    std::random_device device;
    const unsigned number = device();
    if (!seen) first_seen = number;
    seen = true;
    EXPECT(number == first_seen);
    std::mt19937 engine(number);
    std::thread other([engine]() mutable { engine(); });
    engine();
    other.join();
  });
}
