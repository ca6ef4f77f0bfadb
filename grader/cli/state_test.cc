#include "grader/cli/state.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "grader/cli/build.h"
#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"

namespace lockstep::cli {
namespace {

namespace fs = std::filesystem;

judge::Verdict verdict(const std::string& lab, int points) {
  judge::Verdict verdict;
  verdict.lab = lab;
  verdict.points = points;
  verdict.max_points = 100;
  return verdict;
}

TEST_CASE("points are remembered, the last ones of each lab") {
  const TemporaryDirectory folder;
  const State state((Workspace(folder.path())));
  CHECK(state.scores().empty());
  CHECK_FALSE(state.last_verdict("05_rlock").has_value());
  state.remember(verdict("05_rlock", 10));
  state.remember(verdict("03_races", 100));
  state.remember(verdict("05_rlock", 60));
  const std::map<std::string, Score> scores = state.scores();
  REQUIRE(scores.size() == 2);
  CHECK(scores.at("05_rlock").points == 60);
  CHECK(scores.at("03_races").max_points == 100);
  CHECK(state.last_verdict("05_rlock")->points == 60);
}

TEST_CASE("a state file that is damaged is as good as none") {
  const char* texts[] = {"",
                         "{",
                         "[]",
                         "{}",
                         R"({"version": 2, "labs": {"05_rlock": {"points": 1, "max_points": 2}}})",
                         R"({"version": 1})",
                         R"({"version": 1, "labs": {"05_rlock": 7}})",
                         R"({"version": 1, "labs": {"05_rlock": {"points": "1"}}})"};
  for (const char* text : texts) {
    CAPTURE(std::string(text));
    const TemporaryDirectory folder;
    write_file(folder.path() / ".lockstep/points.json", text);
    write_file(folder.path() / ".lockstep/verdicts/05_rlock.json", text);
    const State state((Workspace(folder.path())));
    CHECK(state.scores().empty());
    CHECK_FALSE(state.last_verdict("05_rlock").has_value());
    state.remember(verdict("05_rlock", 60));
    CHECK(state.scores().at("05_rlock").points == 60);
  }
}

TEST_CASE("compile_flags.txt is written once, and again when it was changed") {
  const TemporaryDirectory folder;
  const Workspace workspace(folder.path());
  const fs::path path = folder.path() / "compile_flags.txt";
  workspace.write_compile_flags();
  const std::string text = read_file(path);
  CHECK(text.find("-std=c++20\n") != std::string::npos);
  CHECK(text.find("-Ilabs\n") != std::string::npos);
  const auto written = fs::last_write_time(path);
  workspace.write_compile_flags();
  CHECK(fs::last_write_time(path) == written);
  write_file(path, "-std=c++11\n");
  workspace.write_compile_flags();
  CHECK(read_file(path) == text);
}

TEST_CASE("an edit of the student's builds nothing anew, one of the grader's does") {
  const TemporaryDirectory folder;
  const Workspace workspace(folder.path());
  const std::vector<Lab> labs = {{"05_rlock", "", {"04_lock"}, true}};
  const auto put = [&](const char* path, const char* text) {
    write_file(folder.path() / path, text);
  };
  put("WORKSPACE", "");
  put("grader/judge/main.cc", "1");
  put("labs/05_rlock/rlock.h", "student");
  put("labs/05_rlock/rlock_test.cc", "cases");
  put("labs/05_rlock/README.md", "text");
  put("solutions/05_rlock/rlock.h", "reference");
  put("solutions/04_lock/lock.h", "reference");
  struct Row {
    const char* what;
    const char* path;
    bool builds;
  };
  const Row rows[] = {
      {"the student's file", "labs/05_rlock/rlock.h", false},
      {"the text", "labs/05_rlock/README.md", false},
      {"an editor's own file", "labs/05_rlock/.rlock.h.swp", false},
      {"another lab", "labs/10_queue/queue_test.cc", false},
      {"a wrong submission", "solutions/05_rlock/wrong/a/rlock.h", false},
      {"the cases", "labs/05_rlock/rlock_test.cc", true},
      {"the reference", "solutions/05_rlock/rlock.h", true},
      {"the reference of a lab it needs", "solutions/04_lock/lock.h", true},
      {"the judge", "grader/judge/main.cc", true},
      {"a new file of the grader", "grader/explorer/new.cc", true},
      {"the course", "labs/course.bzl", true},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.what));
    const std::string before = fingerprint(workspace, labs);
    CHECK(fingerprint(workspace, labs) == before);
    put(row.path, "something longer than before, to be sure");
    CHECK((fingerprint(workspace, labs) != before) == row.builds);
    fs::remove(folder.path() / row.path);
    put(row.path, "x");
  }
}

TEST_CASE("a program's outputs are kept apart, its end is told") {
  Command command;
  command.argv = {"sh", "-c", "echo out; echo err >&2; echo \"$X\" >&198; pwd; exit 3"};
  command.environment["X"] = "told";
  command.directory = "/";
  command.capture_output = true;
  command.capture_errors = true;
  command.result_descriptor = 198;
  // dash knows one digit only.
  command.argv[0] = "bash";
  const Finished finished = run(command);
  CHECK(finished.status == 3);
  CHECK(finished.output == "out\n/\n");
  CHECK(finished.errors == "err\n");
  CHECK(finished.result == "told\n");

  command.argv = {"bash", "-c", "kill -SEGV $$"};
  CHECK(run(command).status == 128 + 11);
  command.argv = {"no_such_program_at_all"};
  CHECK_THROWS_AS(run(command), Error);
}

TEST_CASE("much output on every pipe at once") {
  Command command;
  command.argv = {"bash", "-c",
                  "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; "
                  "head -c 300000 /dev/zero >&198"};
  command.capture_output = true;
  command.capture_errors = true;
  command.result_descriptor = 198;
  const Finished finished = run(command);
  CHECK(finished.output.size() == 300'000);
  CHECK(finished.errors.size() == 300'000);
  CHECK(finished.result.size() == 300'000);
}

TEST_CASE("a command as it could be typed") {
  CHECK(quoted({"./lab", "grade", "05_rlock"}) == "./lab grade 05_rlock");
  CHECK(quoted({"a b", "", "it's", "$x"}) == "'a b' '' 'it'\\''s' '$x'");
}

}  // namespace
}  // namespace lockstep::cli
