#include "grader/judge/bazel_env.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace lockstep::judge {
namespace {

template <class Number>
std::optional<Number> number_in(const char* name, const std::optional<std::string>& text) {
  if (!text || text->empty()) return std::nullopt;
  Number value{};
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end) {
    throw std::invalid_argument(std::string(name) + "=" + *text + " is not a number");
  }
  return value;
}

std::vector<std::string> patterns_in(std::string_view text) {
  std::vector<std::string> patterns;
  while (!text.empty()) {
    const std::size_t end = text.find(':');
    if (end != 0) patterns.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return patterns;
}

// `*` is any text, `?` any one byte. Goes back to the last `*` only: linear in practice, and never
// worse than the product of the lengths.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t covered = 0;  // by the last star
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      covered = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++covered;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

void make_file(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "cannot make " + path);
  close(file);
}

}  // namespace

bool matches(std::string_view pattern, int number, std::string_view name) {
  return pattern == std::to_string(number) || glob(pattern, name);
}

bool BazelEnv::runs(int number, std::string_view name) const {
  const bool chosen = only.empty() || std::ranges::any_of(only, [&](const std::string& pattern) {
                        return matches(pattern, number, name);
                      });
  return chosen && (number - 1) % shards == shard;
}

BazelEnv bazel_env(const std::function<std::optional<std::string>(const char*)>& variable) {
  BazelEnv env;
  env.only = patterns_in(variable("TESTBRIDGE_TEST_ONLY").value_or(""));
  env.shards = number_in<int>("TEST_TOTAL_SHARDS", variable("TEST_TOTAL_SHARDS")).value_or(1);
  env.shard = number_in<int>("TEST_SHARD_INDEX", variable("TEST_SHARD_INDEX")).value_or(0);
  env.shard_status_file = variable("TEST_SHARD_STATUS_FILE").value_or("");
  env.seed = number_in<std::uint64_t>("TEST_RANDOM_SEED", variable("TEST_RANDOM_SEED"));
  env.premature_exit_file = variable("TEST_PREMATURE_EXIT_FILE").value_or("");
  env.xml_output_file = variable("XML_OUTPUT_FILE").value_or("");
  // Bazel 4 sets TEST_TOTAL_SHARDS=0 for a test that is not sharded.
  env.shards = env.shards == 0 ? 1 : env.shards;
  if (env.shards < 0 || env.shard < 0 || env.shard >= env.shards) {
    throw std::invalid_argument("TEST_SHARD_INDEX=" + std::to_string(env.shard) +
                                " is not below TEST_TOTAL_SHARDS=" + std::to_string(env.shards));
  }
  return env;
}

BazelEnv bazel_env() {
  return bazel_env([](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
  });
}

void announce_sharding(const BazelEnv& env) {
  if (!env.shard_status_file.empty()) make_file(env.shard_status_file);
}

PrematureExitGuard::PrematureExitGuard(const BazelEnv& env) : path_(env.premature_exit_file) {
  if (!path_.empty()) make_file(path_);
}

PrematureExitGuard::~PrematureExitGuard() {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace lockstep::judge
