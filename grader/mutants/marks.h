#ifndef GRADER_MUTANTS_MARKS_H_
#define GRADER_MUTANTS_MARKS_H_

// What an author says of mutants that no case can kill, beside the code:
//
//   // equivalent drop-notify: nobody waits yet, the object is not published
//   // equivalent shift-bound#2, drop-guard: reason, which may go on
//   // in the next lines of the comment
//   // weak-memory weaken-order: reason
//
// The mark stands at the end of the line that the mutant changes, or in the comment right above it;
// it goes to the end of that comment, or to the next mark. A name without a number means all
// mutants of that operator on that line. Its first word says why no case kills them:
//
//   equivalent   no program can tell the mutant from the original
//   weak-memory  only a machine that reorders memory accesses could (weaken-order)
//
// The second is a mistake all the same, but the explorer does not reorder (docs/explorer.md). The
// skeleton generator leaves marks out.

#include <string>
#include <string_view>
#include <vector>

#include "grader/mutants/mutant.h"

namespace lockstep::mutants {

struct Mark {
  enum class Kind { kEquivalent, kWeakMemory };
  struct Target {
    std::string operator_name;
    int ordinal = 0;  // as Mutant's; 0: every one
  };
  Kind kind{};
  std::string file;
  int line = 0;  // of the code that it speaks of; 0 if none follows
  int at = 0;    // its own
  std::vector<Target> targets;
  std::string reason;

  // Whether it speaks of the mutant.
  bool names(const Mutant& mutant) const;
  // "rlock.h:56: equivalent drop-notify"
  std::string place() const;
};

// The marks of a file, in their order. What cannot be read as a mark becomes one without targets.
std::vector<Mark> marks_of(const std::string& file, const Code& code);

// What is wrong with the marks themselves, a sentence each: an operator that does not exist or is
// not of that kind, no reason, a line without such a mutant. Asks nothing of the judge.
std::vector<std::string> complaints_about(const std::vector<Mark>& marks,
                                          const std::vector<Mutant>& mutants);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_MARKS_H_
