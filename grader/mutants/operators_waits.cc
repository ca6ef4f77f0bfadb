// Threads that do not look again when they are woken.

#include "grader/mutants/calls.h"
#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

std::string text_of(const Code& code, std::pair<std::size_t, std::size_t> range) {
  return std::string(code.source(range.first, range.second));
}

// `object.wait_until(lock, time` without the predicate and the `)`.
std::string without_predicate(const Code& code, const MethodCall& call) {
  std::string text(code.source(call.object, call.method + 2));
  for (std::size_t i = 0; i + 1 < call.arguments.size(); ++i) {
    text += (i == 0 ? "" : ", ") + text_of(code, call.arguments[i]);
  }
  return text + ")";
}

template <typename See>
void for_each_wait(const Code& code, const Function& function, See see) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    const std::size_t wanted = arguments_with_predicate(code[i].text);
    const auto call = wanted == 0 ? std::nullopt : method_call(code, i);
    if (call && call->arguments.size() == wanted) see(*call);
  }
}

}  // namespace

// `while (c) s` -> `if (c) s`; and a wait with a predicate is a loop, too: it looks, sleeps once,
// and goes on (one with a time looks once more for its answer, as the student's would).
void while_to_if(const Code& code, const Function& function, Edits& edits) {
  for_each_statement(function.body, [&](const Statement& statement, const Blocks&) {
    if (statement.kind != Statement::Kind::kWhile) return;
    edits.replace(statement.first, statement.first + 1, "if", "`while` becomes `if`");
  });
  for_each_wait(code, function, [&](const MethodCall& call) {
    const std::string wait = without_predicate(code, call);
    const std::string body = code.is(call.method, "wait")
                                 ? "if (!predicate()) " + wait + ";"
                                 : "return predicate() || (" + wait + ", predicate());";
    edits.replace(
        call.object, call.behind,
        "[&](auto predicate) { " + body + " }(" + text_of(code, call.arguments.back()) + ")",
        "`" + code[call.method].text + "` looks once and sleeps once");
  });
}

void drop_predicates(const Code& code, const Function& function, Edits& edits) {
  for_each_wait(code, function, [&](const MethodCall& call) {
    const std::string wait = without_predicate(code, call);
    edits.replace(
        call.object, call.behind,
        code.is(call.method, "wait") ? wait : "(" + wait + " == std::cv_status::no_timeout)",
        "`" + code[call.method].text + "` without its predicate");
  });
}

}  // namespace lockstep::mutants
