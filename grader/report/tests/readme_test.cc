// The README's picture of a failure is what the reporter prints today for the untouched skeleton of
// lab 03_races: a student's first sight of the house must not be an old photograph.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "grader/judge/verdict.h"
#include "grader/report/console.h"
#include "grader/report/text.h"

namespace lockstep::report {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  REQUIRE_MESSAGE(!text.str().empty(), path << " cannot be read");
  return text.str();
}

std::string real(const std::string& path) { return fs::canonical(path).string(); }

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  REQUIRE_MESSAGE(value != nullptr, name << " is not set");
  return value;
}

TEST_CASE("the README's failure is today's") {
  const fs::path submission = variable("TEST_TMPDIR") + "/submission";
  fs::create_directories(submission);
  // Bazel hands out links, which the judge does not follow.
  fs::copy_file(variable("SKELETON"), submission / "races.h", fs::copy_options::overwrite_existing);
  const std::string verdict = variable("TEST_TMPDIR") + "/verdict.json";
  const std::string command = variable("JUDGE") + " grade --kit " + real(variable("KIT")) +
                              " --toolkit " + real(variable("TOOLKIT")) + " --submission " +
                              submission.string() + " --case 1 --verdict " + verdict;
  // 1: not all points.
  CHECK(WEXITSTATUS(std::system(command.c_str())) == 1);

  ConsoleOptions options;
  options.only_failures = true;
  const std::string report = console(judge::read(text_of(verdict)), options);
  std::string picture;
  for (const std::string_view line : split_lines(report)) {
    if (line.find("replay: ./lab replay") != std::string_view::npos) break;
    picture += (line.empty() ? "" : "    " + std::string(line)) + "\n";
  }
  INFO("the README should show\n" << picture);
  CHECK(text_of("README.md").find("\n\n" + picture) != std::string::npos);
}

}  // namespace
}  // namespace lockstep::report
