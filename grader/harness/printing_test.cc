// What a failed CHECK says of values: built with the prelude, linked to the harness library, as a
// graded program is. (The harness's own main is for the judge and always ends well: a fault ends
// the process here.)

#include "grader/harness/lab_test.h"

namespace {

struct Unprintable {};

// That these link is the test: doctest's library part must not be needed for more than it exports.
void compares_pointers() {
  int number = 0;
  const int* const same = &number;
  const Unprintable* const none = nullptr;
  CHECK(&number == same);
  CHECK(none == nullptr);
  CHECK(std::make_unique<int>() != nullptr);
  CHECK(std::optional<int>() == std::nullopt);
}

template <class T>
void prints(const T& value, const std::string& wanted) {
  const std::string text = doctest::toString(value).c_str();
  if (text == wanted) return;
  std::cerr << "\"" << text << "\" instead of \"" << wanted << "\"\n";
  std::_Exit(EXIT_FAILURE);
}

}  // namespace

TEST_CASE("values") {
  using namespace std::chrono_literals;
  compares_pointers();
  prints(std::optional<int>(), "nothing");
  prints(std::optional<int>(3), "3");
  prints(std::nullopt, "nothing");
  prints(std::pair(1, std::string("one")), "(1, one)");
  prints(std::tuple(1, true, std::optional<int>()), "(1, true, nothing)");
  prints(std::vector<int>{}, "[]");
  prints(std::vector<int>{1, 2}, "[1, 2]");
  prints(std::vector<bool>{true, false}, "[true, false]");
  prints(std::vector<std::pair<int, int>>{{1, 2}, {3, 4}}, "[(1, 2), (3, 4)]");
  prints(std::vector<int>(25, 7),
         "[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, "
         "... and 5 more]");
  prints(std::deque<std::string>{"a", "b"}, "[a, b]");
  prints(std::array<int, 2>{1, 2}, "[1, 2]");
  prints(std::list<int>{1}, "[1]");
  prints(std::set<int>{2, 1}, "{1, 2}");
  prints(std::multiset<int>{1, 1}, "{1, 1}");
  prints(std::map<std::string, int>{{"one", 1}, {"two", 2}}, "{one: 1, two: 2}");
  prints(250ms, "250 ms");
  prints(3s, "3 s");
  prints(2h, "2 h");
  prints(std::chrono::duration<int, std::ratio<1, 4>>(3), "0.75 s");
  prints(static_cast<const void*>(nullptr), "nullptr");
  prints(std::make_shared<int>(1), "a pointer");
  prints(std::vector<int*>{nullptr}, "[nullptr]");
  prints(std::thread::id(), "no thread");
}

TEST_CASE("threads are called what reports call them") {
  std::string mine;
  std::string other;
  explore([&] {
    mine = doctest::toString(std::this_thread::get_id()).c_str();
    std::thread thread([&] { other = doctest::toString(std::this_thread::get_id()).c_str(); });
    thread.join();
  });
  prints(mine, "thread main");
  prints(other, "thread A");
}
