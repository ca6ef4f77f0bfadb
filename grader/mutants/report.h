#ifndef GRADER_MUTANTS_REPORT_H_
#define GRADER_MUTANTS_REPORT_H_

// What came of a lab's mutants, and whether that is as it should be.

#include <string>
#include <vector>

#include "grader/mutants/marks.h"
#include "grader/mutants/mutant.h"

namespace lockstep::mutants {

// What the judge said of one mutant.
struct Judgement {
  enum class Fate {
    kNotBuilt,   // it does not compile, so it is no mutant
    kKilled,     // a case fails
    kSurvived,   // all cases pass
    kNotJudged,  // nobody's fault: the machine, the jail
  };
  Fate fate = Fate::kNotJudged;
  std::string by;  // what killed it: `case 7 "..." lost-wakeup`; or why it was not judged
};

struct Survivor {
  Mutant mutant;
  std::string difference;
};

struct Report {
  std::string lab;
  int mutants = 0;  // that compile: the sum of the next four and of the survivors
  int killed = 0;
  int equivalent = 0;   // survived, and are marked so
  int weak_memory = 0;  // the same
  int not_judged = 0;
  int not_built = 0;
  std::vector<Survivor> survivors;        // unexplained
  std::vector<std::string> shortcomings;  // a sentence each: stale marks, what was not judged
  double seconds = 0;                     // wall time

  bool is_well() const { return survivors.empty() && shortcomings.empty(); }
};

// A file of the reference with what was found in it.
struct MutatedFile {
  std::string name;
  std::string text;
  std::vector<Mutant> mutants;
  std::vector<Mark> marks;
};

// Reads a file. Throws judge::LexError.
MutatedFile read(const std::string& name, const std::string& text);

// Counts the mutants of `files`, whose judgements are in the same order, file by file. A mark is
// stale when a mutant that it names did not survive, or when there is none.
Report sum_up(const std::string& lab, const std::vector<MutatedFile>& files,
              const std::vector<Judgement>& judgements);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_REPORT_H_
