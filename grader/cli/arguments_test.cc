#include "grader/cli/arguments.h"

#include <doctest/doctest.h>

#include "grader/cli/errors.h"

namespace lockstep::cli {
namespace {

using Words = std::vector<std::string>;

template <class Wanted>
Wanted parsed(const Words& words) {
  const Request request = parse(words);
  REQUIRE(std::holds_alternative<Wanted>(request));
  return std::get<Wanted>(request);
}

TEST_CASE("errors of the command line say what mends them") {
  struct Row {
    Words words;
    const char* message;
    const char* next;
  };
  const Row rows[] = {
      {{"grad", "5"}, "there is no command `grad`; did you mean grade?", "./lab --help"},
      {{"grade"}, "LAB is required", "./lab grade --help"},
      {{"grade", "5", "--jason"},
       "there is no option --jason; did you mean --json?",
       "./lab grade --help"},
      {{"grade", "5", "--sumbission=x"},
       "there is no option --sumbission; did you mean --submission?",
       "./lab grade --help"},
      {{"grade", "5", "6"}, "`6` is one word too many", "./lab grade --help"},
      {{"grade", "5", "--case"}, "--case: 1 required NUMBER|NAME missing", "./lab grade --help"},
      {{"hint", "5", "--level", "0"}, "--level: Value 0 not in range 1 to 3", "./lab hint --help"},
      {{"hint", "5", "--level", "4"}, "--level: Value 4 not in range 1 to 3", "./lab hint --help"},
      {{"hint", "5", "--level", "two"},
       "--level: Value two not in range 1 to 3",
       "./lab hint --help"},
      {{"replay", "5", "--case", "1"}, "--schedule is required", "./lab replay --help"},
      {{"replay", "5", "--schedule", "A"}, "--case is required", "./lab replay --help"},
      {{"verify", "--repeat", "0"},
       "--repeat: Value 0 not in range 1 to 1000000",
       "./lab verify --help"},
      {{"explore"}, "FILE is required", "./lab explore --help"},
      {{"explore", "a.cc", "--strategy", "luck"},
       "--strategy: luck not in {auto,dpor,bounded,pct,"
       "random}",
       "./lab explore --help"},
      {{"explore", "a.cc", "--executions", "0"},
       "--executions: Value 0 not in range 1 to 9223372036854775807",
       "./lab explore --help"},
      {{"explore", "a.cc", "--ignore", "data-rase"},
       "there is no rule `data-rase`; did you mean data-race?",
       "docs/rules has a page for each rule"},
      {{"explore", "a.cc", "--require", "busy-wat"},
       "there is no rule `busy-wat`; did you mean busy-wait?",
       "docs/rules has a page for each rule"},
      {{"--jason"}, "there is no option --jason; did you mean --help?", "./lab --help"},
  };
  for (const Row& row : rows) {
    std::string message, next;
    try {
      parse(row.words);
    } catch (const Error& error) {
      message = error.what();
      next = error.next();
    }
    CHECK(message == std::string(row.message));
    CHECK(next == std::string(row.next));
  }
}

TEST_CASE("alone, it lists") { CHECK(std::holds_alternative<ListRequest>(parse({}))); }

TEST_CASE("every command has help with an example") {
  const Words commands = {"grade",  "hint",   "replay", "explore", "bench",
                          "verify", "mutate", "test",   "skeleton"};
  const std::string all = parsed<HelpRequest>({"--help"}).text;
  for (const std::string& command : commands) {
    CAPTURE(command);
    CHECK(all.find("\n  " + command) != std::string::npos);
    for (const char* flag : {"--help", "-h"}) {
      const std::string text = parsed<HelpRequest>({command, flag}).text;
      CHECK(text.find("Usage: ./lab " + command) != std::string::npos);
      CHECK(text.find("Examples:\n  ./lab " + command) != std::string::npos);
    }
  }
}

TEST_CASE("grade") {
  const GradeRequest plain = parsed<GradeRequest>({"grade", "5"});
  CHECK(plain.lab == "5");
  CHECK(plain.submission == "");
  CHECK(plain.wanted == "");
  CHECK_FALSE(plain.own);
  CHECK_FALSE(plain.json);
  const GradeRequest full =
      parsed<GradeRequest>({"grade", "--submission", "dir", "rlock", "--own", "--json", "--case",
                            "two threads", "--timing", "--all"});
  CHECK(full.lab == "rlock");
  CHECK(full.submission == "dir");
  CHECK(full.wanted == "two threads");
  CHECK(full.own);
  CHECK(full.json);
  CHECK(full.timing);
  CHECK(full.all);
}

TEST_CASE("hint, replay, verify, mutate, test, bench, skeleton") {
  CHECK(parsed<HintRequest>({"hint", "5"}).level == 1);
  CHECK(parsed<HintRequest>({"hint", "5", "--case=3", "--level=2"}).wanted == "3");
  const ReplayRequest replay =
      parsed<ReplayRequest>({"replay", "03_races", "--case", "2", "--schedule", "A2B2A", "--gdb"});
  CHECK(replay.schedule == "A2B2A");
  CHECK(replay.gdb);
  CHECK(parsed<VerifyRequest>({"verify"}).repeat == 1);
  const VerifyRequest verify = parsed<VerifyRequest>({"verify", "3", "5", "--repeat", "20"});
  CHECK(verify.labs == Words{"3", "5"});
  CHECK(verify.repeat == 20);
  CHECK(parsed<MutateRequest>({"mutate"}).labs.empty());
  const MutateRequest mutate =
      parsed<MutateRequest>({"mutate", "5", "--list", "--json", "--mutant", "rlock.h:3:drop-lock"});
  CHECK(mutate.labs == Words{"5"});
  CHECK(mutate.list);
  CHECK(mutate.json);
  CHECK(mutate.mutant == "rlock.h:3:drop-lock");
  CHECK(parsed<TestRequest>({"test"}).targets.empty());
  CHECK(parsed<TestRequest>({"test", "//grader/..."}).targets == Words{"//grader/..."});
  CHECK(parsed<BenchRequest>({"bench", "5", "--submission", "d"}).submission == "d");
  CHECK(parsed<SkeletonRequest>({"skeleton", "5"}).lab == "5");
}

TEST_CASE("explore: what is ours, the compiler's and the program's") {
  const ExploreRequest plain = parsed<ExploreRequest>({"explore", "a.cc"});
  CHECK(plain.strategy == "auto");
  CHECK(plain.executions == 10'000);
  CHECK(plain.seed == 1);
  CHECK(plain.clock == "both");

  const ExploreRequest full = parsed<ExploreRequest>(
      {"explore",   "-I",         "include",   "a.c",          "-DN=2",  "-std=c11",
       "b.cc",      "--strategy", "pct",       "--executions", "7",      "--seed",
       "3",         "--ignore",   "data-race", "--ignore",     "leak",   "--require",
       "busy-wait", "--json",     "--",        "-std=x",       "--json", "in put"});
  CHECK(full.files == Words{"a.c", "b.cc"});
  CHECK(full.flags == Words{"-std=c11", "-Iinclude", "-DN=2"});
  CHECK(full.strategy == "pct");
  CHECK(full.executions == 7);
  CHECK(full.seed == 3);
  CHECK(full.ignored == std::vector<Rule>{Rule::kDataRace, Rule::kLeak});
  CHECK(full.required == std::vector<Rule>{Rule::kBusyWait});
  CHECK(full.json);
  CHECK(full.arguments == Words{"-std=x", "--json", "in put"});

  const ExploreRequest habit =
      parsed<ExploreRequest>({"explore", "-O2", "-Wall", "-pthread", "-g", "a.c", "-Llib", "-lm"});
  CHECK(habit.files == Words{"a.c"});
  CHECK(habit.flags == Words{"-O2", "-Wall", "-pthread", "-g"});
  CHECK(habit.libraries == Words{"-Llib", "-lm"});

  CHECK(parsed<ExploreRequest>({"explore", "--replay", "m3A2", "a.c"}).schedule == "m3A2");
  CHECK_THROWS_AS(parse({"explore", "--", "a.cc"}), Error);  // the program gets it, not us
}

}  // namespace
}  // namespace lockstep::cli
