#include "grader/judge/kit.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace lockstep::judge {
namespace {

ExpectedCase one(int number, const std::string& name, const std::string& file) {
  ExpectedCase expected;
  expected.number = number;
  expected.name = name;
  expected.file = file;
  return expected;
}

// Two files, whose cases are numbered through.
Kit two_files() {
  Kit kit;
  kit.lab = "00_lab";
  kit.tests = {"a_test.cc", "b_test.cc"};
  kit.cases = {one(1, "first", "00_lab/a_test.cc"), one(2, "second", "00_lab/a_test.cc"),
               one(3, "third", "00_lab/b_test.cc"), one(4, "fourth", "00_lab/b_test.cc")};
  return kit;
}

Kit narrowed_to(const std::set<std::string>& names) {
  return narrowed(two_files(),
                  [&](const ExpectedCase& expected) { return names.contains(expected.name); });
}

std::string listed(const Kit& kit) {
  std::string text;
  for (const ExpectedCase& expected : kit.cases) {
    text += std::to_string(expected.number) + " " + expected.name + ", ";
  }
  return text;
}

TEST_CASE("a narrowed kit has the files of the chosen cases, and all that these hold") {
  const Kit narrow = narrowed_to({"fourth"});
  CHECK(narrow.tests == std::vector<std::string>{"b_test.cc"});
  CHECK(listed(narrow) == "1 third, 2 fourth, ");
  CHECK(listed(narrowed_to({"first"})) == "1 first, 2 second, ");
}

TEST_CASE("a kit is whole where every file has a chosen case, or where none has") {
  for (const std::set<std::string>& names :
       std::vector<std::set<std::string>>{{"second", "third"}, {}, {"no such case"}}) {
    CHECK(narrowed_to(names).tests == two_files().tests);
    CHECK(listed(narrowed_to(names)) == "1 first, 2 second, 3 third, 4 fourth, ");
  }
}

}  // namespace
}  // namespace lockstep::judge
