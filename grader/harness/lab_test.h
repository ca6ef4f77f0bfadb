#ifndef GRADER_HARNESS_LAB_TEST_H_
#define GRADER_HARNESS_LAB_TEST_H_

// What a graded test includes, after the lab's own header:
//
//   #include "05_rlock/rlock.h"
//
//   #include "grader/harness/lab_test.h"
//
//   TEST_CASE("two threads are never inside together" * points(10) *
//             hints("the idea", "the place", "almost the code")) {
//     explore([] { ... });
//   }
//
// The short names below begin here, so that the student's header, which was read before, cannot use
// them: a lock that calls quiesce() or CHECK() would be grading itself.

#include "grader/harness/prelude.h"

using lockstep::asleep;
using lockstep::BoundedWaiting;
using lockstep::Clock;
using lockstep::CriticalSection;
using lockstep::explore;
using lockstep::exploring;
using lockstep::hints;
using lockstep::interleave;
using lockstep::Options;
using lockstep::points;
using lockstep::quiesce;
using lockstep::Rule;
using lockstep::Strategy;

#define TEST_CASE(decorators) DOCTEST_TEST_CASE(decorators)
#define TEST_CASE_TEMPLATE(name, T, ...) DOCTEST_TEST_CASE_TEMPLATE(name, T, __VA_ARGS__)
#define TEST_SUITE(decorators) DOCTEST_TEST_SUITE(decorators)
#define SUBCASE(name) DOCTEST_SUBCASE(name)

#define INFO(...) DOCTEST_INFO(__VA_ARGS__)
#define CAPTURE(x) DOCTEST_CAPTURE(x)
#define FAIL(...) DOCTEST_FAIL(__VA_ARGS__)
#define FAIL_CHECK(...) DOCTEST_FAIL_CHECK(__VA_ARGS__)

#define CHECK(...) DOCTEST_CHECK(__VA_ARGS__)
#define CHECK_FALSE(...) DOCTEST_CHECK_FALSE(__VA_ARGS__)
#define CHECK_MESSAGE(cond, ...) DOCTEST_CHECK_MESSAGE(cond, __VA_ARGS__)
#define CHECK_EQ(...) DOCTEST_CHECK_EQ(__VA_ARGS__)
#define CHECK_NE(...) DOCTEST_CHECK_NE(__VA_ARGS__)
#define CHECK_LT(...) DOCTEST_CHECK_LT(__VA_ARGS__)
#define CHECK_LE(...) DOCTEST_CHECK_LE(__VA_ARGS__)
#define CHECK_GT(...) DOCTEST_CHECK_GT(__VA_ARGS__)
#define CHECK_GE(...) DOCTEST_CHECK_GE(__VA_ARGS__)
#define CHECK_THROWS(...) DOCTEST_CHECK_THROWS(__VA_ARGS__)
#define CHECK_THROWS_AS(expr, ...) DOCTEST_CHECK_THROWS_AS(expr, __VA_ARGS__)
#define CHECK_THROWS_WITH(expr, ...) DOCTEST_CHECK_THROWS_WITH(expr, __VA_ARGS__)
#define CHECK_NOTHROW(...) DOCTEST_CHECK_NOTHROW(__VA_ARGS__)

#define REQUIRE(...) DOCTEST_REQUIRE(__VA_ARGS__)
#define REQUIRE_FALSE(...) DOCTEST_REQUIRE_FALSE(__VA_ARGS__)
#define REQUIRE_MESSAGE(cond, ...) DOCTEST_REQUIRE_MESSAGE(cond, __VA_ARGS__)
#define REQUIRE_EQ(...) DOCTEST_REQUIRE_EQ(__VA_ARGS__)
#define REQUIRE_THROWS(...) DOCTEST_REQUIRE_THROWS(__VA_ARGS__)
#define REQUIRE_THROWS_AS(expr, ...) DOCTEST_REQUIRE_THROWS_AS(expr, __VA_ARGS__)
#define REQUIRE_NOTHROW(...) DOCTEST_REQUIRE_NOTHROW(__VA_ARGS__)

#endif  // GRADER_HARNESS_LAB_TEST_H_
