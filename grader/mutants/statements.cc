#include "grader/mutants/statements.h"

#include <algorithm>
#include <array>

namespace lockstep::mutants {
namespace {

using Kind = Statement::Kind;

// What a declaration may begin with, and an expression never does.
constexpr std::array<std::string_view, 28> kBeginsDeclaration{
    "const",    "constexpr", "static", "auto",     "using",         "typedef", "struct",
    "class",    "enum",      "union",  "unsigned", "signed",        "int",     "bool",
    "char",     "long",      "short",  "double",   "float",         "void",    "volatile",
    "template", "typename",  "friend", "extern",   "static_assert", "inline",  "thread_local"};

// Of these, what stands before a type and is none.
constexpr std::array<std::string_view, 6> kQualifiers{"const",    "constexpr", "static",
                                                      "volatile", "typename",  "thread_local"};

template <std::size_t kCount>
bool among(const std::array<std::string_view, kCount>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

class Parser {
 public:
  explicit Parser(const Code& code) : code_(code) {}

  Statement block(std::size_t open) const {
    Statement block = begin(Kind::kBlock, open);
    for (std::size_t i = open + 1; i < code_[open].partner;) {
      block.parts.push_back(statement(i));
      i = block.parts.back().last;
    }
    block.last = code_.behind(open);
    return block;
  }

 private:
  static Statement begin(Kind kind, std::size_t first) {
    Statement result;
    result.kind = kind;
    result.first = first;
    return result;
  }

  Statement statement(std::size_t i) const {
    if (code_.is(i, "{")) return block(i);
    if (code_.is(i, "if")) return if_statement(i);
    if (code_.is(i, "while")) return loop(Kind::kWhile, i);
    if (code_.is(i, "for")) return loop(Kind::kFor, i);
    if (code_.is(i, "switch")) return loop(Kind::kSwitch, i);
    if (code_.is(i, "do")) return do_statement(i);
    if (code_.is(i, "try")) return try_statement(i);
    if (code_.is(i, "case") || code_.is(i, "default")) return label(i);
    if (code_.is(i, ";")) return simple(Kind::kEmpty, i);
    if (code_.is(i, "return")) return simple(Kind::kReturn, i);
    if (code_.is(i, "throw")) return simple(Kind::kThrow, i);
    if (code_.is(i, "break") || code_.is(i, "continue") || code_.is(i, "goto")) {
      return simple(Kind::kJump, i);
    }
    return simple(is_declaration(i) ? Kind::kDeclaration : Kind::kExpression, i);
  }

  Statement simple(Kind kind, std::size_t i) const {
    Statement result = begin(kind, i);
    result.last = std::min(code_.find(i, code_.size(), ";") + 1, code_.size());
    add_lambdas(i, result.last, result);
    return result;
  }

  Statement label(std::size_t i) const {
    Statement result = begin(Kind::kLabel, i);
    result.last = code_.find(i, code_.size(), ":") + 1;
    return result;
  }

  // Reads the `(...)` at `open` into the statement.
  void read_condition(std::size_t open, Statement& statement) const {
    statement.condition_end = code_[open].partner;
    statement.condition = open + 1;
    const std::size_t semicolon = code_.find(open + 1, statement.condition_end, ";");
    if (semicolon < statement.condition_end) statement.condition = semicolon + 1;
    add_lambdas(open + 1, statement.condition_end, statement);
  }

  Statement if_statement(std::size_t i) const {
    Statement result = begin(Kind::kIf, i);
    const std::size_t open = code_.is(i + 1, "constexpr") ? i + 2 : i + 1;
    read_condition(open, result);
    result.parts.push_back(statement(code_.behind(open)));
    result.last = result.parts.back().last;
    if (code_.is(result.last, "else")) {
      result.parts.push_back(statement(result.last + 1));
      result.last = result.parts.back().last;
    }
    return result;
  }

  Statement loop(Kind kind, std::size_t i) const {
    Statement result = begin(kind, i);
    if (kind == Kind::kFor) {
      add_lambdas(i + 2, code_[i + 1].partner, result);
    } else {
      read_condition(i + 1, result);
    }
    result.parts.push_back(statement(code_.behind(i + 1)));
    result.last = result.parts.back().last;
    return result;
  }

  Statement do_statement(std::size_t i) const {
    Statement result = begin(Kind::kDo, i);
    result.parts.push_back(statement(i + 1));
    const std::size_t open = result.parts.back().last + 1;  // behind `while`
    read_condition(open, result);
    result.last = code_.behind(open) + 1;  // with the semicolon
    return result;
  }

  Statement try_statement(std::size_t i) const {
    Statement result = begin(Kind::kTry, i);
    result.parts.push_back(block(i + 1));
    result.last = result.parts.back().last;
    while (code_.is(result.last, "catch")) {
      result.parts.push_back(block(code_.behind(result.last + 1)));
      result.last = result.parts.back().last;
    }
    return result;
  }

  void add_lambdas(std::size_t first, std::size_t last, Statement& statement) const {
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t body = lambda_body(i);
      if (body == kNone) continue;
      statement.lambdas.push_back(block(body));
      i = code_[body].partner;
    }
  }

  // The `{` of the lambda that begins with the `[` at `i`; kNone if there begins none.
  std::size_t lambda_body(std::size_t i) const {
    if (!code_.is(i, "[")) return kNone;
    const bool subscript =
        i > 0 && (code_.is_name(i - 1) || code_.is(i - 1, ")") || code_.is(i - 1, "]"));
    if (subscript) return kNone;
    for (std::size_t at = code_.behind(i); at < code_.size();) {
      if (code_.is(at, "{")) return at;
      if (code_.is(at, ";") || code_.is(at, ")") || code_.is(at, ",") || code_.is(at, "=")) break;
      at = std::max(code_.behind(at), code_.behind_angles(at));
    }
    return kNone;
  }

  bool is_declaration(std::size_t i) const {
    if (among(kBeginsDeclaration, code_[i].text)) return true;
    const std::size_t name = behind_type(i);
    if (name == kNone || !code_.is_name(name)) return false;
    for (const char* next : {";", "=", "(", "{", "[", ","}) {
      if (code_.is(name + 1, next)) return true;
    }
    return false;
  }

 public:
  // The index behind the type that begins at `i`, with its & and *; kNone if there is none.
  std::size_t behind_type(std::size_t i) const {
    if (code_.is(i, "::")) ++i;
    for (;; ++i) {
      if (!code_.is_name(i)) return kNone;
      i = code_.behind_angles(i + 1);
      if (!code_.is(i, "::")) break;
    }
    while (code_.is(i, "&") || code_.is(i, "*") || code_.is(i, "&&") || code_.is(i, "const")) ++i;
    return i;
  }

 private:
  const Code& code_;
};

void visit(const Statement& statement, Blocks& around,
           const std::function<void(const Statement&, const Blocks&)>& see) {
  see(statement, around);
  const bool is_block = statement.kind == Kind::kBlock;
  if (is_block) around.push_back(&statement);
  for (const Statement& part : statement.parts) visit(part, around, see);
  for (const Statement& lambda : statement.lambdas) visit(lambda, around, see);
  if (is_block) around.pop_back();
}

}  // namespace

Statement parse_block(const Code& code, std::size_t open) { return Parser(code).block(open); }

Declared declared_by(const Code& code, const Statement& statement) {
  Declared result;
  std::size_t type = statement.first;
  while (type < statement.last && among(kQualifiers, code[type].text)) ++type;
  std::size_t name = type;
  if (code.is(type, "auto")) {
    ++name;
    while (code.is(name, "&") || code.is(name, "*") || code.is(name, "&&")) ++name;
  } else {
    name = Parser(code).behind_type(type);
    if (name == kNone || name >= statement.last) return result;
    for (std::size_t i = type; i < name; i = std::max(code.behind_angles(i), i + 1)) {
      if (code.is_name(i)) result.type = code[i].text;
    }
  }
  if (!code.is_name(name)) return result;
  const std::size_t next = name + 1;
  const bool made = code.is(next, "(") || code.is(next, "{");
  if (!made && !code.is(next, "=") && !code.is(next, ";")) return result;
  result.name = code[name].text;
  if (made) {
    result.from = next + 1;
    result.from_end = code[next].partner;
  }
  return result;
}

void for_each_statement(const Statement& statement,
                        const std::function<void(const Statement&, const Blocks&)>& see) {
  Blocks around;
  visit(statement, around, see);
}

}  // namespace lockstep::mutants
