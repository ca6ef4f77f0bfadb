// Marks: where they are, what they speak of, and what is wrong with them.

#include "grader/mutants/marks.h"

#include <doctest/doctest.h>

#include "grader/mutants/mark_text.h"
#include "grader/mutants/report.h"
#include "grader/mutants/texts_for_tests.h"

namespace lockstep::mutants {
namespace {

MutatedFile file_with(const std::string& text) { return read("a.h", text); }

TEST_CASE("what begins a mark") {
  CHECK(begins_mark("equivalent drop-notify: why"));
  CHECK(begins_mark("weak-memory weaken-order: why"));
  CHECK(begins_mark("equivalent drop-notify"));  // without its reason: a mark, and a bad one
  CHECK_FALSE(begins_mark("equivalent to a loop: see above"));
  CHECK_FALSE(begins_mark("it is equivalent drop-notify: no"));
  CHECK_FALSE(begins_mark("equivalent"));
  CHECK_FALSE(begins_mark("spurious-wakeup while-to-if: why"));  // no such kind
}

TEST_CASE("a line without its mark") {
  CHECK(without_mark("  int x;  // equivalent drop-lock: why") == "  int x;");
  CHECK(without_mark("  int x;  // a comment") == "  int x;  // a comment");
  CHECK(without_mark("  f();  // see // equivalent drop-lock: why") == "  f();  // see");
  CHECK(without_mark("") == "");
  CHECK(without_mark("  // equivalent drop-lock: why") == std::nullopt);
  CHECK(without_mark("// equivalent drop-lock: why") == std::nullopt);
}

TEST_CASE("a mark above the line and at its end") {
  const MutatedFile file = file_with(
      "void f() {\n"
      "  // A comment.\n"
      "  // equivalent drop-notify, drop-statement: nobody waits,\n"
      "  // and nobody will\n"
      "  // weak-memory weaken-order#2: because\n"
      "  // LOCKSTEP END SOLUTION\n"
      "\n"
      "  c.notify_one();\n"
      "  g();  // equivalent drop-statement: it does nothing\n"
      "}\n");
  REQUIRE(file.marks.size() == 3);
  CHECK(file.marks[0].kind == Mark::Kind::kEquivalent);
  CHECK(file.marks[0].at == 3);
  CHECK(file.marks[0].line == 8);
  CHECK(file.marks[0].reason == "nobody waits, and nobody will");
  REQUIRE(file.marks[0].targets.size() == 2);
  CHECK(file.marks[0].targets[1].operator_name == "drop-statement");
  CHECK(file.marks[0].place() == "a.h:3: equivalent drop-notify, drop-statement");
  CHECK(file.marks[1].kind == Mark::Kind::kWeakMemory);
  CHECK(file.marks[1].line == 8);
  CHECK(file.marks[1].targets.at(0).ordinal == 2);
  CHECK(file.marks[1].reason == "because");
  CHECK(file.marks[2].line == 9);
  CHECK(file.marks[2].reason == "it does nothing");
}

TEST_CASE("a mark names the mutants of its line, all or one of them") {
  const MutatedFile file = file_with("void f() {\n  g(a < b, c < d, 0);\n  g(a < b);\n}\n");
  Mark mark;
  mark.file = "a.h";
  mark.line = 2;
  const auto named = [&](const Mark::Target& target) {
    Texts ids;
    mark.targets = {target};
    for (const Mutant& mutant : file.mutants) {
      if (mark.names(mutant)) ids.push_back(mutant.id());
    }
    return ids;
  };
  CHECK(named({"shift-bound", 0}) == Texts{"a.h:2:shift-bound#1", "a.h:2:shift-bound#2"});
  CHECK(named({"shift-bound", 2}) == Texts{"a.h:2:shift-bound#2"});
  CHECK(named({"shift-constant", 0}) == Texts{"a.h:2:shift-constant"});
  CHECK(named({"shift-constant", 1}) == Texts{});
  mark.file = "b.h";
  CHECK(named({"shift-bound", 0}) == Texts{});
}

TEST_CASE("marks that are wrong by themselves") {
  const auto complaints = [](const std::string& mark) {
    const MutatedFile file = file_with("void f() {\n  // " + mark + "\n  g(1);\n}\n");
    return Texts(complaints_about(file.marks, file.mutants));
  };
  CHECK(complaints("equivalent drop-statement: it does nothing") == Texts{});
  CHECK(complaints("equivalent shift-constant#2: it does nothing") == Texts{});
  CHECK(complaints("equivalent drop-statement:") ==
        Texts{"a.h:2: equivalent drop-statement: gives no reason"});
  CHECK(complaints("equivalent drop-statement") ==
        Texts{"a.h:2: equivalent drop-statement: gives no reason"});
  CHECK(complaints("equivalent drop-statemnt: why") ==
        Texts{"a.h:2: equivalent drop-statemnt: there is no operator drop-statemnt"});
  CHECK(complaints("equivalent drop-notify, drop-statement: why") ==
        Texts{"a.h:2: equivalent drop-notify: line 3 has no such mutant"});
  CHECK(complaints("equivalent shift-constant#3: why") ==
        Texts{"a.h:2: equivalent shift-constant#3: line 3 has no such mutant"});
  CHECK(complaints("equivalent shift-constant#x: why") ==
        Texts{"a.h:2: equivalent shift-constant#x: there is no operator shift-constant#x"});
  CHECK(complaints("weak-memory drop-statement: why") ==
        Texts{"a.h:2: weak-memory drop-statement: drop-statement has nothing to do with that"});
}

TEST_CASE("a mark behind all code speaks of nothing") {
  const MutatedFile file = file_with("void f() { g(); }\n// equivalent drop-statement: why\n");
  CHECK(Texts(complaints_about(file.marks, file.mutants)) ==
        Texts{"a.h:2: equivalent drop-statement: line 0 has no such mutant"});
}

}  // namespace
}  // namespace lockstep::mutants
