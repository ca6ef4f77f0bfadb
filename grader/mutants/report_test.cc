// Mutants as a whole: their identities and differences, and what is made of the verdicts on them.

#include "grader/mutants/report.h"

#include <doctest/doctest.h>

#include "grader/mutants/texts_for_tests.h"

namespace lockstep::mutants {
namespace {

using Fate = Judgement::Fate;
TEST_CASE("only the bodies of functions are mutated") {
  const MutatedFile file = read("a.h",
                                "#include <a>\n"
                                "// c.notify_one();\n"
                                "int n = 1;\n"
                                "struct A {\n"
                                "  bool is_set_ = false;\n"
                                "  void set(int n = 5);\n"
                                "  void clear() { g(\"1\"); }\n"
                                "};\n");
  REQUIRE(file.mutants.size() == 1);
  const Mutant& mutant = file.mutants[0];
  CHECK(mutant.id() == "a.h:7:drop-statement");
  CHECK(mutant.what == "drops `g(\"1\");`");
  CHECK(Texts(mutant.around) == Texts{"A", "clear"});
  CHECK(difference(file.text, mutant.text) ==
        "@@ line 5 @@\n"
        "   bool is_set_ = false;\n"
        "   void set(int n = 5);\n"
        "-  void clear() { g(\"1\"); }\n"
        "+  void clear() {  }\n"
        " };\n");
}

TEST_CASE("one text is one mutant, and twins of a line are numbered") {
  // `return;` before the only statement would drop it, too.
  const MutatedFile file = read("a.h", "void f() {\n  g(a < b, 1);\n}\n");
  Texts ids;
  for (const Mutant& mutant : file.mutants) ids.push_back(mutant.id());
  CHECK(ids == Texts{"a.h:2:shift-bound", "a.h:2:shift-constant#1", "a.h:2:shift-constant#2",
                     "a.h:2:drop-statement"});
}

TEST_CASE("a statement goes with its line") {
  const MutatedFile file = read("a.h", "void f() {\n  int a;\n  g();\n}\n");
  REQUIRE(file.mutants.size() == 1);
  CHECK(file.mutants[0].line == 3);
  CHECK(file.mutants[0].text == "void f() {\n  int a;\n}\n");
  CHECK(difference(file.text, file.mutants[0].text) ==
        "@@ line 1 @@\n void f() {\n   int a;\n-  g();\n }\n");
}

// A file with three mutants, of which `marks` may name some.
MutatedFile three(const std::string& marks = "") {
  return read("a.h", "void f() {\n" + marks + "  g(a < b, 0);\n}\n");
}

Report report(const MutatedFile& file, std::vector<Fate> fates) {
  std::vector<Judgement> judgements;
  for (const Fate fate : fates) judgements.push_back({fate, "case 1 \"x\" deadlock"});
  REQUIRE(file.mutants.size() == 3);
  judgements.resize(3, {Fate::kKilled, "case 1 \"x\" deadlock"});
  return sum_up("05_rlock", {file}, judgements);
}

TEST_CASE("a report counts what became of the mutants") {
  const Report all = report(three(), {Fate::kKilled, Fate::kNotBuilt, Fate::kSurvived});
  CHECK(all.lab == "05_rlock");
  CHECK(all.mutants == 2);
  CHECK(all.killed == 1);
  CHECK(all.not_built == 1);
  REQUIRE(all.survivors.size() == 1);
  CHECK(all.survivors[0].mutant.id() == three().mutants[2].id());
  CHECK(all.survivors[0].difference == difference(three().text, three().mutants[2].text));
  CHECK(all.shortcomings.empty());
  CHECK_FALSE(all.is_well());
  CHECK(report(three(), {Fate::kKilled, Fate::kNotBuilt}).is_well());
}

TEST_CASE("what was not judged is short") {
  const Report one = report(three(), {Fate::kNotJudged});
  CHECK(one.mutants == 3);
  CHECK(one.not_judged == 1);
  CHECK_FALSE(one.is_well());
}

TEST_CASE("a survivor with a mark is explained, and a mark without a survivor is stale") {
  const std::string mark = "  // equivalent shift-constant: nobody looks\n";
  REQUIRE(three(mark).mutants.at(1).operator_name == "shift-constant");
  const Report well = report(three(mark), {Fate::kKilled, Fate::kSurvived});
  CHECK(well.equivalent == 1);
  CHECK(well.is_well());

  const Report killed = report(three(mark), {Fate::kKilled, Fate::kKilled});
  CHECK(killed.equivalent == 0);
  CHECK(Texts(killed.shortcomings) ==
        Texts{"a.h:2: equivalent shift-constant: a.h:3:shift-constant is killed by case 1 \"x\" "
              "deadlock; take the mark away, or give it a number"});
  CHECK_FALSE(killed.is_well());

  const Report not_built = report(three(mark), {Fate::kKilled, Fate::kNotBuilt});
  CHECK(Texts(not_built.shortcomings) ==
        Texts{"a.h:2: equivalent shift-constant: a.h:3:shift-constant does not compile; take the "
              "mark away"});

  const Report nothing = report(three("  // equivalent drop-lock: nobody looks\n"), {});
  CHECK(Texts(nothing.shortcomings) ==
        Texts{"a.h:2: equivalent drop-lock: line 3 has no such mutant"});
}

TEST_CASE("what the explorer does not try is listed apart") {
  const MutatedFile order = read("a.h",
                                 "void f() {\n"
                                 "  // weak-memory weaken-order: reason\n"
                                 "  int x = a.load();\n"
                                 "}\n");
  std::vector<Judgement> judgements;
  for (const Mutant& mutant : order.mutants) {
    const bool survives = mutant.operator_name == "weaken-order";
    judgements.push_back({survives ? Fate::kSurvived : Fate::kKilled, "case 1"});
  }
  const Report marked = sum_up("05_rlock", {order}, judgements);
  CHECK(marked.weak_memory == 1);
  CHECK(marked.equivalent == 0);
  CHECK(marked.is_well());
}

}  // namespace
}  // namespace lockstep::mutants
