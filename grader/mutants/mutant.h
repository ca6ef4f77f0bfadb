#ifndef GRADER_MUTANTS_MUTANT_H_
#define GRADER_MUTANTS_MUTANT_H_

#include <string>
#include <string_view>
#include <vector>

#include "grader/mutants/code.h"

namespace lockstep::mutants {

// One small change of one file.
struct Mutant {
  std::string file;           // "rlock.h"
  int line = 0;               // of the first character that changes
  std::string operator_name;  // "drop-notify"
  // From 1: which of the operator's mutants of that line it is; 0 where it is the only one.
  int ordinal = 0;
  std::string what;                 // "drops `next.turn.notify_one();`"
  std::vector<std::string> around;  // classes and function that it is in, the outermost first
  std::string text;                 // the whole file, changed

  // "rlock.h:57:drop-notify" or "rlock.h:57:shift-bound#2"; the same until the file is edited.
  std::string id() const;
};

// All mutants of a file, by line. Throws judge::LexError.
std::vector<Mutant> mutants_of(const std::string& file, const Code& code);

// The lines that differ, with two lines around them, as `diff -u` prints them; the numbers are
// those of `before`.
std::string difference(std::string_view before, std::string_view after);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_MUTANT_H_
