// Data races inside objects of the standard library that two threads use without a lock.

#include <cstdio>
#include <cstdlib>
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

namespace {

// Longer than what the compiler would rather do itself, and nothing that it knows.
const char* volatile g_words = "a text that is known when the program runs";

// `use` is done with memory of 80 characters, all of them 'a' but for the last, which ends them.
// That it reads or writes the character at `place` shows when another thread has it in hand, and
// not once that thread has been joined; and of the character behind `last` it knows nothing.
template <class Use>
void touches(std::size_t place, std::size_t last, const Use& use) {
  const auto body = [&](std::size_t at, bool joins_first) {
    char text[80];
    std::memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    std::thread other([&text, at] { text[at] = 'b'; });
    if (joins_first) other.join();
    use(text);
    if (!joins_first) other.join();
  };
  finds(Rule::kDataRace, {"text"}, [&] { body(place, false); });
  holds([&] { body(place, true); });
  if (last + 1 < 79) holds([&] { body(last + 1, false); });
}

int by_letter(const void* left, const void* right) {
  return *static_cast<const char*>(left) - *static_cast<const char*>(right);
}

volatile bool g_found;  // what a search finds is used

}  // namespace

TEST_CASE("data race: text that the C library copies and joins") {
  const std::size_t size = std::strlen(g_words);
  touches(size, size, [](char* text) { std::strcpy(text, g_words); });
  touches(size, size, [](char* text) { stpcpy(text, g_words); });
  touches(9, 9, [](char* text) { std::strncpy(text, g_words, 10); });
  touches(70, 70, [](char* text) { std::strncpy(text, g_words, 71); });  // the zeros, too
  const auto append = [](const auto& call) {
    return [&call](char* text) {
      text[20] = 0;
      call(text);
    };
  };
  touches(20 + size, 20 + size, append([](char* text) { std::strcat(text, g_words); }));
  touches(25, 25, append([](char* text) { std::strncat(text, g_words, 5); }));
}

TEST_CASE("data race: text that the C library copies from, compares and searches") {
  char other[80];
  std::memset(other, 'a', sizeof other - 1);
  other[30] = 'x';
  other[sizeof other - 1] = 0;
  touches(78, 79, [](char* text) {
    char copy[80];
    std::strcpy(copy, text);
  });
  touches(9, 9, [](char* text) {
    char copy[80];
    std::strncpy(copy, text, 10);
  });
  touches(78, 79, [](char* text) { std::free(strdup(text)); });
  touches(29, 30, [&](char* text) { g_found = std::strncmp(text, other, 60) == 0; });
  touches(9, 9, [&](char* text) { g_found = std::strncmp(text, other, 10) == 0; });
  const auto mark = [](const auto& call) {
    return [&call](char* text) {
      text[40] = 'x';
      text[41] = 'y';
      g_found = call(text) != nullptr;
    };
  };
  touches(39, 41, mark([](char* text) { return std::strchr(text, 'x'); }));
  touches(78, 79, mark([](char* text) { return std::strrchr(text, 'x'); }));
  const char* volatile wanted = "xy";
  touches(39, 41, mark([&](char* text) { return std::strstr(text, wanted); }));
}

TEST_CASE("data race: what is printed into memory") {
  const std::size_t size = std::strlen(g_words);
  touches(4, 4, [](char* text) { std::sprintf(text, "%d", 1234); });
  touches(size, size, [](char* text) { std::snprintf(text, 80, "%s", g_words); });
  touches(9, 9, [](char* text) { std::snprintf(text, 10, "%s and %d", g_words, 4); });
  holds([] {
    char text[4] = "";
    std::thread other([&] { text[0] = 'b'; });
    EXPECT(std::snprintf(text, 0, "%d", 1234) == 4);
    other.join();
  });
}

TEST_CASE("data race: text that is printed") {
  touches(78, 79, [](char* text) { std::puts(text); });
  touches(78, 79, [](char* text) { std::fputs(text, stdout); });
  touches(9, 9, [](char* text) { std::fwrite(text, 5, 2, stdout); });
  touches(78, 79, [](char* text) { std::printf("%d: %s.\n", 1, text); });
  touches(78, 79, [](char* text) { std::fprintf(stderr, "%-*d%% %Lf %s.\n", 9, 1, 2.0L, text); });
  touches(9, 9, [](char* text) { std::printf("%5.2f %c %.*s\n", 0.5, 'c', 10, text); });
  touches(9, 9, [](char* text) { std::printf("%zu %p %.10s\n", sizeof(int), nullptr, text); });
  touches(78, 79, [](char* text) { std::cout << text << 1 << '\n'; });
  touches(9, 9, [](char* text) { std::cerr.write(text, 10); });
}

TEST_CASE("data race: a string that is printed, and another thread writes it") {
  const auto body = [](bool joins_first, const auto& change) {
    std::string name = "long enough to be in memory of its own";
    std::thread other([&] { change(name); });
    if (joins_first) other.join();
    std::cout << name << '\n';
    if (!joins_first) other.join();
  };
  const auto letter = [](std::string& name) { name[0] = 'L'; };
  const auto shorter = [](std::string& name) { name.pop_back(); };
  finds(Rule::kDataRace, [&] { body(false, letter); });
  finds(Rule::kDataRace, {"name"}, [&] { body(false, shorter); });
  holds([&] { body(true, letter); });
}

TEST_CASE("silent: what is printed with numbered arguments") {
  holds([] {
    std::string name = "somebody";
    std::thread other([&] { std::printf("%2$s %1$d\n", 1, name.c_str()); });
    std::printf("%2$s %1$d\n", 2, name.c_str());
    other.join();
  });
}

TEST_CASE("data race: an array that is sorted, and another thread looks at it") {
  const auto body = [](bool joins_first, std::size_t size) {
    char letters[] = "dcba";
    std::thread other([&] { g_found = letters[0] == 'a'; });
    if (joins_first) other.join();
    std::qsort(letters, size, 1, by_letter);
    if (!joins_first) other.join();
  };
  finds(Rule::kDataRace, {"letters"}, [&] { body(false, 4); });
  holds([&] { body(true, 4); });
  holds([&] { body(false, 1); });  // nothing to do
}

TEST_CASE("data race: a line that is read") {
  touches(3, 4, [](char* text) {
    char input[] = "one\ntwo\n";
    FILE* const file = fmemopen(input, sizeof input - 1, "r");
    EXPECT(std::fgets(text, 80, file) != nullptr);
    EXPECT(std::fgets(text, 4, file) != nullptr);
    std::fclose(file);
  });
}

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
