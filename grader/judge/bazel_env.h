#ifndef GRADER_JUDGE_BAZEL_ENV_H_
#define GRADER_JUDGE_BAZEL_ENV_H_

// What `bazel test` asks of a test program by environment variables (the "Test Encyclopedia" of
// Bazel's documentation), for the judge run as a test.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::judge {

struct BazelEnv {
  std::vector<std::string> only;      // TESTBRIDGE_TEST_ONLY (--test_filter); empty: all cases
  int shards = 1;                     // TEST_TOTAL_SHARDS
  int shard = 0;                      // TEST_SHARD_INDEX, from 0
  std::string shard_status_file;      // TEST_SHARD_STATUS_FILE
  std::optional<std::uint64_t> seed;  // TEST_RANDOM_SEED (set for each run by --runs_per_test)
  std::string premature_exit_file;    // TEST_PREMATURE_EXIT_FILE
  std::string xml_output_file;        // XML_OUTPUT_FILE

  // Whether this run is to judge the case: it is chosen by `only` and falls to this shard. `number`
  // counts from 1. Cases go round the shards by number, so that every case is in exactly one of
  // them however the filter is set.
  bool runs(int number, std::string_view name) const;
};

// Reads the variables through `variable` (which returns nothing for one that is not set). Throws
// std::invalid_argument, naming the variable, where a number is none, or a shard index is not below
// the number of shards: a test that guesses could leave cases out and pass.
BazelEnv bazel_env(const std::function<std::optional<std::string>(const char*)>& variable);

// The same from this process's environment.
BazelEnv bazel_env();

// One of `only`'s patterns matches: the case's number, its whole name, or a name with `*` for any
// text and `?` for any character. Patterns are separated by `:` in the variable, as in GoogleTest.
bool matches(std::string_view pattern, int number, std::string_view name);

// Tells Bazel that sharding is understood, by making TEST_SHARD_STATUS_FILE. Throws
// std::system_error when it cannot be made: Bazel would take every shard for a full run.
void announce_sharding(const BazelEnv& env);

// Exists as long as the test has not come to its end: Bazel fails a test that exits with 0 while
// TEST_PREMATURE_EXIT_FILE is there.
class PrematureExitGuard {
 public:
  explicit PrematureExitGuard(const BazelEnv& env);
  ~PrematureExitGuard();
  PrematureExitGuard(const PrematureExitGuard&) = delete;
  PrematureExitGuard& operator=(const PrematureExitGuard&) = delete;

 private:
  const std::string path_;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_BAZEL_ENV_H_
