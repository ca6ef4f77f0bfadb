#include "grader/mutants/operators.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lockstep::mutants {
namespace {

constexpr std::array kOperators{
    Operator{"drop-lock", "a lock is not taken", drop_locks},
    Operator{"drop-unlock", "a lock is not given back", drop_unlocks},
    Operator{"drop-notify", "nobody is told", drop_notifies},
    Operator{"one-for-all", "notify_one for notify_all", notify_one_for_all},
    Operator{"all-for-one", "notify_all for notify_one, where a wait does not look again",
             notify_all_for_one},
    Operator{"while-to-if", "looks once, before it sleeps, and not after", while_to_if},
    Operator{"drop-predicate", "a wait that does not look at all", drop_predicates},
    Operator{"swap-statements", "two neighbours in the other order", swap_statements},
    Operator{"shift-bound", "< for <=, > for >=, and back", shift_bounds},
    Operator{"flip-equality", "== for !=, and back", flip_equalities},
    Operator{"shift-constant", "a number that is one more or one less", shift_constants},
    Operator{"flip-constant", "true for false, and back", flip_constants},
    Operator{"negate-condition", "what is asked, the other way round", negate_conditions},
    Operator{"drop-condition", "one side of && or || is not asked", drop_conditions},
    Operator{"weaken-order", "a weaker memory order", weaken_orders},
    Operator{"drop-try", "an exception passes unseen", drop_tries},
    Operator{"drop-guard", "no `if (...) return` or throw; no object that tidies up", drop_guards},
    Operator{"drop-statement", "a statement is left out", drop_statements},
    Operator{"early-return", "the rest of a function is left out", return_early},
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::span<const Operator> operators() { return kOperators; }

const Operator* operator_named(std::string_view name) {
  const auto* found = std::ranges::find(kOperators, name, &Operator::name);
  return found == kOperators.end() ? nullptr : found;
}

std::string quoted(const Code& code, std::size_t first, std::size_t last) {
  std::string line;
  for (const char c : code.source(first, last)) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  constexpr std::size_t kLongest = 60;
  if (line.size() > kLongest) line = line.substr(0, kLongest - 3) + "...";
  return "`" + line + "`";
}

void Edits::replace(std::size_t first, std::size_t last, const std::string& text,
                    const std::string& what) {
  found_.push_back({code_[first].begin, code_[last - 1].end, text, what});
}

void Edits::insert(std::size_t before, const std::string& text, const std::string& what) {
  const std::size_t at = code_[before].begin;
  found_.push_back({at, at, text, what});
}

void Edits::drop(const Statement& statement, bool in_block) {
  const std::string what = "drops " + quoted(code_, statement.first, statement.last);
  replace(statement.first, statement.last, in_block ? "" : "{}", what);
  if (!in_block) return;
  // With its line, where nothing else stands there.
  Edit& edit = found_.back();
  const std::string& text = code_.text();
  std::size_t begin = edit.begin;
  while (begin > 0 && is_blank(text[begin - 1])) --begin;
  std::size_t end = edit.end;
  while (end < text.size() && is_blank(text[end])) ++end;
  const bool alone =
      (begin == 0 || text[begin - 1] == '\n') && end < text.size() && text[end] == '\n';
  if (alone) {
    edit.begin = begin;
    edit.end = end + 1;
  }
}

void Edits::cut(std::size_t first, std::size_t last, bool space_before) {
  const std::size_t begin = space_before ? code_[first - 1].end : code_[first].begin;
  const std::size_t end = space_before ? code_[last - 1].end : code_[last].begin;
  found_.push_back({begin, end, "", "drops " + quoted(code_, first, last)});
}

}  // namespace lockstep::mutants
