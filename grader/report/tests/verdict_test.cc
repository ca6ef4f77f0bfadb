#include "grader/judge/verdict.h"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "grader/judge/result_json.h"
#include "grader/report/json.h"
#include "grader/report/tests/sample_verdicts.h"
#include "grader/report/tests/schema_check.h"

namespace lockstep::report {
namespace {

using nlohmann::json;

json schema() {
  std::ifstream file("grader/judge/verdict.schema.json");
  REQUIRE_MESSAGE(file.is_open(), "run it from the repository's root, or with bazel test");
  return json::parse(file);
}

TEST_CASE("every document holds to the schema and is read as it was written") {
  const json rules = schema();
  for (const auto& [name, verdict] : samples::all()) {
    CAPTURE(name);
    const std::string text = judge::write(verdict);
    const std::vector<std::string> breaches = schema_breaches(rules, json::parse(text));
    CHECK_MESSAGE(breaches.empty(), (breaches.empty() ? "" : breaches[0]));
    CHECK(judge::write(judge::read(text)) == text);
    CHECK(report::json(verdict) == text);
  }
}

TEST_CASE("the schema knows exactly the rules of rules.h") {
  const json listed = schema()["$defs"]["rule"]["enum"];
  json names = json::array();
  for (const RuleName& entry : kRuleNames) names.push_back(entry.name);
  CHECK(listed == names);
}

// One thing changed in a good document.
struct Damage {
  const char* what;
  std::function<void(json&)> apply;
  const char* breach;  // what the schema says
  const char* error;   // what read() says; empty: it is none of its business
};

const Damage kDamages[] = {
    {"no lab", [](json& d) { d.erase("lab"); }, "lab: is missing", "lab: is missing"},
    {"another version", [](json& d) { d["version"] = 2; }, "version: is not 1",
     "version 2 of the verdict document; only 1 can be read"},
    {"a new field", [](json& d) { d["new"] = 1; }, "new: is not allowed", ""},
    {"an unknown outcome", [](json& d) { d["outcome"] = "fine"; },
     "outcome: \"fine\" is none of [\"graded\",\"not_built\",\"error\"]",
     "outcome: no outcome `fine`"},
    {"an unknown rule", [](json& d) { d["cases"][1]["rule"] = "rase"; },
     "cases[1].rule: \"rase\" fits no alternative", "cases[1].rule: no rule `rase`"},
    {"points as text", [](json& d) { d["points"] = "0"; }, "points: is no \"integer\"",
     "points: is not a whole number"},
    {"half points", [](json& d) { d["points"] = 0.5; }, "points: is no \"integer\"",
     "points: is not a whole number"},
    {"less than no points", [](json& d) { d["points"] = -1; }, "points: is below 0", ""},
    {"a step without a thread",
     [](json& d) { d["cases"][1]["interleaving"]["steps"][0].erase("thread"); },
     "cases[1].interleaving.steps[0].thread: is missing",
     "cases[1].interleaving.steps[0].thread: is missing"},
    {"cases that are none", [](json& d) { d["cases"] = json::object(); }, "cases: is no \"array\"",
     "cases: is not a list"},
    {"a line called x", [](json& d) { d["cases"][1]["sources"]["a.h"]["x"] = "text"; },
     "cases[1].sources.a.h.x: \"x\" does not match \"^[1-9][0-9]*$\"",
     "cases[1].sources.a.h: `x` is not a line number"},
    {"a number for a sentence", [](json& d) { d["notes"].push_back(1); },
     "notes[0]: is no \"string\"", "notes[0]: is not a string"},
    {"a word for a truth", [](json& d) { d["build"]["ok"] = "yes"; }, "build.ok: is no \"boolean\"",
     "build.ok: is not true or false"},
};

TEST_CASE("a damaged document is refused with the field's name") {
  const json rules = schema();
  for (const Damage& damage : kDamages) {
    CAPTURE(damage.what);
    json document = json::parse(judge::write(samples::data_race()));
    damage.apply(document);
    const std::vector<std::string> breaches = schema_breaches(rules, document);
    REQUIRE(breaches.size() == 1);
    CHECK(breaches[0] == damage.breach);
    std::string error;
    try {
      judge::read(document.dump());
    } catch (const judge::VerdictError& refused) {
      error = refused.what();
    }
    CHECK(error == damage.error);
  }
}

TEST_CASE("text that is not JSON is refused") {
  CHECK_THROWS_AS(judge::read(""), judge::VerdictError);
  CHECK_THROWS_AS(judge::read("{"), judge::VerdictError);
  CHECK_THROWS_AS(judge::read("[]"), judge::VerdictError);
}

TEST_CASE("bytes that are not UTF-8 do not break the document") {
  judge::Verdict verdict = samples::data_race();
  verdict.cases[0].output = "\xff!";
  CHECK(judge::read(judge::write(verdict)).cases[0].output == "\xef\xbf\xbd!");
}

TEST_CASE("what the explorer found, as JSON and back") {
  Result result;
  result.executions = 7;
  result.bounds = "time-outs";
  result.notes.push_back({Rule::kLeak, "8 bytes", {"a.c", 3, "main"}});
  const nlohmann::ordered_json clean = judge::to_json(result);
  CHECK(clean["finding"].is_null());
  CHECK_FALSE(judge::result_from_json(clean).finding.has_value());

  result.finding.emplace();
  result.finding->rule = Rule::kUseAfterFree;
  result.finding->steps.emplace_back().thread = "A";
  const Result again = judge::result_from_json(judge::to_json(result));
  REQUIRE(again.finding.has_value());
  CHECK(again.finding->rule == Rule::kUseAfterFree);
  CHECK(again.finding->steps[0].thread == "A");
  CHECK(again.notes[0].place.line == 3);
  CHECK(judge::to_json(again) == judge::to_json(result));

  nlohmann::ordered_json damaged = judge::to_json(result);
  damaged["finding"]["steps"][0]["repeats"] = "many";
  CHECK_THROWS_WITH(judge::result_from_json(damaged),
                    "result.finding.steps[0].repeats: is not a whole number");
}

}  // namespace
}  // namespace lockstep::report
