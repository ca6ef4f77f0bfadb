#ifndef GRADER_CLI_TEST_EVENTS_H_
#define GRADER_CLI_TEST_EVENTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::cli {

// How the test targets of one `bazel test` ended.
struct TestCount {
  long passed = 0;
  std::vector<std::string> failed;  // labels; those that did not build or did not run among them
};

// Counts the test targets in a build event file (--build_event_json_file): a JSON object a line, of
// Bazel's Build Event Protocol. A test passed when its summary says so. It failed when its summary
// says anything else (a flaky one failed), or when it was configured and did not build. One that
// was built and has no summary was not chosen (--test_tag_filters). Lines that cannot be read (the
// last one of an interrupted run) are passed over.
TestCount count_tests(std::string_view events);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_TEST_EVENTS_H_
