#include "grader/cli/test_events.h"

#include <map>
#include <nlohmann/json.hpp>

#include "grader/report/text.h"

namespace lockstep::cli {
namespace {

using nlohmann::json;

// The element that the path leads to, or null.
const json& at(const json& document, std::initializer_list<const char*> path) {
  static const json kNothing;
  const json* element = &document;
  for (const char* name : path) {
    const auto found = element->find(name);
    if (found == element->end()) return kNothing;
    element = &*found;
  }
  return *element;
}

std::string text(const json& value) { return value.is_string() ? value.get<std::string>() : ""; }

}  // namespace

TestCount count_tests(std::string_view events) {
  std::map<std::string, bool> passed;  // label -> its summary said PASSED
  for (const std::string_view line : report::split_lines(events)) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    const std::string kind = text(at(event, {"configured", "targetKind"}));
    if (kind.ends_with("_test rule")) {
      passed.try_emplace(text(at(event, {"id", "targetConfigured", "label"})), false);
    }
    const std::string label = text(at(event, {"id", "testSummary", "label"}));
    if (!label.empty()) {
      passed[label] = text(at(event, {"testSummary", "overallStatus"})) == "PASSED";
    }
  }
  TestCount count;
  for (const auto& [label, well] : passed) {
    if (well) {
      ++count.passed;
    } else {
      count.failed.push_back(label);
    }
  }
  return count;
}

}  // namespace lockstep::cli
