#include "grader/mutants/calls.h"

#include <algorithm>

namespace lockstep::mutants {

std::optional<MethodCall> method_call(const Code& code, std::size_t i) {
  if (i < 2 || !code.is_name(i) || !code.is(i + 1, "(")) return std::nullopt;
  if (!code.is(i - 1, ".") && !code.is(i - 1, "->")) return std::nullopt;
  MethodCall call;
  call.method = i;
  call.dot = i - 1;
  call.behind = code.behind(i + 1);
  call.arguments = code.arguments(i + 2, call.behind - 1);
  std::size_t object = i - 1;  // walks back over a.b->c().d[e]
  for (;;) {
    std::size_t part = object - 1;
    while (code.is(part, ")") || code.is(part, "]")) part = code[part].partner - 1;
    if (!code.is_name(part)) return std::nullopt;
    object = part;
    const bool more = object > 1 && (code.is(object - 1, ".") || code.is(object - 1, "->") ||
                                     code.is(object - 1, "::"));
    if (!more) break;
    --object;
  }
  call.object = object;
  return call;
}

bool is_call_of(const Code& code, const Statement& statement,
                std::initializer_list<std::string_view> methods) {
  if (statement.kind != Statement::Kind::kExpression || statement.last < statement.first + 4) {
    return false;
  }
  const std::size_t close = statement.last - 2;  // before the semicolon
  if (!code.is(close, ")")) return false;
  const std::size_t method = code[close].partner - 1;
  if (std::ranges::find(methods, code[method].text) == methods.end()) return false;
  if (method == statement.first) return true;
  const auto call = method_call(code, method);
  return call && call->object == statement.first;
}

bool is_lock(const Code& code, const Statement& statement) {
  if (statement.kind != Statement::Kind::kDeclaration) return false;
  const Declared declared = declared_by(code, statement);
  if (declared.from == declared.from_end) return false;
  for (const char* type : {"scoped_lock", "lock_guard", "unique_lock", "shared_lock"}) {
    if (declared.type == type) return !code.mentions(statement.first, declared.from, "&");
  }
  return false;
}

bool is_in_block(const Statement& statement, const Blocks& around) {
  return !around.empty() && std::ranges::any_of(around.back()->parts, [&](const Statement& part) {
    return &part == &statement;
  });
}

std::size_t arguments_with_predicate(std::string_view method) {
  if (method == "wait") return 2;
  return method == "wait_for" || method == "wait_until" ? 3 : 0;
}

}  // namespace lockstep::mutants
