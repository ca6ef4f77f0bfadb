// Two neighbouring statements in the other order.

#include <algorithm>
#include <string>
#include <vector>

#include "grader/mutants/calls.h"
#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

using Kind = Statement::Kind;

// Whether a variable called `name` is declared as an atomic in this file.
bool is_atomic(const Code& code, std::string_view name) {
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    if (!code[i].text.starts_with("atomic")) continue;
    if (code.is(code.behind_angles(i + 1), name)) return true;
  }
  return false;
}

// The last names of what a plain assignment changes: `state` of `me.state = State::kEating;`,
// `left_` of `--left_;`, both of `me.ticket = next_++;`. Nothing for a statement that does anything
// else, calls a function of which nothing is known, or changes an atomic.
std::vector<std::string> changed_by(const Code& code, const Statement& statement) {
  if (statement.kind != Kind::kExpression) return {};
  std::vector<std::string> changed;
  for (std::size_t i = statement.first; i < statement.last; ++i) {
    const std::string& text = code[i].text;
    if (text == "[" || text == "{" || text == "<<") return {};
    if (text == "(") {
      // std::thread::id() and the like change nothing.
      std::size_t path = i - 1;
      while (path > statement.first && code.is(path - 1, "::")) path -= 2;
      if (!code.is(path, "std") || !code.is(i + 1, ")")) return {};
    }
    const bool counts = text == "++" || text == "--";
    if (!counts && text != "=" && text != "+=" && text != "-=") continue;
    std::size_t name = i - 1;
    if (i == statement.first || (counts && !code.is_name(i - 1))) {  // ++a.b
      name = i + 1;
      while (code.is(name + 1, ".") || code.is(name + 1, "->")) name += 2;
    }
    if (!code.is_name(name) || is_atomic(code, code[name].text)) return {};
    changed.push_back(code[name].text);
  }
  return changed;
}

bool is_notify(const Code& code, const Statement& statement) {
  return is_call_of(code, statement, {"notify_one", "notify_all"});
}

// Whether a lock that the function takes itself is surely held at `statement`.
bool is_locked(const Code& code, const Statement& statement, const Blocks& around) {
  for (auto block = around.rbegin(); block != around.rend(); ++block) {
    for (const Statement& one : (*block)->parts) {
      if (one.first >= statement.first) break;
      if (!is_lock(code, one)) continue;
      return !code.mentions(one.last, statement.first, "unlock") &&
             !code.mentions(one.first, one.last, "defer_lock");
    }
  }
  return false;
}

// Whether no thread can see which of the two comes first.
//   - Two plain assignments that have nothing to do with each other: who sees them in between has a
//     data race, and who has none sees both or neither.
//   - Notifying in a critical section: whoever is woken needs the mutex before it can look.
bool is_invisible(const Code& code, const Statement& a, const Statement& b, const Blocks& around) {
  const std::vector<std::string> of_a = changed_by(code, a);
  const std::vector<std::string> of_b = changed_by(code, b);
  if (!of_a.empty() && !of_b.empty()) {
    return std::ranges::none_of(of_a,
                                [&](const auto& x) { return code.mentions(b.first, b.last, x); }) &&
           std::ranges::none_of(of_b,
                                [&](const auto& x) { return code.mentions(a.first, a.last, x); });
  }
  const bool notifies = (is_notify(code, a) && (!of_b.empty() || is_notify(code, b))) ||
                        (is_notify(code, b) && !of_a.empty());
  return notifies && is_locked(code, a, around);
}

bool may_move(const Code& code, const Statement& statement) {
  switch (statement.kind) {
    case Kind::kExpression:
      return !code.is(statement.first + 1, "void");  // (void)unused;
    case Kind::kIf:
    case Kind::kWhile:
    case Kind::kFor:
    case Kind::kDo:
    case Kind::kTry:
    case Kind::kBlock:
      return true;
    default:
      return false;
  }
}

}  // namespace

// Not a declaration, whose name the next statement needs; but a lock and what it should guard.
void swap_statements(const Code& code, const Function& function, Edits& edits) {
  for_each_statement(function.body, [&](const Statement& block, const Blocks& outside) {
    if (block.kind != Kind::kBlock) return;
    Blocks around = outside;
    around.push_back(&block);
    for (std::size_t i = 0; i + 1 < block.parts.size(); ++i) {
      const Statement& a = block.parts[i];
      const Statement& b = block.parts[i + 1];
      if (!may_move(code, b) || !(may_move(code, a) || is_lock(code, a))) continue;
      if (is_invisible(code, a, b, around)) continue;
      const std::string between =
          code.text().substr(code[a.last - 1].end, code[b.first].begin - code[a.last - 1].end);
      edits.replace(
          a.first, b.last,
          std::string(code.source(b.first, b.last)) + between +
              std::string(code.source(a.first, a.last)),
          "swaps " + quoted(code, a.first, a.last) + " and " + quoted(code, b.first, b.last));
    }
  });
}

}  // namespace lockstep::mutants
