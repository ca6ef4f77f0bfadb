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
  enum class End { kUnknown, kBuilt, kPassed, kFailed };
  std::map<std::string, End> ends;
  for (const std::string_view line : report::split_lines(events)) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    const std::string kind = text(at(event, {"configured", "targetKind"}));
    if (kind.ends_with("_test rule")) {
      ends.try_emplace(text(at(event, {"id", "targetConfigured", "label"})), End::kUnknown);
    }
    const auto built = ends.find(text(at(event, {"id", "targetCompleted", "label"})));
    if (built != ends.end() && built->second == End::kUnknown &&
        at(event, {"completed", "success"}) == true) {
      built->second = End::kBuilt;
    }
    const std::string label = text(at(event, {"id", "testSummary", "label"}));
    if (!label.empty()) {
      const bool passed = text(at(event, {"testSummary", "overallStatus"})) == "PASSED";
      ends[label] = passed ? End::kPassed : End::kFailed;
    }
  }
  TestCount count;
  for (const auto& [label, end] : ends) {
    if (end == End::kPassed) {
      ++count.passed;
    } else if (end != End::kBuilt) {
      count.failed.push_back(label);
    }
  }
  return count;
}

}  // namespace lockstep::cli
