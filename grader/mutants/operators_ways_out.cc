// Ways out that are missing or come too early, and statements that are left out.

#include <algorithm>

#include "grader/mutants/calls.h"
#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

using Kind = Statement::Kind;

bool is_way_out(const Statement& statement) {
  return statement.kind == Kind::kReturn || statement.kind == Kind::kThrow ||
         statement.kind == Kind::kJump;
}

// `if (...) return ...;`, or with a block that ends so, and without an else.
bool is_guard(const Statement& statement) {
  if (statement.kind != Kind::kIf || statement.parts.size() != 1) return false;
  const Statement& then = statement.parts[0];
  return is_way_out(then) ||
         (then.kind == Kind::kBlock && !then.parts.empty() && is_way_out(then.parts.back()));
}

// A variable that is never named again: it is there for its constructor and its destructor.
bool tidies_up(const Code& code, const Statement& statement, const Blocks& around) {
  if (statement.kind != Kind::kDeclaration || is_lock(code, statement)) return false;
  const Declared declared = declared_by(code, statement);
  return !declared.name.empty() && !declared.type.empty() && !around.empty() &&
         !code.mentions(statement.last, around.back()->last, declared.name);
}

bool is_statement_to_drop(const Code& code, const Statement& statement, const Blocks& around) {
  switch (statement.kind) {
    case Kind::kExpression:
      return !code.is(statement.first + 1, "void") &&  // (void)unused;
             !is_call_of(
                 code, statement,
                 {"lock", "lock_shared", "unlock", "unlock_shared", "notify_one", "notify_all"});
    case Kind::kJump:
      return is_in_block(statement, around) && around.back()->parts.size() > 1;
    case Kind::kThrow:  // one that stands alone is dropped with its `if`
      return is_in_block(statement, around) && around.back()->parts.size() > 1;
    default:
      return false;
  }
}

}  // namespace

void drop_tries(const Code& code, const Function& function, Edits& edits) {
  for_each_statement(function.body, [&](const Statement& statement, const Blocks&) {
    if (statement.kind != Kind::kTry) return;
    const Statement& block = statement.parts[0];
    edits.replace(statement.first, statement.last,
                  std::string(code.source(block.first, block.last)), "drops try and catch");
  });
}

void drop_guards(const Code& code, const Function& function, Edits& edits) {
  for_each_statement(function.body, [&](const Statement& statement, const Blocks& around) {
    if (!is_guard(statement) && !tidies_up(code, statement, around)) return;
    edits.drop(statement, is_in_block(statement, around));
  });
}

void drop_statements(const Code& code, const Function& function, Edits& edits) {
  for_each_statement(function.body, [&](const Statement& statement, const Blocks& around) {
    if (!is_statement_to_drop(code, statement, around)) return;
    edits.drop(statement, is_in_block(statement, around));
  });
}

// Before each statement of the body, where that is more than what other operators do: drop this one
// statement, or flip the constant that it returns. What is returned: nothing, either bool, or a
// fresh value, this one only in place of the whole function.
void return_early(const Code& code, const Function& function, Edits& edits) {
  const std::vector<Statement>& parts = function.body.parts;
  bool first = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Statement& next = parts[i];
    if (next.kind == Kind::kDeclaration) continue;
    if (next.kind == Kind::kReturn &&
        (code.is(next.first + 1, "true") || code.is(next.first + 1, "false")))
      continue;
    const bool dropped_anyway = next.kind == Kind::kExpression || is_guard(next);
    const auto add = [&](const std::string& value) {
      const std::string way_out = value.empty() ? "return;" : "return " + value + ";";
      const auto returns_it = [&](const Statement& one) {
        return code.source(one.first, one.last) == way_out;
      };
      if (returns_it(next)) return;  // the same once more
      const std::size_t rest = parts.size() - i;
      if (dropped_anyway && rest == 1) return;
      if (dropped_anyway && rest == 2 && returns_it(parts.back())) return;
      edits.insert(next.first, way_out + " ",
                   "`" + way_out + "` before " + quoted(code, next.first, next.last));
    };
    switch (function.result) {
      case Function::Result::kNothing:
        add("");
        break;
      case Function::Result::kBool:
        add("true");
        add("false");
        break;
      case Function::Result::kOther:
        if (first) add("{}");
        break;
    }
    first = false;
  }
}

}  // namespace lockstep::mutants
