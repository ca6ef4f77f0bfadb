// `./lab explore`, from the outside: every program of this folder with the verdict it must get.
//
// Not instrumented and not linked to the explorer: it starts the command as a user does. In Bazel
// the command's toolkit is the one that was built (see the environment in `Command`).

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kPrograms = "grader/explorer/tests/programs";

struct Outcome {
  int status = -1;
  std::string output;
  std::string errors;
};

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of this process; with the links that the command finds the toolkit by.
class Sandbox {
 public:
  Sandbox() {
    const char* temporary = std::getenv("TEST_TMPDIR");
    root_ = fs::path(temporary != nullptr ? temporary : "/tmp") /
            ("explore_" + std::to_string(getpid()));
    fs::create_directories(root_ / ".bazel/bin/grader/judge");
    std::ofstream(root_ / "WORKSPACE");
    link("grader/toolkit");
    link("grader/judge/judge");
  }
  ~Sandbox() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const fs::path& root() const { return root_; }

 private:
  void link(const std::string& built) {
    fs::create_symlink(fs::absolute(built), root_ / ".bazel/bin" / built);
  }
  fs::path root_;
};

// Runs `lab explore ARGUMENTS` in the folder of the programs.
Outcome explore(const std::vector<std::string>& arguments, const std::string& input = "") {
  static const Sandbox sandbox;
  const fs::path lab = fs::absolute("grader/cli/lab");
  const fs::path in = sandbox.root() / "input", out = sandbox.root() / "output",
                 err = sandbox.root() / "errors";
  std::ofstream(in) << input;

  std::vector<std::string> words{lab.string(), "explore"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    setenv("LOCKSTEP_ROOT", sandbox.root().c_str(), 1);
    setenv("LOCKSTEP_BAZEL", "true", 1);  // everything is built already
    fs::current_path(kPrograms);
    const auto redirect = [](const fs::path& path, int flags, int to) {
      const int descriptor = open(path.c_str(), flags, 0600);
      if (descriptor < 0 || dup2(descriptor, to) < 0) _exit(127);
    };
    redirect(in, O_RDONLY, STDIN_FILENO);
    redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(out), read(err)};
}

constexpr int kFoundNothing = 0, kFoundSomething = 1, kNotExplored = 2;

struct Row {
  const char* name;
  std::vector<std::string> arguments;
  int status = kFoundNothing;
  std::string rule;                       // of what is found
  std::optional<bool> exhaustive;         // where the row decides it
  std::vector<std::string> message_says;  // words of the JSON's `message`
  std::string input;
};

const std::vector<Row> kRows = {
    {"nothing wrong", {"counter_locked.c"}, kFoundNothing, "", true, {}, ""},
    {"one thread", {"single_thread.c"}, kFoundNothing, "", true, {}, ""},
    {"deadlock in C",
     {"transfer_deadlock.c"},
     kFoundSomething,
     "deadlock",
     {},
     {"savings.lock", "wallet.lock"},
     ""},
    {"race in C++", {"counter_racy.cc"}, kFoundSomething, "data-race", {}, {"total"}, ""},
    {"past the race: what it causes",
     {"counter_racy.cc", "--ignore", "data-race"},
     kFoundSomething,
     "crash",
     {},
     {"total == 2"},
     ""},
    {"past the race: nothing",
     {"counter_approximate.cc", "--ignore", "data-race"},
     kFoundNothing,
     "",
     {},
     {},
     ""},
    {"the same race, not ignored",
     {"counter_approximate.cc"},
     kFoundSomething,
     "data-race",
     {},
     {"hits"},
     ""},
    {"lost wake-up", {"lost_wakeup.cc"}, kFoundSomething, "lost-wakeup", {}, {"door_opened"}, ""},
    {"C11 threads", {"c11_threads.c"}, kFoundSomething, "lost-wakeup", {}, {"go"}, ""},
    {"main ends before its detached thread",
     {"main_does_not_join.cc"},
     kFoundSomething,
     "data-race",
     {},
     {"progress"},
     ""},
    {"threads alive at the end are a note", {"threads_alive.c"}, kFoundNothing, "", true, {}, ""},
    {"... and where one sleeps is destroyed",
     {"semaphore_alive.cc"},
     kFoundNothing,
     "",
     true,
     {},
     ""},
    {"pthread_exit from main", {"main_leaves_by_pthread_exit.c"}, kFoundNothing, "", true, {}, ""},
    {"a non-zero status is no finding", {"exit_status.cc"}, kFoundNothing, "", true, {}, ""},
    {"exit in a thread", {"exit_in_thread.cc"}, kFoundNothing, "", true, {}, ""},
    {"a spin is a note", {"spin.cc"}, kFoundNothing, "", {}, {}, ""},
    {"a spin, required not to be",
     {"spin.cc", "--require", "busy-wait"},
     kFoundSomething,
     "busy-wait",
     {},
     {"ready"},
     ""},
    {"a leak is a note", {"leak.c"}, kFoundNothing, "", true, {}, ""},
    {"a leak, required not to be",
     {"leak.c", "--require", "leak"},
     kFoundSomething,
     "leak",
     {},
     {},
     ""},
    {"what the C library remembers",
     {"libc_state.c", "--", "-v", "-n", "7", "rest"},
     kFoundNothing,
     "",
     true,
     {},
     "input"},
    {"standard input, iostream", {"reads_input.cc"}, kFoundNothing, "", {}, {}, "10\n20\n30\n"},
    {"standard input, stdio", {"reads_lines.c"}, kFoundNothing, "", true, {}, "10\n20\n30\n"},
    {"fork", {"forks.c"}, kNotExplored, "", {}, {"fork"}, ""},
    {"a signal handler", {"handles_signal.c"}, kNotExplored, "", {}, {"signal"}, ""},
    {"system()", {"runs_command.c"}, kNotExplored, "", {}, {"system"}, ""},
    {"two files and flags",
     {"two_files_main.cc", "two_files_worker.cc", "-DTURNS=2", "-Iinclude"},
     kFoundNothing,
     "",
     true,
     {},
     ""},
    {"two files and flags, apart, and a standard",
     {"-I", "include", "-D", "TURNS=1", "-std=c++17", "two_files_worker.cc", "two_files_main.cc"},
     kFoundNothing,
     "",
     true,
     {},
     ""},
    {"C and C++ together",
     {"mixed_main.cc", "mixed_part.c"},
     kFoundSomething,
     "data-race",
     {},
     {"c_total"},
     ""},
    {"does not build", {"does_not_build.cc"}, kNotExplored, "", {}, {"undeclared_name"}, ""},
    {"no such file", {"no_such_file.cc"}, kNotExplored, "", {}, {"no_such_file.cc"}, ""},
    {"crash in one order", {"null_in_thread.cc"}, kFoundSomething, "crash", {}, {"null"}, ""},
    {"exception", {"throws.cc"}, kFoundSomething, "exception", {}, {"main gave up"}, ""},
    {"arguments", {"arguments.cc", "--", "3"}, kFoundNothing, "", true, {}, ""},
    {"endless loop", {"endless.c"}, kFoundSomething, "endless-loop", {}, {"endless.c"}, ""},
    {"more orders than the budget",
     {"too_many_orders.cc", "--executions", "100"},
     kFoundNothing,
     "",
     false,
     {},
     ""},
    {"destructors of globals", {"global_destructor.cc"}, kFoundNothing, "", true, {}, ""},
    {"longer than an execution may be",
     {"long_loop.c", "--executions", "20"},
     kFoundNothing,
     "",
     false,
     {},
     ""},
    {"the same for ever", {"polite.cc"}, kFoundSomething, "livelock", {}, {}, ""},
    {"memory from before main, freed",
     {"global_freed.cc"},
     kFoundSomething,
     "use-after-free",
     {},
     {"settings->limit"},
     ""},
    {"memory from before main, freed twice",
     {"global_freed_twice.cc"},
     kFoundSomething,
     "double-free",
     {},
     {"main frees"},
     ""},
    {"a global destroyed too early",
     {"global_destroyed_early.cc"},
     kFoundSomething,
     "data-race",
     {},
     {"lines"},
     ""},
    {"a thread from before main",
     {"thread_before_main.cc"},
     kNotExplored,
     "",
     {},
     {"before main"},
     ""},
    {"too many threads", {"too_many_threads.cc"}, kNotExplored, "", {}, {"192 threads"}, ""},
    {"a connection that nobody ends",
     {"echo_server.c"},
     kFoundSomething,
     "deadlock",
     {},
     {"something to read", "port 8080"},
     ""},
    {"a connection that somebody ends",
     {"echo_server.c", "-DHANGS_UP"},
     kFoundNothing,
     "",
     true,
     {},
     ""},
    {"strategy dpor",
     {"transfer_deadlock.c", "--strategy", "dpor"},
     kFoundSomething,
     "deadlock",
     {},
     {},
     ""},
    {"strategy bounded",
     {"transfer_deadlock.c", "--strategy", "bounded"},
     kFoundSomething,
     "deadlock",
     {},
     {},
     ""},
    {"strategy pct",
     {"transfer_deadlock.c", "--strategy", "pct", "--seed", "7"},
     kFoundSomething,
     "deadlock",
     {},
     {},
     ""},
    {"strategy random",
     {"transfer_deadlock.c", "--strategy", "random", "--seed", "7"},
     kFoundSomething,
     "deadlock",
     {},
     {},
     ""},
};

const char* outcome_name(int status) {
  if (status == kFoundNothing) return "clean";
  return status == kFoundSomething ? "found" : "error";
}

// `--json` goes before the program's own arguments.
std::vector<std::string> with_json(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "--json");
  return arguments;
}

json explore_as_json(const std::vector<std::string>& arguments, const std::string& input = "") {
  const Outcome outcome = explore(with_json(arguments), input);
  INFO(outcome.output, outcome.errors);
  json document = json::parse(outcome.output, nullptr, false);
  REQUIRE(document.is_object());
  return document;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("every program gets its verdict, as JSON") {
  for (const Row& row : kRows) {
    const Outcome outcome = explore(with_json(row.arguments), row.input);
    INFO(std::string(row.name), "\n", outcome.output, "\n", outcome.errors);
    CHECK(outcome.status == row.status);
    const json document = json::parse(outcome.output, nullptr, false);
    CHECK(document.is_object());
    if (!document.is_object()) continue;
    CHECK(document.value("outcome", "") == outcome_name(row.status));
    for (const std::string& word : row.message_says) {
      INFO("the message must say ", word);
      CHECK(contains(document.value("message", ""), word));
    }
    if (row.status == kNotExplored) continue;
    CHECK(document.at("exhaustive").is_boolean());
    if (row.exhaustive) CHECK(document["exhaustive"] == *row.exhaustive);
    CHECK(document.at("executions").get<long>() >= 1);
    CHECK(document.at("seconds").get<double>() >= 0);
    if (row.status != kFoundSomething) continue;
    CHECK(document.value("rule", "") == row.rule);
    CHECK(document.at("preemptions").is_number_integer());
    CHECK(document.at("schedule").is_string());
    CHECK(document.at("steps").is_array());
    for (const json& step : document["steps"]) {
      for (const char* key : {"thread", "file", "operation"}) CHECK(step.at(key).is_string());
      CHECK(step.at("line").is_number_integer());
      CHECK(step.contains("before"));
      CHECK(step.contains("after"));
    }
  }
}

TEST_CASE("the report names what was found and how to see it again") {
  const Outcome outcome = explore({"transfer_deadlock.c"});
  INFO(outcome.output, outcome.errors);
  CHECK(outcome.status == kFoundSomething);
  CHECK(contains(outcome.output, "savings.lock"));
  CHECK(contains(outcome.output, "wallet.lock"));
  CHECK(contains(outcome.output, "transfer_deadlock.c:15"));
  CHECK(contains(outcome.output, "--replay"));
}

TEST_CASE("a replay shows the same again, in one execution") {
  const json found = explore_as_json({"transfer_deadlock.c"});
  const std::string schedule = found.at("schedule");
  const json again = explore_as_json({"transfer_deadlock.c", "--replay", schedule});
  CHECK(again.at("rule") == "deadlock");
  CHECK(again.at("executions") == 1);
  CHECK(again.at("steps") == found.at("steps"));
  CHECK(again.at("message") == found.at("message"));
}

TEST_CASE("one mutex, two threads, three increments: 20 interleavings, all of them") {
  const json document = explore_as_json({"counter_locked.c", "--strategy", "dpor"});
  CHECK(document.at("exhaustive") == true);
  CHECK(document.at("executions") == 20);
}

TEST_CASE("the same input gives the same document, but for the time it took") {
  json first = explore_as_json({"lost_wakeup.cc"});
  json second = explore_as_json({"lost_wakeup.cc"});
  first.erase("seconds");
  second.erase("seconds");
  CHECK(first == second);
}

TEST_CASE("what is clean says whether that is all") {
  const Outcome all = explore({"counter_locked.c"});
  INFO(all.output, all.errors);
  CHECK(all.status == kFoundNothing);
  CHECK(contains(all.output, "20 interleavings"));
  const Outcome some = explore({"too_many_orders.cc", "--executions", "100"});
  INFO(some.output, some.errors);
  CHECK(some.status == kFoundNothing);
  CHECK(contains(some.output, "100"));
  CHECK(contains(some.output, "seed"));
}

TEST_CASE("notes are told") {
  struct Noted {
    const char* program;
    const char* word;
  };
  for (const Noted& noted : {Noted{"spin.cc", "busy-wait"}, Noted{"leak.c", "leak"}}) {
    const Outcome outcome = explore({noted.program});
    INFO(std::string(noted.program), "\n", outcome.output, outcome.errors);
    CHECK(outcome.status == kFoundNothing);
    CHECK(contains(outcome.output, noted.word));
  }
  const Outcome alive = explore({"threads_alive.c"});
  INFO(alive.output, alive.errors);
  CHECK(alive.status == kFoundNothing);
  CHECK(contains(alive.output, "threads_alive.c:12"));
}

TEST_CASE("the exit status is printed") {
  const Outcome main_returns = explore({"exit_status.cc"});
  INFO(main_returns.output, main_returns.errors);
  CHECK(main_returns.status == kFoundNothing);
  CHECK(contains(main_returns.output, "exit status 3"));
  const Outcome thread_exits = explore({"exit_in_thread.cc"});
  INFO(thread_exits.output, thread_exits.errors);
  CHECK(contains(thread_exits.output, "exit status 4"));
  CHECK(count(thread_exits.output, "handler") == 1);
  CHECK_FALSE(contains(thread_exits.output, "never printed"));
}

TEST_CASE("only the reported execution's output is shown") {
  const Outcome outcome = explore({"prints_order.cc"});
  INFO(outcome.output, outcome.errors);
  CHECK(outcome.status == kFoundSomething);
  CHECK(count(outcome.output, "signed by 1\n") == 1);
  CHECK(count(outcome.output, "signed by 2\n") == 1);
  const std::size_t first = outcome.output.find("signed by 2\n");
  CHECK(first < outcome.output.find("signed by 1\n"));
  const Outcome clean = explore({"counter_racy.cc", "--ignore", "data-race", "--ignore", "crash"});
  INFO(clean.output, clean.errors);
  CHECK(clean.status == kFoundNothing);
  CHECK(count(clean.output, "total is") == 1);
}

TEST_CASE("what cannot be explored is named") {
  const Outcome forks = explore({"forks.c"});
  CHECK(forks.status == kNotExplored);
  CHECK(contains(forks.output + forks.errors, "fork"));
  const Outcome broken = explore({"does_not_build.cc"});
  CHECK(broken.status == kNotExplored);
  CHECK(contains(broken.output + broken.errors, "does_not_build.cc:2"));
  const Outcome wrong_rule = explore({"spin.cc", "--require", "busy-wat"});
  CHECK(wrong_rule.status == kNotExplored);
  CHECK(contains(wrong_rule.output + wrong_rule.errors, "busy-wait"));
}
