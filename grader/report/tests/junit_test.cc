#include "grader/report/junit.h"

#include <doctest/doctest.h>

#include <pugixml.hpp>
#include <string>

#include "grader/report/tests/sample_verdicts.h"

namespace lockstep::report {
namespace {

pugi::xml_document parse(const judge::Verdict& verdict) {
  pugi::xml_document document;
  const std::string text = junit(verdict);
  const pugi::xml_parse_result result = document.load_string(text.c_str());
  REQUIRE_MESSAGE(result, result.description());
  return document;
}

pugi::xml_node suite_of(const pugi::xml_document& document) {
  return document.child("testsuites").child("testsuite");
}

std::string attribute(pugi::xml_node node, const char* name) {
  return node.attribute(name).as_string("(none)");
}

pugi::xml_node case_of(pugi::xml_node suite, const char* name) {
  const pugi::xml_node node = suite.find_child_by_attribute("testcase", "name", name);
  REQUIRE_MESSAGE(node, "no testcase " << name);
  return node;
}

std::string property(pugi::xml_node testcase, const char* name) {
  return attribute(testcase.child("properties").find_child_by_attribute("property", "name", name),
                   "value");
}

TEST_CASE("one testcase a case, with points and schedule") {
  const pugi::xml_document document = parse(samples::data_race());
  const pugi::xml_node suite = suite_of(document);
  CHECK(attribute(suite, "name") == "03_races");
  CHECK(attribute(suite, "tests") == "3");
  CHECK(attribute(suite, "failures") == "2");
  CHECK(attribute(suite, "errors") == "0");
  CHECK(attribute(suite, "skipped") == "0");
  CHECK(attribute(suite, "time") == "2.100");

  const pugi::xml_node passed = case_of(suite, "one adder counts");
  CHECK(attribute(passed, "classname") == "03_races");
  CHECK_FALSE(passed.child("failure"));
  CHECK(property(passed, "exhaustive") == "true");
  CHECK(property(passed, "schedule") == "(none)");

  const pugi::xml_node failed = case_of(suite, "two adders lose nothing");
  CHECK(attribute(failed, "file") == "03_races/test.cc");
  CHECK(attribute(failed, "line") == "20");
  CHECK(property(failed, "number") == "2");
  CHECK(property(failed, "points") == "10");
  CHECK(property(failed, "earned") == "0");
  CHECK(property(failed, "rule") == "data-race");
  CHECK(property(failed, "schedule") == "A2B2A");
  CHECK(property(failed, "executions") == "3");
  CHECK(attribute(failed.child("failure"), "type") == "data-race");
  CHECK(attribute(failed.child("failure"), "message") ==
        "Data race: two threads use `Counter::value_` at the same time, and at least one of them "
        "writes.");
  const std::string text = failed.child("failure").text().as_string();
  CHECK(text.find("      4                writes value_  0 -> 1") != std::string::npos);
}

TEST_CASE("a failure, an error and a skipped case are told apart") {
  const pugi::xml_document document = parse(samples::stuck());
  const pugi::xml_node suite = suite_of(document);
  CHECK(attribute(suite, "tests") == "3");
  CHECK(attribute(suite, "failures") == "1");
  CHECK(attribute(suite, "errors") == "1");
  CHECK(attribute(suite, "skipped") == "1");
  const pugi::xml_node loop = case_of(suite, "get waits for an item");
  CHECK(attribute(loop.child("failure"), "type") == "endless-loop");
  const pugi::xml_node slow = case_of(suite, "put wakes one getter");
  CHECK_FALSE(slow.child("failure"));
  CHECK(attribute(slow.child("error"), "message") ==
        "machine too slow or program stuck: no event for 120 s");
  CHECK(case_of(suite, "join waits for task_done").child("skipped"));
}

TEST_CASE("a submission that is not built fails, one that is not graded errs") {
  const pugi::xml_document broken = parse(samples::not_built());
  const pugi::xml_node failure = case_of(suite_of(broken), "build").child("failure");
  CHECK(attribute(failure, "type") == "compile-error");
  CHECK(attribute(failure, "message") ==
        "05_rlock/rlock.h:27: `owner` was not declared; did you mean `owner_`?");
  CHECK(attribute(suite_of(broken), "failures") == "1");
  CHECK(attribute(suite_of(broken), "skipped") == "1");

  const pugi::xml_document missing = parse(samples::not_graded());
  CHECK(attribute(suite_of(missing), "errors") == "1");
  CHECK(std::string(case_of(suite_of(missing), "judge").child("error").text().as_string()) ==
        "bubblewrap is not installed and --require-jail was given");
}

TEST_CASE("text that looks like XML, or that XML cannot hold, stays text") {
  const std::string xml = junit(samples::hostile());
  CHECK(xml.find('\x1b') == std::string::npos);
  CHECK(xml.find('\xff') == std::string::npos);
  const pugi::xml_document document = parse(samples::hostile());
  const pugi::xml_node suite = suite_of(document);
  CHECK(attribute(suite, "tests") == "1");
  CHECK(std::distance(suite.begin(), suite.end()) == 1);
  const pugi::xml_node only = case_of(suite, "a < b && \"c\" ]]> \\x1b[2J");
  CHECK(std::string(only.child("failure").text().as_string()).find("<failure/>") !=
        std::string::npos);
}

TEST_CASE("every document makes well-formed XML whose counts add up") {
  for (const auto& [name, verdict] : samples::all()) {
    CAPTURE(name);
    const pugi::xml_document document = parse(verdict);
    const pugi::xml_node suite = suite_of(document);
    const std::size_t whole = verdict.outcome == judge::Outcome::kGraded ? 0 : 1;
    CHECK(suite.attribute("tests").as_uint() == verdict.cases.size() + whole);
  }
}

}  // namespace
}  // namespace lockstep::report
