// Submissions that are out to harm, each with the verdict that it must get: which rule for which of
// the three cases of lab/00_jail, or which rule instead of a build. None may pass, hang, or leave a
// process, a file or a control group behind.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "grader/judge/files.h"
#include "grader/judge/tests/grading.h"

namespace lockstep::judge::testing {
namespace {

namespace fs = std::filesystem;

// One kit for all tests of this file.
Grading& grading() {
  static Grading instance;
  return instance;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all;
}

// Limits that end a hostile program soon, and still far above what an honest one needs.
const std::vector<std::string> kTight{"--require-jail", "--cpu-limit=5", "--wall-limit=60",
                                      "--memory-limit=268435456",
                                      "--compile-memory-limit=536870912"};

Grading::Outcome grade(const std::string& submission, std::vector<std::string> more = {}) {
  std::vector<std::string> options = kTight;
  options.insert(options.end(), more.begin(), more.end());
  Grading::Outcome outcome = grading().grade(submission, options);
  CHECK(joined(outcome.left_behind) == "");
  // Every second belongs to one case.
  double seconds = 0;
  for (const CaseVerdict& one : outcome.verdict.cases) seconds += one.seconds;
  CHECK(seconds <= outcome.verdict.seconds.cases);
  return outcome;
}

// "passed", "not_run" or the rule broken; an error that is nobody's fault as "error RULE".
std::string result(const CaseVerdict& verdict) {
  if (verdict.outcome == CaseOutcome::kPassed || verdict.outcome == CaseOutcome::kNotRun) {
    return std::string(name_of(verdict.outcome));
  }
  const std::string rule(verdict.rule ? name_of(*verdict.rule) : "");
  return verdict.outcome == CaseOutcome::kError ? "error " + rule : rule;
}

std::string results(const Verdict& verdict) {
  std::vector<std::string> all;
  for (const CaseVerdict& one : verdict.cases) all.push_back(result(one));
  return joined(all);
}

void check_refused(const Grading::Outcome& outcome, std::string_view rule) {
  CHECK(outcome.status == 2);
  CHECK(outcome.verdict.outcome == Outcome::kNotBuilt);
  CHECK_FALSE(outcome.verdict.build.ok);
  REQUIRE(outcome.verdict.build.rule);
  CHECK(name_of(*outcome.verdict.build.rule) == rule);
  CHECK_FALSE(outcome.verdict.build.message.empty());
  CHECK(outcome.verdict.points == 0);
  CHECK(results(outcome.verdict) == "not_run, not_run, not_run");
}

}  // namespace

TEST_CASE("the reference passes: the jail is in nobody's way") {
  const Grading::Outcome outcome = grade(grading().reference());
  CHECK(outcome.status == 0);
  CHECK(outcome.verdict.points == 100);
  CHECK(results(outcome.verdict) == "passed, passed, passed");
  CHECK(outcome.verdict.tools.jail.starts_with("bubblewrap"));
}

TEST_CASE("programs") {
  struct Row {
    const char* name;
    std::vector<std::string> results;
    std::vector<std::string> options = {};
  };
  const auto all = [](const char* rule) { return std::vector<std::string>{rule, rule, rule}; };
  const std::vector<Row> rows{
      // Ways to end before anybody has looked.
      {"static_exit", all("early-exit")},
      {"exit_in_thread", {"passed", "early-exit", "early-exit"}},
      {"atexit_exit", all("early-exit")},
      {"kill_everybody", all("early-exit")},
      {"close_all_descriptors", all("early-exit")},
      {"no_checks", {"crash", "early-exit", "data-race"}},
      // Ways to lie.
      {"forged_events", all("forged-account")},
      {"forged_end", all("forged-account")},
      {"forged_xml", all("check-failed")},
      {"reads_own_memory", {"check-failed", "check-failed", "data-race"}},
      // Ways to multiply.
      {"fork_bomb", all("process-limit")},
      {"raw_fork_bomb", {"process-limit", "forbidden", "forbidden"}},
      {"thread_bomb", all("process-limit")},
      {"daemon", all("process-limit")},
      // Ways to take everything.
      {"ten_gigabytes", all("memory-limit")},
      {"ten_gigabytes_in_case", {"passed", "memory-limit", "memory-limit"}},
      {"full_memory_disk", all("early-exit")},
      {"huge_file", all("output-limit")},
      {"endless_output", all("output-limit")},
      {"endless_output_in_case",
       {"not_run", "output-limit", "not_run"},
       {"--case=one thread adds"}},
      {"endless_loop",
       {"not_run", "endless-loop", "not_run"},
       {"--cpu-limit=20", "--case=one thread adds"}},
      {"swallow_signals", all("endless-loop")},
      {"sleep_for_ever", all("error time-limit"), {"--wall-limit=4"}},
      // Ways to die.
      {"infinite_recursion", {"crash", "crash", "data-race"}},
      {"throwing_destructor", {"exception", "exception", "data-race"}},
      {"huge_core", all("crash")},
      {"erase_of_empty", {"passed", "crash", "crash"}},
      {"null_pointer", {"passed", "crash", "passed"}},
      {"dies_in_the_middle", {"passed", "crash", "passed"}},
      // Ways out.
      {"reads_solutions", {"check-failed", "check-failed", "data-race"}},
      {"writes_outside", {"check-failed", "check-failed", "data-race"}},
      {"opens_socket", all("forbidden")},
      {"traces_the_judge", all("forbidden")},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.name));
    const Grading::Outcome outcome = grade(grading().hostile(row.name), row.options);
    CHECK(outcome.status == 1);
    CHECK(outcome.verdict.outcome == Outcome::kGraded);
    CHECK(results(outcome.verdict) == joined(row.results));
    for (const CaseVerdict& one : outcome.verdict.cases) {
      CHECK((one.outcome == CaseOutcome::kPassed) == (one.earned > 0));
      const bool nothing_to_say =
          one.outcome == CaseOutcome::kPassed || one.outcome == CaseOutcome::kNotRun;
      CHECK(nothing_to_say == one.message.empty());
      if (one.rule == Rule::kMemoryLimit) CHECK_FALSE(one.details.empty());
    }
  }
}

TEST_CASE("texts") {
  struct Row {
    const char* name;
    const char* rule;
    int line;  // where the refusal points; 0: nowhere in particular
    std::vector<std::string> options = {};
  };
  const std::vector<Row> rows{
      // Other meanings for the words of the tests.
      {"redefined_check", "forbidden", 2},
      {"undefined_check", "forbidden", 2},
      {"redefined_keyword", "forbidden", 2},
      {"redefined_api", "forbidden", 2},
      {"hidden_directive", "compile-error", 3},
      {"grader_names", "forbidden", 2},
      {"defines_main", "forbidden", 0},
      {"defines_malloc", "forbidden", 0},
      {"defines_mutex_lock", "forbidden", 0},
      {"defines_new", "forbidden", 0},
      // Code that runs or hides where it should not.
      {"preinit_array", "forbidden", 0},
      {"ifunc", "forbidden", 0},
      {"assembly", "forbidden", 2},
      {"makes_key_readable", "forbidden", 5},
      {"not_instrumented", "forbidden", 2},
      // What the lab forbids.
      {"forbidden_word", "forbidden", 3},
      {"pasted_forbidden", "forbidden", 4},
      // Other files.
      {"includes_reference", "forbidden", 2},
      {"includes_upwards", "forbidden", 2},
      {"includes_dev_zero", "forbidden", 2},
      {"includes_dev_stdin", "forbidden", 2},
      {"includes_by_macro", "forbidden", 3},
      {"includes_grader", "forbidden", 2},
      {"line_directive", "forbidden", 2},
      {"line_marker", "forbidden", 2},
      // The compiler's own patience.
      {"template_bomb", "memory-limit", 0},
      {"template_bomb", "time-limit", 0, {"--compile-cpu-limit=1"}},
      {"error_flood", "compile-error", 0},
      {"many_errors", "compile-error", 2},
      // No harm meant.
      {"does_not_compile", "compile-error", 6},
      {"lacks_a_method", "compile-error", 9},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.name));
    const Grading::Outcome outcome = grade(grading().hostile(row.name), row.options);
    check_refused(outcome, row.rule);
    CHECK(outcome.verdict.build.line == row.line);
  }
}

TEST_CASE("an error is told in the student's words, and quotes no other file") {
  const Build build = grade(grading().hostile("does_not_compile")).verdict.build;
  CHECK(build.file == "00_jail/counter.h");
  CHECK(build.source == "  void add(int n) { valu_ += n; }");
  CHECK(build.message.starts_with("`valu_` was not declared in this scope; did you mean "));
  CHECK(build.errors == 1);

  const Build missing = grade(grading().hostile("lacks_a_method")).verdict.build;
  CHECK(missing.file == "00_jail/counter_test.cc");
  CHECK(missing.message.starts_with("`class lab::Counter` has no member named `value`"));
  CHECK(missing.errors == 3);
}

TEST_CASE("files that are none") {
  Grading& here = grading();
  const auto refused = [](const std::string& submission, std::string_view rule) {
    check_refused(grade(submission), rule);
  };
  SUBCASE("missing") { refused(here.new_submission(), "no-such-file"); }
  SUBCASE("a link to the reference") {
    const std::string submission = here.new_submission();
    fs::create_symlink(here.reference() + "/counter.h", submission + "/counter.h");
    refused(submission, "forbidden");
  }
  SUBCASE("a link to a file of the system") {
    const std::string submission = here.new_submission();
    fs::create_symlink("/etc/shadow", submission + "/counter.h");
    const Grading::Outcome outcome = grade(submission);
    check_refused(outcome, "forbidden");
    CHECK(outcome.verdict.build.source.empty());
  }
  SUBCASE("a device") {
    const std::string submission = here.new_submission();
    fs::create_symlink("/dev/zero", submission + "/counter.h");
    refused(submission, "forbidden");
  }
  SUBCASE("a directory") {
    const std::string submission = here.new_submission();
    fs::create_directory(submission + "/counter.h");
    refused(submission, "forbidden");
  }
  SUBCASE("a pipe that nobody writes to") {
    const std::string submission = here.new_submission();
    REQUIRE(mkfifo((submission + "/counter.h").c_str(), 0644) == 0);
    refused(submission, "forbidden");
  }
  SUBCASE("a file of 100 MB") {
    const std::string submission = here.new_submission();
    write_file(submission + "/counter.h", "// ");
    fs::resize_file(submission + "/counter.h", 100'000'000);
    refused(submission, "forbidden");
  }
  SUBCASE("binary garbage") {
    const std::string submission = here.new_submission();
    std::string garbage;
    for (int i = 0; i < 4096; ++i) garbage += static_cast<char>(i * 7919 >> 3);
    write_file(submission + "/counter.h", garbage);
    refused(submission, "compile-error");
  }
  SUBCASE("an empty file") {
    const std::string submission = here.new_submission();
    write_file(submission + "/counter.h", "");
    refused(submission, "compile-error");
  }
}

TEST_CASE("what a crash leaves of the other cases, it leaves whole") {
  const Grading::Outcome outcome = grade(grading().hostile("dies_in_the_middle"));
  CHECK(outcome.verdict.points == 60);
  CHECK(outcome.verdict.cases[1].message == "The program was ended by SIGKILL (Killed).");
  CHECK(outcome.verdict.cases[2].exhaustive);
}

TEST_CASE("a replayed schedule is the same finding, field by field") {
  const std::string submission = grading().new_submission();
  write_file(submission + "/counter.h",
             "namespace lab {\n"
             "class Counter {\n"
             " public:\n"
             "  void add(int n) { value_ = value_ + n; }\n"
             "  int value() { return value_; }\n"
             " private:\n"
             "  int value_ = 0;\n"
             "};\n"
             "}  // namespace lab\n");
  const Verdict found = grade(submission, {"--case=two threads add"}).verdict;
  REQUIRE(result(found.cases[2]) == "data-race");
  REQUIRE_FALSE(found.cases[2].interleaving.steps.empty());
  Verdict again =
      grade(submission, {"--case=two threads add", "--schedule=" + found.cases[2].schedule})
          .verdict;
  CHECK(again.cases[2].strategy == "replay");
  CHECK(again.cases[2].executions == 1);
  // How it was found, and how long that took, is all that differs.
  again.seconds = found.seconds;
  again.cases[2].seconds = found.cases[2].seconds;
  again.cases[2].strategy = found.cases[2].strategy;
  again.cases[2].executions = found.cases[2].executions;
  again.cases[2].exhaustive = found.cases[2].exhaustive;
  again.cases[2].bounds = found.cases[2].bounds;
  CHECK(write(again) == write(found));
}

TEST_CASE("what a lab forbids, the labs that it builds on may be made of") {
  const std::string submission = grading().reference();
  const std::string file = submission + "/counter.h";
  write_file(file, "#include \"00_earlier/earlier.h\"\n" + read_file(file));
  SUBCASE("the reference's") {
    const Grading::Outcome outcome = grade(submission);
    CHECK(outcome.verdict.points == 100);
    CHECK_FALSE(outcome.verdict.submission.own);
  }
  SUBCASE("the student's own") {
    const Grading::Outcome outcome = grade(submission, {"--own-labs", grading().own_labs()});
    CHECK(outcome.verdict.points == 100);
    CHECK(outcome.verdict.submission.own);
  }
  SUBCASE("and it stays forbidden in this one") {
    write_file(file, read_file(file) + "lab::Earlier earlier; std::shared_mutex mine;\n");
    check_refused(grade(submission), "forbidden");
  }
}

TEST_CASE("an interrupted judge leaves nothing behind") {
  // The judge gets SIGTERM while the program sleeps.
  const Grading::Outcome outcome =
      grading().grade(grading().hostile("sleep_for_ever"), kTight,
                      {"/usr/bin/timeout", "--preserve-status", "--signal=TERM", "3"});
  CHECK(outcome.status == 2);
  CHECK(joined(outcome.left_behind) == "");
}

// Needs root, to hide bubblewrap from the judge in a mount namespace of its own.
TEST_CASE("without a jail the verdict says so, or is refused" * doctest::skip(geteuid() != 0)) {
  const std::vector<std::string> hidden{"/usr/bin/unshare",
                                        "--mount",
                                        "/bin/sh",
                                        "-c",
                                        "mount --bind /dev/null /usr/bin/bwrap && exec \"$@\"",
                                        "sh"};
  SUBCASE("refused") {
    const Grading::Outcome outcome =
        grading().grade(grading().reference(), {"--require-jail"}, hidden);
    CHECK(outcome.status == 2);
    CHECK(outcome.verdict.outcome == Outcome::kError);
    CHECK(outcome.verdict.points == 0);
  }
  SUBCASE("said") {
    const Grading::Outcome outcome = grading().grade(grading().reference(), {}, hidden);
    CHECK(outcome.status == 0);
    CHECK(outcome.verdict.points == 100);
    CHECK(outcome.verdict.tools.jail.starts_with("none"));
    REQUIRE(outcome.verdict.notes.size() == 1);
    CHECK(outcome.verdict.notes[0].starts_with("No jail: bubblewrap is not installed"));
    CHECK(joined(outcome.left_behind) == "");
  }
  SUBCASE("limits hold") {
    const Grading::Outcome outcome =
        grading().grade(grading().hostile("swallow_signals"), {"--cpu-limit=3"}, hidden);
    CHECK(results(outcome.verdict) == "endless-loop, endless-loop, endless-loop");
    CHECK(joined(outcome.left_behind) == "");
  }
}

}  // namespace lockstep::judge::testing
