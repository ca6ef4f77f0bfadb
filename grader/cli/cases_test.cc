#include "grader/cli/cases.h"

#include <doctest/doctest.h>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"

namespace lockstep::cli {
namespace {

const std::vector<KnownCase> kCases = {
    {1, "owner may lock again", 10, {"idea"}, {}},
    {2, "two threads are never inside together", 10, {}, {}},
    {3, "two threads take turns", 10, {}, {}},
    {4, "12 waiters", 10, {}, {}},
};

TEST_CASE("a case by number, name or a part of it") {
  struct Row {
    const char* wanted;
    int number;
  };
  const Row rows[] = {
      {"1", 1},
      {"4", 4},
      {"owner may lock again", 1},
      {"Owner May Lock Again", 1},
      {"never inside", 2},
      {"TURNS", 3},
      {"12", 4},  // no case has this number; one has it in its name
  };
  for (const Row& row : rows) {
    CAPTURE(row.wanted);
    CHECK(find_case(kCases, row.wanted, "05_rlock").number == row.number);
  }
}

TEST_CASE("what is no case says what there is") {
  struct Row {
    const char* wanted;
    const char* message;
  };
  const Row rows[] = {
      {"99", "05_rlock has no case `99`"},
      {"0", "05_rlock has no case `0`"},
      {"two threads",
       "`two threads` is part of 2 cases' names: \"two threads are never inside "
       "together\", \"two threads take turns\""},
      {"onwer", "05_rlock has no case `onwer`; did you mean \"owner may lock again\"?"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.wanted);
    std::string message, next;
    try {
      find_case(kCases, row.wanted, "05_rlock");
    } catch (const Error& error) {
      message = error.what();
      next = error.next();
    }
    CHECK(message == std::string(row.message));
    CHECK(next == "give a number from 1 to 4 or a name; ./lab grade 05_rlock lists them");
  }
}

TEST_CASE("cases as the kit lists them") {
  const TemporaryDirectory kit;
  write_file(kit.path() / "cases.json",
             R"([{"number": 1, "name": "a", "file": "f", "line": 3, "points": 40,
                  "hints": ["x", "y"], "checks": 2, "explorations": [2]}])");
  const std::vector<KnownCase> cases = cases_in(kit.path());
  REQUIRE(cases.size() == 1);
  CHECK(cases[0].name == "a");
  CHECK(cases[0].points == 40);
  CHECK(cases[0].hints == std::vector<std::string>{"x", "y"});
  write_file(kit.path() / "cases.json", "[{}]");
  CHECK_THROWS_AS(cases_in(kit.path()), Error);
  CHECK_THROWS_AS(cases_in(kit.path() / "nowhere"), Error);
}

}  // namespace
}  // namespace lockstep::cli
