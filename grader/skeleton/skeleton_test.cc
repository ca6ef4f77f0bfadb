#include "grader/skeleton/skeleton.h"

#include <doctest/doctest.h>

#include <string>

namespace lockstep {
namespace {

TEST_CASE("a solution is left out, the skeleton's own lines are put in") {
  CHECK(skeleton_of("int f() {\n"
                    "  // LOCKSTEP BEGIN SOLUTION\n"
                    "  return 42;\n"
                    "  // LOCKSTEP END SOLUTION\n"
                    "  // LOCKSTEP SKELETON: // Think of a number.\n"
                    "  // LOCKSTEP SKELETON: return 0;\n"
                    "}\n") ==
        "int f() {\n"
        "  // Think of a number.\n"
        "  return 0;\n"
        "}\n");
}

TEST_CASE("everything else stays as it is") {
  const std::string text = "// a comment\n\n  int x;  \n\t// tab\n";
  CHECK(skeleton_of(text) == text);
}

TEST_CASE("a skeleton line keeps its own indentation, and may be empty") {
  CHECK(skeleton_of("  // LOCKSTEP SKELETON:   deeper\n") == "    deeper\n");
  CHECK(skeleton_of("  // LOCKSTEP SKELETON:\n") == "\n");
}

TEST_CASE("the last line gets its newline") { CHECK(skeleton_of("int x;") == "int x;\n"); }

void check_error(const std::string& text, const std::string& message) {
  CAPTURE(text);
  CHECK_THROWS_WITH_AS(skeleton_of(text), message.c_str(), SkeletonError);
}

TEST_CASE("marks that do not fit are errors with their line") {
  check_error("\n// LOCKSTEP BEGIN SOLUTION\n", "2: this solution does not end");
  check_error("// LOCKSTEP END SOLUTION\n", "1: a solution ends that has not begun");
  check_error("// LOCKSTEP BEGIN SOLUTION\n// LOCKSTEP BEGIN SOLUTION\n",
              "2: a solution begins inside the one of line 1");
  check_error("// LOCKSTEP BEGIN SOLUTION\n// LOCKSTEP SKELETON: x\n",
              "2: this line is left out with the solution around it");
}

TEST_CASE("a misspelt mark does not slip into the skeleton") {
  check_error("// LOCKSTEP BEGIN SOLUTIONS\n", "1: not a mark: // LOCKSTEP BEGIN SOLUTIONS");
  check_error("int x;  // LOCKSTEP SKELETON: y\n",
              "1: not a mark: int x;  // LOCKSTEP SKELETON: y");
}

}  // namespace
}  // namespace lockstep
