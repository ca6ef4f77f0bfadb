// Locks that are not taken or not given back, and threads that are not told.

#include "grader/mutants/calls.h"
#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

void drop_calls(const Code& code, const Function& function, Edits& edits,
                std::initializer_list<std::string_view> methods) {
  for_each_statement(function.body, [&](const Statement& statement, const Blocks& around) {
    if (is_call_of(code, statement, methods)) edits.drop(statement, is_in_block(statement, around));
  });
}

// The last name of the object before `.notify_one`: `turn` of `next.turn.notify_one()`.
std::string_view condition_of(const Code& code, const MethodCall& call) {
  return code.is_name(call.dot - 1) ? std::string_view(code[call.dot - 1].text) : "";
}

// Whether each wait of this file on a condition variable called `name` has a predicate, and there
// is one.
bool all_look_again(const Code& code, std::string_view name) {
  bool any = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const std::size_t wanted = arguments_with_predicate(code[i].text);
    const auto call = wanted == 0 ? std::nullopt : method_call(code, i);
    if (!call || condition_of(code, *call) != name) continue;
    if (call->arguments.size() < wanted) return false;
    any = true;
  }
  return any;
}

}  // namespace

void drop_locks(const Code& code, const Function& function, Edits& edits) {
  drop_calls(code, function, edits, {"lock", "lock_shared"});
  for_each_statement(function.body, [&](const Statement& statement, const Blocks& around) {
    if (!is_lock(code, statement)) return;
    const Declared declared = declared_by(code, statement);
    const bool is_used =
        !around.empty() && code.mentions(statement.last, around.back()->last, declared.name);
    if (!is_used) {
      edits.drop(statement, true);
    } else if (code.arguments(declared.from, declared.from_end).size() == 1) {
      // What waits with it would not compile without it.
      edits.replace(declared.from_end, declared.from_end + 1, ", std::defer_lock)",
                    "does not lock in " + quoted(code, statement.first, statement.last));
    }
  });
}

void drop_unlocks(const Code& code, const Function& function, Edits& edits) {
  drop_calls(code, function, edits, {"unlock", "unlock_shared"});
}

void drop_notifies(const Code& code, const Function& function, Edits& edits) {
  drop_calls(code, function, edits, {"notify_one", "notify_all"});
}

void notify_one_for_all(const Code& code, const Function& function, Edits& edits) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    if (!code.is(i, "notify_all") || !method_call(code, i)) continue;
    edits.replace(i, i + 1, "notify_one", "`notify_all` becomes `notify_one`");
  }
}

// Where every waiter looks again when it is woken, waking more of them changes nothing but the time
// it takes: no mutant.
void notify_all_for_one(const Code& code, const Function& function, Edits& edits) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    if (!code.is(i, "notify_one")) continue;
    const auto call = method_call(code, i);
    if (!call || all_look_again(code, condition_of(code, *call))) continue;
    edits.replace(i, i + 1, "notify_all", "`notify_one` becomes `notify_all`");
  }
}

}  // namespace lockstep::mutants
