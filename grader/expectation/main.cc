// The test behind every graded target: lets the judge grade some files and compares the verdict
// with what was expected of them.
//
//   expect --judge JUDGE --kit DIR --toolkit DIR --want WANT FILE...
//
// WANT is
//   passed   what a student's own files are asked for: the cases that were chosen pass (Bazel's
//            --test_filter and sharding choose)
//   full     every case passes, for 100 points
//   zero     a skeleton: every case ends, none that counts passes
//   ended    a half-filled skeleton: every case ends and earns its points if it holds, or the
//            compiler's error is in the student's file
//   killed   a wrong submission: fails what the comment at its top names (only that is built and
//            run)
//
// Prints the report, then what is not as expected. Exit 0: all as expected; 1: not; 2: no verdict.

#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "grader/expectation/expectation.h"
#include "grader/judge/verdict.h"
#include "grader/report/console.h"

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  return text.str();
}

// Bazel's folder for this test, gone when it ends. Files of a run are links there; the judge takes
// none, so the submission is a copy.
fs::path scratch() {
  if (const char* folder = std::getenv("TEST_TMPDIR")) return folder;
  std::string name = fs::temp_directory_path() / "lockstep.XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

// Runs `command` to its end. Returns its exit status, or 128 and more if a signal ended it.
int run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) throw std::runtime_error("no process to be had");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> complaints(const std::string& want,
                                    const lockstep::judge::Verdict& verdict,
                                    const fs::path& submission) {
  if (want == "full") return lockstep::complaints_unless_full(verdict);
  if (want == "zero") return lockstep::complaints_unless_zero(verdict);
  if (want == "ended") return lockstep::complaints_unless_ended(verdict);
  return lockstep::complaints_unless_killed(verdict, lockstep::marks_in(submission));
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Grades files and compares the verdict with what is expected of them.");
  std::string judge;
  std::string kit;
  std::string toolkit;
  std::string want;
  std::vector<std::string> files;
  app.add_option("--judge", judge)->required();
  app.add_option("--kit", kit)->required();
  app.add_option("--toolkit", toolkit)->required();
  app.add_option("--want", want)
      ->required()
      ->check(CLI::IsMember({"passed", "full", "zero", "ended", "killed"}));
  app.add_option("files", files)->required();
  CLI11_PARSE(app, argc, argv);

  const fs::path folder = scratch();
  const fs::path submission = folder / "submission";
  fs::create_directory(submission);
  for (const fs::path file : files) fs::copy_file(file, submission / file.filename());

  const fs::path document = folder / "verdict.json";
  std::vector<std::string> command{judge,   "grade",        "--kit",    kit,         "--toolkit",
                                   toolkit, "--submission", submission, "--verdict", document};
  // Bazel's own report of the cases; of a submission that must fail it would be a list of failures.
  const char* junit = std::getenv("XML_OUTPUT_FILE");
  if (want == "passed" && junit != nullptr) command.insert(command.end(), {"--junit", junit});
  if (want == "killed") {
    const std::set<std::string> cases = lockstep::cases_of(lockstep::marks_in(submission));
    if (!cases.empty()) command.emplace_back("--narrow");
    for (const std::string& one : cases) command.insert(command.end(), {"--case", one});
  }
  const int status = run(command);
  if (!fs::exists(document)) {
    std::cerr << "the judge gave no verdict (exit status " << status << ")\n";
    return 2;
  }

  const lockstep::judge::Verdict verdict = lockstep::judge::read(contents(document));
  std::cout << lockstep::report::console(verdict, {});
  if (want == "passed") return status;
  const std::vector<std::string> wrong = complaints(want, verdict, submission);
  for (const std::string& complaint : wrong) std::cout << "NOT AS EXPECTED: " << complaint << '\n';
  return wrong.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
