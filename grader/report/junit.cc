#include "grader/report/junit.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>
#include <string_view>

#include "grader/report/failure.h"
#include "grader/report/style.h"
#include "grader/report/text.h"

namespace lockstep::report {
namespace {

using judge::CaseOutcome;
using judge::CaseVerdict;
using judge::Outcome;
using judge::Verdict;

// XML 1.0 has no place for most control characters, not even escaped.
std::string xml_text(std::string_view text) {
  std::string safe;
  for (const std::string_view line : split_lines(text)) safe += printable(line) + "\n";
  if (!safe.empty()) safe.pop_back();
  return safe;
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void set_seconds(pugi::xml_node node, double seconds) {
  set(node, "time", fmt::format("{:.3f}", seconds));
}

pugi::xml_node add_case(pugi::xml_node suite, const Verdict& verdict, std::string_view name) {
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "classname", verdict.lab);
  set(node, "name", name);
  return node;
}

void add_problem(pugi::xml_node node, const char* kind, std::string_view type,
                 std::string_view message, std::string_view text) {
  pugi::xml_node problem = node.append_child(kind);
  set(problem, "type", type);
  set(problem, "message", message);
  problem.text().set(xml_text(text).c_str());
}

void add_properties(pugi::xml_node node, const CaseVerdict& one) {
  pugi::xml_node properties = node.append_child("properties");
  const auto add = [&](std::string_view name, std::string_view value) {
    pugi::xml_node property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  };
  add("number", std::to_string(one.number));
  add("points", std::to_string(one.points));
  add("earned", std::to_string(one.earned));
  if (one.rule) add("rule", name_of(*one.rule));
  if (!one.schedule.empty()) add("schedule", one.schedule);
  if (one.strategy.empty()) return;
  add("executions", std::to_string(one.executions));
  add("exhaustive", one.exhaustive ? "true" : "false");
  if (!one.bounds.empty()) add("bounds", one.bounds);
  add("strategy", one.strategy);
  add("seed", std::to_string(one.seed));
}

std::string report_of(const CaseVerdict& one, std::string_view lab) {
  std::string text;
  for (const std::string& line : failure_lines(one, lab, {}, Style(false))) {
    text += line + "\n";
  }
  return text;
}

void add(pugi::xml_node suite, const Verdict& verdict, const CaseVerdict& one) {
  pugi::xml_node node = add_case(suite, verdict, one.name);
  if (!one.file.empty()) set(node, "file", one.file);
  if (one.line > 0) set(node, "line", std::to_string(one.line));
  set_seconds(node, one.seconds);
  add_properties(node, one);
  switch (one.outcome) {
    case CaseOutcome::kPassed:
      break;
    case CaseOutcome::kFailed:
      add_problem(node, "failure", one.rule ? name_of(*one.rule) : "failed", one.message,
                  report_of(one, verdict.lab));
      break;
    case CaseOutcome::kError:
      add_problem(node, "error", "error", one.message, report_of(one, verdict.lab));
      break;
    case CaseOutcome::kNotRun:
      set(node.append_child("skipped"), "message", "not run");
      break;
  }
}

// What kept the whole submission from being graded, as a testcase in front of the others.
void add_whole(pugi::xml_node suite, const Verdict& verdict) {
  std::string notes;
  for (const std::string& note : verdict.notes) notes += note + "\n";
  if (verdict.outcome == Outcome::kNotBuilt) {
    const judge::Build& build = verdict.build;
    pugi::xml_node node = add_case(suite, verdict, "build");
    const std::string place =
        build.file.empty() ? "" : fmt::format("{}:{}: ", build.file, build.line);
    add_problem(node, "failure", build.rule ? name_of(*build.rule) : "build", place + build.message,
                build.output);
  } else {
    pugi::xml_node node = add_case(suite, verdict, "judge");
    add_problem(node, "error", "error", "could not be graded", notes);
  }
}

long count_children(pugi::xml_node suite, const char* kind) {
  long number = 0;
  for (const pugi::xml_node node : suite.children("testcase")) {
    number += node.child(kind) ? 1 : 0;
  }
  return number;
}

}  // namespace

std::string junit(const Verdict& verdict) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  pugi::xml_node suite = suites.append_child("testsuite");
  if (verdict.outcome != Outcome::kGraded) add_whole(suite, verdict);
  for (const CaseVerdict& one : verdict.cases) add(suite, verdict, one);

  set(suite, "name", verdict.lab);
  const auto tests = std::distance(suite.begin(), suite.end());
  set(suite, "tests", std::to_string(tests));
  set(suite, "failures", std::to_string(count_children(suite, "failure")));
  set(suite, "errors", std::to_string(count_children(suite, "error")));
  set(suite, "skipped", std::to_string(count_children(suite, "skipped")));
  set_seconds(suite, verdict.seconds.total);

  std::ostringstream out;
  document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
  return out.str();
}

}  // namespace lockstep::report
