#include "grader/judge/tests/grading.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "grader/judge/files.h"
#include "grader/judge/process_tree.h"

namespace lockstep::judge::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr char kHere[] = "grader/judge/tests";
constexpr double kPatience = 120;  // seconds; only ends what hangs

constexpr char kPlan[] = R"({
  "lab": "00_jail", "title": "A counter in a jail",
  "files": ["counter.h"], "tests": ["counter_test.cc"], "prerequisites": ["00_earlier"],
  "forbidden": [{"identifier": "shared_mutex", "reason": "a plain mutex is enough here"}]
})";

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return fs::canonical(value).string();
}

// Where a program in the jail might have left something, if it could.
std::vector<std::string> traces(const std::string& scratch, int judge,
                                const std::set<pid_t>& strangers) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(scratch)) found.push_back(entry.path());
  for (const char* directory : {"/", "/tmp/", "/dev/shm/", "/usr/", "/out/", "/work/"}) {
    const std::string mark = std::string(directory) + "lockstep-was-here";
    if (fs::exists(mark)) found.push_back(mark);
  }
  const std::string group = "lockstep-" + std::to_string(judge) + "-";
  std::error_code ignored;
  fs::recursive_directory_iterator entry("/sys/fs/cgroup",
                                         fs::directory_options::skip_permission_denied, ignored);
  for (const fs::recursive_directory_iterator end; entry != end; entry.increment(ignored)) {
    if (ignored) break;
    if (entry->path().filename().string().starts_with(group)) found.push_back(entry->path());
  }
  // Orphans have become our children.
  for (const pid_t child : own_children()) {
    if (!strangers.contains(child)) found.push_back("process " + std::to_string(child));
  }
  return found;
}

}  // namespace

Grading::Grading() : strangers_(own_children()) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::string root = "/tmp/judge-test-XXXXXX";
  if (mkdtemp(root.data()) == nullptr) throw std::runtime_error("no temporary directory");
  chmod(root.c_str(), 0755);
  root_ = root;
  scratch_ = root_ + "/scratch";
  for (const char* directory :
       {"/scratch", "/kit", "/kit/00_jail", "/kit/00_earlier", "/own", "/own/00_earlier"}) {
    fs::create_directory(root_ + directory);
  }
  write_file(root_ + "/kit/plan.json", kPlan);
  write_file(root_ + "/kit/00_jail/counter_test.cc",
             read_file(std::string(kHere) + "/lab/00_jail/counter_test.cc"));
  for (const std::string& labs : {root_ + "/kit", own_labs()}) {
    write_file(labs + "/00_earlier/earlier.h",
               read_file(std::string(kHere) + "/lab/00_earlier/earlier.h"));
  }
  double seconds = 0;
  int pid = 0;
  const int status = run({from_environment("JUDGE"), "list", "--kit", root_ + "/kit", "--toolkit",
                          from_environment("TOOLKIT"), "--submission", reference(), "--scratch",
                          scratch_, "--cases", root_ + "/kit/cases.json"},
                         seconds, pid);
  if (status != 0) throw std::runtime_error("the reference cannot be listed");
}

Grading::~Grading() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::string Grading::new_submission() {
  const std::string directory = root_ + "/submission-" + std::to_string(++submissions_);
  fs::create_directory(directory);
  return directory;
}

std::string Grading::reference() {
  const std::string directory = new_submission();
  write_file(directory + "/counter.h", read_file(std::string(kHere) + "/lab/00_jail/counter.h"));
  return directory;
}

std::string Grading::own_labs() const { return root_ + "/own"; }

std::string Grading::hostile(const std::string& name) {
  const std::string directory = new_submission();
  std::string text = read_file(std::string(kHere) + "/hostile/" + name + ".h");
  if (text.find("class Counter") == std::string::npos) {
    text += read_file(std::string(kHere) + "/lab/00_jail/counter.h");
  }
  write_file(directory + "/counter.h", text);
  return directory;
}

Grading::Outcome Grading::grade(const std::string& submission,
                                const std::vector<std::string>& options,
                                const std::vector<std::string>& prefix) {
  const std::string document = root_ + "/verdict.json";
  fs::remove(document);
  std::vector<std::string> command = prefix;
  command.insert(command.end(), {from_environment("JUDGE"), "grade", "--kit", root_ + "/kit",
                                 "--toolkit", from_environment("TOOLKIT"), "--submission",
                                 submission, "--scratch", scratch_, "--verdict", document});
  command.insert(command.end(), options.begin(), options.end());
  Outcome outcome;
  int judge = 0;
  outcome.status = run(command, outcome.seconds, judge);
  outcome.left_behind = traces(scratch_, judge, strangers_);
  if (fs::exists(document)) outcome.verdict = read(read_file(document));
  return outcome;
}

int Grading::run(const std::vector<std::string>& command, double& seconds, int& pid) {
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&start] {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid = fork();
  if (pid == 0) {
    // Bazel's filters and report files are for us, not for the judge under test.
    for (const char* name :
         {"TESTBRIDGE_TEST_ONLY", "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", "TEST_SHARD_STATUS_FILE",
          "TEST_PREMATURE_EXIT_FILE", "XML_OUTPUT_FILE", "TEST_RANDOM_SEED"}) {
      unsetenv(name);
    }
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (elapsed() > kPatience) {
      kill(pid, SIGTERM);
      waitpid(pid, &status, 0);
      throw std::runtime_error("the judge did not end");
    }
    constexpr int kMicroseconds = 5'000;
    usleep(kMicroseconds);
  }
  seconds = elapsed();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace lockstep::judge::testing
