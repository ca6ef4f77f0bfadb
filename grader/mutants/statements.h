#ifndef GRADER_MUTANTS_STATEMENTS_H_
#define GRADER_MUTANTS_STATEMENTS_H_

#include <functional>
#include <string>
#include <vector>

#include "grader/mutants/code.h"

namespace lockstep::mutants {

// A statement, as tokens [first, last) of its file.
struct Statement {
  enum class Kind {
    kBlock,  // parts: its statements
    kIf,     // parts: then, and else where there is one
    kWhile,  // parts: the body
    kFor,    // the same
    kDo,     // the same
    kSwitch,
    kTry,  // parts: the block, then those of its handlers
    kReturn,
    kThrow,
    kJump,         // break, continue, goto
    kLabel,        // case, default
    kDeclaration,  // of variables, types, ...
    kExpression,
    kEmpty,
  };
  Kind kind = Kind::kEmpty;
  std::size_t first = 0;
  std::size_t last = 0;
  // What an if, while, do or switch asks: [condition, condition_end), after the `;` of an
  // initializer. Equal where there is none.
  std::size_t condition = 0;
  std::size_t condition_end = 0;
  std::vector<Statement> parts;
  std::vector<Statement> lambdas;  // bodies of the lambdas in the statement's own tokens: kBlock
};

// The block whose `{` is the token `open`.
Statement parse_block(const Code& code, std::size_t open);

// A variable that a statement declares: `const std::scoped_lock hold(mutex_);`.
struct Declared {
  std::string type;  // the last name of its type: "scoped_lock"; empty for `auto`
  std::string name;  // "hold"
  // What it is made from, in ( ) or { }: tokens behind the opening bracket to the closing one.
  // Equal where there is none.
  std::size_t from = 0;
  std::size_t from_end = 0;
};

// The variable of a kDeclaration; without a name where it declares something else.
Declared declared_by(const Code& code, const Statement& statement);

// Calls `see` for the statement and all in it, lambdas' bodies included, from the outside in.
// `around` are the blocks, functions' or lambdas', that it stands in, the innermost last.
using Blocks = std::vector<const Statement*>;
void for_each_statement(
    const Statement& statement,
    const std::function<void(const Statement& statement, const Blocks& around)>& see);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_STATEMENTS_H_
