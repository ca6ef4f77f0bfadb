#include "grader/cli/test_events.h"

#include <doctest/doctest.h>

namespace lockstep::cli {
namespace {

std::string configured(const std::string& label, const std::string& kind = "cc_test") {
  return R"({"id":{"targetConfigured":{"label":")" + label + R"("}},"configured":{"targetKind":")" +
         kind + " rule\"}}\n";
}

std::string built(const std::string& label) {
  return R"({"id":{"targetCompleted":{"label":")" + label + R"("}},"completed":{"success":true}})" +
         "\n";
}

std::string ended(const std::string& label, const std::string& status) {
  return R"({"id":{"testSummary":{"label":")" + label + R"("}},"testSummary":{"overallStatus":")" +
         status + "\"}}\n";
}

TEST_CASE("test targets are counted by how they ended") {
  std::string events = R"({"id":{"started":{}},"started":{"command":"test"}})"
                       "\n";
  for (const char* label : {"//a", "//b", "//c", "//d", "//e"}) events += configured(label);
  events += configured("//library", "cc_library") + configured("//suite", "test_suite");
  for (const char* label : {"//a", "//b", "//c", "//e", "//library"}) events += built(label);
  events += ended("//a", "PASSED") + ended("//b", "FAILED") + ended("//c", "FLAKY");
  const TestCount count = count_tests(events);
  CHECK(count.passed == 1);
  // d did not build; e was built and not chosen.
  CHECK(count.failed == std::vector<std::string>{"//b", "//c", "//d"});
}

TEST_CASE("nothing, and what is no event, counts nothing") {
  CHECK(count_tests("").passed == 0);
  CHECK(count_tests("").failed.empty());
  CHECK(count_tests("[]\n7\n{\n{\"configured\": 1}\n").failed.empty());
  const TestCount cut = count_tests(ended("//a", "PASSED") + R"({"id":{"testSumm)");
  CHECK(cut.passed == 1);
}

}  // namespace
}  // namespace lockstep::cli
