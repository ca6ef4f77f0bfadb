// Data races inside objects of the standard library that two threads use without a lock.

#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("data race: neighbours in a vector<bool>") {
  finds(Rule::kDataRace, [] {
    std::vector<bool> flags(2);
    two_threads([&] { flags[0] = true; }, [&] { flags[1] = true; });
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

TEST_CASE("data race: a string compared and searched while one of its letters changes") {
  const auto body = [](bool joins_first, const auto& look) {
    std::string text(40, 'a');
    char* const letters = text.data();
    const std::string other(40, 'a');
    [[maybe_unused]] volatile bool same = false;
    std::thread writer([=] { letters[30] = 'b'; });
    if (joins_first) writer.join();
    same = look(text, other);
    if (!joins_first) writer.join();
  };
  const auto both = [&](const auto& look) {
    finds(Rule::kDataRace, [&] { body(false, look); });
    holds([&] { body(true, look); });
  };
  using Text = std::string;
  both([](const Text& text, const Text& other) { return text == other; });
  both([](const Text& text, const Text&) { return text.find('c') != Text::npos; });
  both([](const Text& text, const Text&) { return std::strlen(text.c_str()) > 40; });
  both([](const Text& text, const Text& other) {
    return std::strcmp(text.c_str(), other.c_str()) == 0;
  });
}

TEST_CASE("silent: what a search in a string does not come to") {
  holds([] {
    std::string text = "a letter that is looked for, behind which another thread writes";
    char* const last = &text.back();
    std::thread writer([=] { *last = '.'; });
    EXPECT(text.find('l') == 2);
    EXPECT(std::strcmp(text.c_str(), "a letter, too") != 0);
    writer.join();
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

TEST_CASE("data race: two threads write to one string stream") {
  const auto body = [](bool locks) {
    std::ostringstream report;
    std::mutex mutex;
    const auto write = [&](const std::string& name) {
      std::unique_lock hold(mutex, std::defer_lock);
      if (locks) hold.lock();
      report << name << " has " << 3 << " items\n";
    };
    two_threads([&] { write("left"); }, [&] { write("right"); });
    EXPECT(report.str().size() == 35);
  };
  finds(Rule::kDataRace, {"report"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("data race: one thread writes to a stream, another reads from it") {
  const auto body = [](bool joins_first) {
    std::stringstream wire;
    std::thread sender([&] { wire << 42; });
    if (joins_first) sender.join();
    int received = 0;
    wire >> received;
    if (!joins_first) sender.join();
  };
  finds(Rule::kDataRace, {"wire"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("data race: str() while another thread writes") {
  const auto body = [](bool writes) {
    std::ostringstream report;
    report << "begin";
    const auto look = [&] { EXPECT(report.str().size() >= 5); };
    two_threads(look, [&] { writes ? void(report << 1.5) : look(); });
  };
  finds(Rule::kDataRace, [&] { body(true); });
  holds([&] { body(false); });
}

TEST_CASE("silent: std::cout and std::cerr, which threads may share") {
  holds([] {
    two_threads([] {
      std::cout << "one of two: " << 1 << std::endl;
      std::cerr << 2.5 << ' ' << true << '\n';
    });
  });
}
