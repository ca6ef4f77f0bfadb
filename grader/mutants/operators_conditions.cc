// Questions asked the other way round, or asked in part.

#include <array>

#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

// What ends an operand of `&&`, beside brackets. Of `||` all but the first.
constexpr std::array<std::string_view, 9> kEnds{"&&", "||", "?",      ":",    ",",
                                                ";",  "=",  "return", "throw"};

bool ends_operand(const Code& code, std::size_t i, bool of_and) {
  for (std::size_t k = of_and ? 0 : 1; k < kEnds.size(); ++k) {
    if (code.is(i, kEnds[k])) return true;
  }
  return false;
}

// The operand that ends before token `i`, and the one that begins with it.
std::size_t operand_before(const Code& code, std::size_t i, bool of_and) {
  while (i > 0) {
    const std::size_t partner = code[i - 1].partner;
    if (partner != kNone && partner > i - 1) return i;  // an opening bracket
    // A lambda's or block's end is the end of another statement.
    if (code.is(i - 1, "}") || ends_operand(code, i - 1, of_and)) return i;
    i = partner == kNone ? i - 1 : partner;
  }
  return i;
}
std::size_t operand_end(const Code& code, std::size_t i, bool of_and) {
  while (i < code.size()) {
    const std::size_t partner = code[i].partner;
    if ((partner != kNone && partner < i) || ends_operand(code, i, of_and)) return i;
    i = code.behind(i);
  }
  return i;
}

// `a == b` and nothing more: turning it round is flip-equality's work.
bool is_equality(const Code& code, std::size_t first, std::size_t last) {
  if (code.find(first, last, "&&") < last || code.find(first, last, "||") < last) return false;
  return code.find(first, last, "==") < last || code.find(first, last, "!=") < last;
}

void negate(const Code& code, std::size_t first, std::size_t last, Edits& edits) {
  const bool declares = code.find(first, last, "=") < last;
  if (first == last || declares || code.is(first, "true") || is_equality(code, first, last)) return;
  edits.replace(first, last, "!(" + std::string(code.source(first, last)) + ")",
                "negates " + quoted(code, first, last));
}

}  // namespace

// What an if, a loop or a `? :` asks.
void negate_conditions(const Code& code, const Function& function, Edits& edits) {
  for_each_statement(function.body, [&](const Statement& statement, const Blocks&) {
    if (statement.kind == Statement::Kind::kSwitch) return;
    negate(code, statement.condition, statement.condition_end, edits);
  });
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    if (!code.is(i, "?")) continue;
    std::size_t first = operand_before(code, i, false);
    while (code.is(first - 1, "||")) first = operand_before(code, first - 1, false);
    negate(code, first, i, edits);
  }
}

// Each operand of a chain of && or of || once.
void drop_conditions(const Code& code, const Function& function, Edits& edits) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    const bool of_and = code.is(i, "&&");
    if (!(of_and || code.is(i, "||")) || !code.is_spaced(i)) continue;
    const std::size_t left = operand_before(code, i, of_and);
    if (!code.is(left - 1, code[i].text)) edits.cut(left, i + 1, false);
    edits.cut(i, operand_end(code, i + 1, of_and), true);
  }
}

}  // namespace lockstep::mutants
