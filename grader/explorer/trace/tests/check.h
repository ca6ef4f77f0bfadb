#ifndef GRADER_EXPLORER_TRACE_TESTS_CHECK_H_
#define GRADER_EXPLORER_TRACE_TESTS_CHECK_H_

// Checks of texts, without a test framework: the frames of these programs are what is tested, and
// nobody else's should be among them.

#include <cstdio>
#include <string>
#include <string_view>

namespace lockstep::trace {

inline int failed_checks = 0;

inline void check_text(const char* file, int line, const char* what, std::string_view seen,
                       std::string_view expected) {
  if (seen == expected) return;
  ++failed_checks;
  std::printf("%s:%d: %s\n  expected %.*s\n  seen     %.*s\n", file, line, what,
              static_cast<int>(expected.size()), expected.data(), static_cast<int>(seen.size()),
              seen.data());
}

// The exit status of a test's main.
inline int report(const char* name) {
  if (failed_checks == 0) std::printf("%s: all good\n", name);
  return failed_checks == 0 ? 0 : 1;
}

}  // namespace lockstep::trace

#define CHECK_TEXT(seen, expected) \
  ::lockstep::trace::check_text(__FILE__, __LINE__, #seen, seen, expected)

#endif  // GRADER_EXPLORER_TRACE_TESTS_CHECK_H_
