#include "grader/cli/course.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "grader/cli/errors.h"
#include "grader/cli/nearest.h"

namespace lockstep::cli {
namespace {

Course some_labs() {
  return Course({{"01_threads", "Threads", {}, false},
                 {"03_races", "Races", {}, true},
                 {"05_rlock", "RLock", {}, true},
                 {"10_queue", "Queues", {}, true},
                 {"12_thread_pool", "A pool", {"10_queue"}, true},
                 {"15_shared_memory", "Memory", {}, false}});
}

TEST_CASE("all the names of a lab") {
  struct Row {
    const char* what;
    const char* name;
    const char* lab;
  };
  const Row rows[] = {
      {"its folder", "05_rlock", "05_rlock"},
      {"its number", "5", "05_rlock"},
      {"its number as in the folder", "05", "05_rlock"},
      {"its word", "rlock", "05_rlock"},
      {"capitals", "RLock", "05_rlock"},
      {"a word of two", "thread_pool", "12_thread_pool"},
      {"a number of two digits", "10", "10_queue"},
      {"a path from the root", "labs/05_rlock", "05_rlock"},
      {"as the shell completes it", "labs/05_rlock/", "05_rlock"},
      {"from within labs", "./05_rlock/", "05_rlock"},
  };
  const Course course = some_labs();
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(course.find(row.name).name == row.lab);
  }
}

TEST_CASE("an unknown lab suggests the nearest that stands") {
  struct Row {
    const char* name;
    const char* message;
  };
  const Row rows[] = {
      {"rlokc", "there is no lab `rlokc`; did you mean 05_rlock?"},
      {"rlok", "there is no lab `rlok`; did you mean 05_rlock?"},
      {"quue", "there is no lab `quue`; did you mean 10_queue?"},
      {"race", "there is no lab `race`; did you mean 03_races?"},
      {"pool", "there is no lab `pool`; did you mean 12_thread_pool?"},
      {"05_rlokc", "there is no lab `05_rlokc`; did you mean 05_rlock?"},
      {"50", "there is no lab `50`; did you mean 05_rlock?"},
      {"1", "01_threads (Threads) is not in this course yet"},
      {"shared_memory", "15_shared_memory (Memory) is not in this course yet"},
  };
  const Course course = some_labs();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    std::string message, next;
    try {
      course.find(row.name);
    } catch (const Error& error) {
      message = error.what();
      next = error.next();
    }
    CHECK(message == std::string(row.message));
    CHECK(next.find("./lab") == 0);
  }
  CHECK_THROWS_AS(course.find(""), Error);
  CHECK_THROWS_AS(Course({}).find("5"), Error);
}

TEST_CASE("the course that is built in has the standing labs of labs/course.bzl") {
  const Course course = Course::built_in();
  CHECK(course.labs().size() >= 21);
  CHECK(course.find("3").name == "03_races");
  CHECK(course.find("rlock").title == "A lock that its owner may take again");
  CHECK(std::ranges::is_sorted(course.labs(), {}, &Lab::name));
}

TEST_CASE("edit distance") {
  struct Row {
    const char* a;
    const char* b;
    int distance;
  };
  const Row rows[] = {
      {"", "", 0},         {"", "abc", 3},      {"abc", "", 3},
      {"same", "same", 0}, {"same", "SAME", 0}, {"abc", "abd", 1},
      {"abc", "acb", 1},   {"abc", "ab", 1},    {"kitten", "sitting", 3},
      {"ca", "abc", 3},
  };
  for (const Row& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(edit_distance(row.a, row.b) == row.distance);
    CHECK(edit_distance(row.b, row.a) == row.distance);
  }
  CHECK(nearest("x", {}) == "");
  CHECK(nearest("grad", {"verify", "grade", "test"}) == "grade");
}

}  // namespace
}  // namespace lockstep::cli
