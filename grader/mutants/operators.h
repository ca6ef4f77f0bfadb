#ifndef GRADER_MUTANTS_OPERATORS_H_
#define GRADER_MUTANTS_OPERATORS_H_

// What is done to a program to make a wrong one of it. An operator finds the places in a function
// where it applies; each place is one mutant.
//
// An operator may propose what does not compile: that is found out, and is no mutant. It must not
// propose what no program can tell from the original, where a rule that is easy to check says so;
// what such a rule misses has to be looked at by a person and marked (marks.h).

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grader/mutants/code.h"
#include "grader/mutants/functions.h"

namespace lockstep::mutants {

// A change of the source's bytes [begin, end).
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;  // what stands there instead
  std::string what;  // "drops `lock.unlock();`"
};

// Where an operator puts what it found.
class Edits {
 public:
  explicit Edits(const Code& code) : code_(code) {}

  // Tokens [first, last) become `text`.
  void replace(std::size_t first, std::size_t last, const std::string& text,
               const std::string& what);
  // The statement goes. `in_block`: it is one of a block's; else it is all that an if or a loop
  // does, and `{}` takes its place.
  void drop(const Statement& statement, bool in_block);
  // `text` is put before the token.
  void insert(std::size_t before, const std::string& text, const std::string& what);
  // Tokens [first, last) go, and the white space before (else behind) them.
  void cut(std::size_t first, std::size_t last, bool space_before);

  const std::vector<Edit>& found() const { return found_; }

 private:
  const Code& code_;
  std::vector<Edit> found_;
};

struct Operator {
  std::string_view name;  // stable: marks and identities use it
  std::string_view what;  // for people
  void (*find)(const Code& code, const Function& function, Edits& edits);
};

// All operators. Of two that make the same text, the earlier one's name counts.
std::span<const Operator> operators();

// The operator called `name`; null if there is none.
const Operator* operator_named(std::string_view name);

// Tokens [first, last) on one line, in backquotes, cut to a length that can be read.
std::string quoted(const Code& code, std::size_t first, std::size_t last);

// The families, a file each.
void drop_locks(const Code& code, const Function& function, Edits& edits);
void drop_unlocks(const Code& code, const Function& function, Edits& edits);
void drop_notifies(const Code& code, const Function& function, Edits& edits);
void notify_one_for_all(const Code& code, const Function& function, Edits& edits);
void notify_all_for_one(const Code& code, const Function& function, Edits& edits);

void while_to_if(const Code& code, const Function& function, Edits& edits);
void drop_predicates(const Code& code, const Function& function, Edits& edits);

void swap_statements(const Code& code, const Function& function, Edits& edits);

void shift_bounds(const Code& code, const Function& function, Edits& edits);
void shift_constants(const Code& code, const Function& function, Edits& edits);
void flip_constants(const Code& code, const Function& function, Edits& edits);
void flip_equalities(const Code& code, const Function& function, Edits& edits);

void negate_conditions(const Code& code, const Function& function, Edits& edits);
void drop_conditions(const Code& code, const Function& function, Edits& edits);

void weaken_orders(const Code& code, const Function& function, Edits& edits);

void drop_tries(const Code& code, const Function& function, Edits& edits);
void drop_guards(const Code& code, const Function& function, Edits& edits);
void return_early(const Code& code, const Function& function, Edits& edits);
void drop_statements(const Code& code, const Function& function, Edits& edits);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_OPERATORS_H_
