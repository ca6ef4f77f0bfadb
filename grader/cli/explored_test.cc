#include "grader/cli/explored.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "grader/cli/errors.h"

namespace lockstep::cli {
namespace {

using Words = std::vector<std::string>;

const Words kToolkit = {"-std=c++20",
                        "-g",
                        "-fsanitize=thread",
                        "-Og",
                        "-Wno-tsan",
                        "--param",
                        "tsan-distinguish-volatile=1",
                        "-Wall",
                        "-isystem",
                        "/k/shim",
                        "-include",
                        "/k/pch/prelude.h"};

TEST_CASE("each file has its compiler") {
  CHECK(compiler_for("a.c") == "gcc");
  CHECK(compiler_for("dir.c/a.cc") == "g++");
  CHECK(compiler_for("a.cpp") == "g++");
  CHECK(compiler_for("a.cxx") == "g++");
  CHECK_THROWS_AS(compiler_for("a.py"), Error);
  CHECK_THROWS_AS(compiler_for("a"), Error);
}

TEST_CASE("flags: what makes code explorable, and what the user gave") {
  const Words common = {"-g",      "-fsanitize=thread",           "-Og",      "-Wno-tsan",
                        "--param", "tsan-distinguish-volatile=1", "-isystem", "/k/shim"};
  const auto with = [&](Words front) {
    front.insert(front.begin(), "-fvisibility=hidden");
    front.insert(front.end(), common.begin(), common.end());
    return front;
  };
  CHECK(compile_flags(kToolkit, {}, "a.cc") == with({"-std=c++20"}));
  CHECK(compile_flags(kToolkit, {}, "a.c") == with({}));
  CHECK(compile_flags(kToolkit, {"-std=c++17", "-DN"}, "a.cc") == with({"-std=c++17", "-DN"}));
  CHECK(compile_flags(kToolkit, {"-std=c++17", "-DN"}, "a.c") == with({"-DN"}));
  CHECK(compile_flags(kToolkit, {"-std=gnu11"}, "a.c") == with({"-std=gnu11"}));
  CHECK(compile_flags(kToolkit, {"-std=gnu11"}, "a.cc") == with({"-std=c++20"}));
}

ExploreRequest request() {
  ExploreRequest request;
  request.files = {"race.cc"};
  request.flags = {"-DN=2"};
  request.ignored = {Rule::kLeak};
  request.arguments = {"two words"};
  return request;
}

Explored found() {
  Explored explored;
  Result& result = explored.result;
  result.executions = 3;
  result.strategy = "dpor";
  result.output = "hello\n";
  result.exit_status = 4;
  result.notes.push_back({Rule::kLeak, "8 bytes are never freed.", {"race.cc", 9, ""}});
  Finding& finding = result.finding.emplace();
  finding.rule = Rule::kDataRace;
  finding.message = "Data race: two threads use `x`.";
  finding.schedule = "A2B";
  finding.preemptions = 1;
  finding.threads = {{"A", {"race.cc", 5, ""}}, {"B", {"race.cc", 6, ""}}};
  Step& step = finding.steps.emplace_back();
  step.number = 1;
  step.thread = "A";
  step.place = {"race.cc", 3, ""};
  step.operation = "writes";
  step.object = "x";
  step.before = "0";
  step.after = "1";
  explored.sources["race.cc"][3] = "  ++x;";
  return explored;
}

TEST_CASE("what was found, for people") {
  CHECK(
      explored_text(request(), found(), 100, false) ==
      "race.cc: data-race\n"
      "\n"
      "    Data race: two threads use `x`.\n"
      "\n"
      "      found      in the 3rd interleaving searched\n"
      "\n"
      "         A (race.cc:5)\n"
      "      1  race.cc:3  ++x;\n"
      "                    writes x  0 -> 1\n"
      "\n"
      "    Why: no lock, join or atomic orders the two accesses, so either may come first or both "
      "be torn;\n"
      "    C++ gives such a program no meaning at all.   docs/rules/data-race.md\n"
      "\n"
      "    It printed:\n"
      "      hello\n"
      "\n"
      "    exit status 4\n"
      "\n"
      "    note (leak): 8 bytes are never freed.  race.cc:9\n"
      "\n"
      "    Next: ./lab explore race.cc -DN=2 --ignore leak --replay A2B -- 'two words'\n");
}

TEST_CASE("what was found, for programs") {
  const nlohmann::json document = nlohmann::json::parse(explored_json(found()));
  CHECK(document["outcome"] == "found");
  CHECK(document["rule"] == "data-race");
  CHECK(document["message"] == "Data race: two threads use `x`.");
  CHECK(document["exhaustive"] == false);
  CHECK(document["executions"] == 3);
  CHECK(document["schedule"] == "A2B");
  CHECK(document["preemptions"] == 1);
  CHECK(document["exit_status"] == 4);
  CHECK(document["notes"][0]["rule"] == "leak");
  REQUIRE(document["steps"].size() == 1);
  const nlohmann::json& step = document["steps"][0];
  CHECK(step["thread"] == "A");
  CHECK(step["file"] == "race.cc");
  CHECK(step["line"] == 3);
  CHECK(step["operation"] == "writes");
  CHECK(step["before"] == "0");
  CHECK(step["after"] == "1");
}

TEST_CASE("nothing found says how far it looked") {
  struct Row {
    long executions;
    bool exhaustive;
    const char* bounds;
    const char* text;
  };
  const Row rows[] = {
      {1, true, "", "race.cc: nothing found, there is 1 interleaving that matters\n"},
      {1234, true, "", "race.cc: nothing found, in all 1,234 interleavings\n"},
      {20, true, "deadlines in order",
       "race.cc: nothing found, in all 20 interleavings (within: deadlines in order)\n"},
      {10'000, false, "",
       "race.cc: nothing found, in 10,000 of more interleavings (seed 1); --executions N searches "
       "more\n"},
      {5'000, false, "deadlines in order",
       "race.cc: nothing found, in 5,000 of more interleavings (seed 1); --executions N searches "
       "more\n"},
      {36, false, "at most 3 early time-outs a thread",
       "race.cc: nothing found, in 36 interleavings; what goes beyond a bound was left out (at "
       "most 3 early\ntime-outs a thread)\n"},
      {36, false, "",
       "race.cc: nothing found, in 36 interleavings; what goes beyond a bound was left out (a "
       "thread gives\nway after 1,000 steps in a row)\n"},
  };
  for (const Row& row : rows) {
    Explored explored;
    explored.result.executions = row.executions;
    explored.result.exhaustive = row.exhaustive;
    explored.result.bounds = row.bounds;
    explored.result.strategy = "dpor";
    CHECK(explored_text(request(), explored, 100, false) == std::string(row.text));
    const nlohmann::json document = nlohmann::json::parse(explored_json(explored));
    CHECK(document["outcome"] == "clean");
    CHECK(document["rule"] == "");
    CHECK(document["exhaustive"] == row.exhaustive);
  }
}

TEST_CASE("what cannot be explored is an error with its reason") {
  Explored explored;
  explored.result.error = "fork() is not supported\nsecond line";
  CHECK(explored_text(request(), explored, 100, false) ==
        "race.cc: it cannot be explored\n"
        "\n"
        "    fork() is not supported\n"
        "    second line\n"
        "\n"
        "    Next: mend it, or read what can be explored in docs/commands.md\n");
  const nlohmann::json document = nlohmann::json::parse(explored_json(explored));
  CHECK(document["outcome"] == "error");
  CHECK(document["message"] == "fork() is not supported\nsecond line");
}

TEST_CASE("output that is not text neither breaks the document nor commands the terminal") {
  Explored explored = found();
  explored.result.output = "\xff\x1b[2J\n";
  CHECK(nlohmann::json::parse(explored_json(explored))["output"] == "\xef\xbf\xbd\x1b[2J\n");
  const std::string text = explored_text(request(), explored, 100, false);
  CHECK(text.find("      \\xff\\x1b[2J\n") != std::string::npos);
}

}  // namespace
}  // namespace lockstep::cli
