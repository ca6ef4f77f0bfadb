#ifndef GRADER_HARNESS_DECORATORS_H_
#define GRADER_HARNESS_DECORATORS_H_

#include <array>

#include "grader/explorer/explore.h"  // LOCKSTEP_EXPORT

namespace doctest::detail {
struct TestCase;
}

namespace lockstep {

// What a case is worth, out of the lab's 100. A case without it is worth nothing.
struct points {
  explicit constexpr points(int value) : value(value) {}
  LOCKSTEP_EXPORT void fill(doctest::detail::TestCase& test_case) const;
  int value;
};

// Three hints, from the idea over the place to almost the code. The strings must be literals.
struct hints {
  constexpr hints(const char* idea, const char* place, const char* code)
      : levels{idea, place, code} {}
  LOCKSTEP_EXPORT void fill(doctest::detail::TestCase& test_case) const;
  std::array<const char*, 3> levels;
};

}  // namespace lockstep

#endif  // GRADER_HARNESS_DECORATORS_H_
