#include "grader/judge/bazel_env.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <system_error>

namespace lockstep::judge {
namespace {

BazelEnv env_of(const std::map<std::string, std::string>& variables) {
  return bazel_env([&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "bazel_env_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

TEST_CASE("without variables every case runs") {
  const BazelEnv env = env_of({});
  CHECK(env.runs(1, "a"));
  CHECK(env.runs(99, "b"));
  CHECK_FALSE(env.seed.has_value());
  announce_sharding(env);  // nothing to make
}

TEST_CASE("patterns of the filter") {
  struct Row {
    const char* pattern;
    int number;
    const char* name;
    bool matches;
  };
  const Row rows[] = {
      {"two threads", 3, "two threads", true},
      {"two", 3, "two threads", false},
      {"two*", 3, "two threads", true},
      {"*threads", 3, "two threads", true},
      {"*o*r*", 3, "two threads", true},
      {"*", 3, "", true},
      {"", 3, "two threads", false},
      {"3", 3, "two threads", true},
      {"3", 13, "two threads", false},
      {"t?o threads", 3, "two threads", true},
      {"t?o", 3, "to", false},
      {"a*a*a*a*b", 1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.name);
    CHECK(matches(row.pattern, row.number, row.name) == row.matches);
  }
}

TEST_CASE("a filter of several patterns") {
  const BazelEnv env = env_of({{"TESTBRIDGE_TEST_ONLY", "1:*sleeps*"}});
  CHECK(env.runs(1, "first"));
  CHECK(env.runs(7, "a waiter sleeps, it does not spin"));
  CHECK_FALSE(env.runs(2, "second"));
}

TEST_CASE("every case is in exactly one shard") {
  for (const int shards : {1, 2, 3, 7}) {
    for (int number = 1; number <= 20; ++number) {
      int runs = 0;
      for (int shard = 0; shard < shards; ++shard) {
        const BazelEnv env = env_of({{"TEST_TOTAL_SHARDS", std::to_string(shards)},
                                     {"TEST_SHARD_INDEX", std::to_string(shard)}});
        runs += env.runs(number, "name") ? 1 : 0;
      }
      CAPTURE(shards);
      CAPTURE(number);
      CHECK(runs == 1);
    }
  }
}

TEST_CASE("numbers that are none are refused") {
  CHECK_THROWS_AS(env_of({{"TEST_TOTAL_SHARDS", "two"}}), std::invalid_argument);
  CHECK_THROWS_AS(env_of({{"TEST_TOTAL_SHARDS", "2"}, {"TEST_SHARD_INDEX", "2"}}),
                  std::invalid_argument);
  CHECK_THROWS_AS(env_of({{"TEST_TOTAL_SHARDS", "-1"}}), std::invalid_argument);
  CHECK_THROWS_AS(env_of({{"TEST_RANDOM_SEED", "12x"}}), std::invalid_argument);
  CHECK(env_of({{"TEST_RANDOM_SEED", "18446744073709551615"}}).seed == ~std::uint64_t{0});
  CHECK(env_of({{"TEST_TOTAL_SHARDS", "0"}}).shards == 1);
  CHECK(env_of({{"TEST_TOTAL_SHARDS", ""}}).shards == 1);
}

TEST_CASE("the shard status file is made, and not being able to is an error") {
  const TemporaryDirectory directory;
  const std::string file = directory.file("status");
  announce_sharding(env_of({{"TEST_SHARD_STATUS_FILE", file}}));
  CHECK(std::filesystem::exists(file));
  CHECK_THROWS_AS(
      announce_sharding(env_of({{"TEST_SHARD_STATUS_FILE", directory.file("no/where")}})),
      std::system_error);
}

TEST_CASE("the premature exit file is there until the guard ends") {
  const TemporaryDirectory directory;
  const std::string file = directory.file("premature");
  {
    const PrematureExitGuard guard(env_of({{"TEST_PREMATURE_EXIT_FILE", file}}));
    CHECK(std::filesystem::exists(file));
  }
  CHECK_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace lockstep::judge
