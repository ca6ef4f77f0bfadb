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

TEST_CASE("what is said about mutants is left out") {
  CHECK(skeleton_of("// A comment.\n"
                    "// equivalent drop-notify: a reason\n"
                    "// that goes on\n"
                    "int x;\n"
                    "// weak-memory weaken-order: another\n"
                    "// LOCKSTEP SKELETON: // Think.\n"
                    "int y;  // equivalent shift-bound#2: a third\n"
                    "// equivalent to nothing else\n") ==
        "// A comment.\n"
        "int x;\n"
        "// Think.\n"
        "int y;\n"
        "// equivalent to nothing else\n");
}

// Two exercises and a member, with a comment for the skeleton alone.
const std::string kTwoExercises =
    "int f() {\n"
    "  // LOCKSTEP BEGIN SOLUTION\n"
    "  return 1;\n"
    "  // LOCKSTEP END SOLUTION\n"
    "  // LOCKSTEP SKELETON: return 0;\n"
    "}\n"
    "// LOCKSTEP BEGIN SOLUTION\n"
    "int member;\n"
    "// LOCKSTEP END SOLUTION\n"
    "// LOCKSTEP SKELETON: // Your members.\n"
    "// LOCKSTEP BEGIN SOLUTION\n"
    "int g() { return 2; }\n"
    "// LOCKSTEP END SOLUTION\n"
    "// LOCKSTEP SKELETON: int g() { return 0; }\n";

TEST_CASE("half filled: the exercises that are done, and all that they need") {
  CHECK(half_filled(kTwoExercises, "10") ==
        "int f() {\n  return 1;\n}\nint member;\nint g() { return 0; }\n");
  CHECK(half_filled(kTwoExercises, "01") ==
        "int f() {\n  return 0;\n}\nint member;\nint g() { return 2; }\n");
  CHECK(half_filled(kTwoExercises, "1") ==
        "int f() {\n  return 1;\n}\nint member;\nint g() { return 2; }\n");
}

TEST_CASE("solutions side by side are two exercises, and skeleton lines by themselves stay") {
  const std::string text =
      "// LOCKSTEP BEGIN SOLUTION\n"
      "#include <mutex>\n"
      "// LOCKSTEP END SOLUTION\n"
      "// LOCKSTEP BEGIN SOLUTION\n"
      "int f() { return 1; }\n"
      "// LOCKSTEP END SOLUTION\n"
      "// LOCKSTEP SKELETON: int f();\n"
      "int common;\n"
      "// LOCKSTEP SKELETON: int helper;\n";
  CHECK(half_filled(text, "0") == "#include <mutex>\nint f();\nint common;\nint helper;\n");
  CHECK(half_filled(text, "1") ==
        "#include <mutex>\nint f() { return 1; }\nint common;\nint helper;\n");
}

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
