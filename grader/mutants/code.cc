#include "grader/mutants/code.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lockstep::mutants {
namespace {

using Kind = judge::Token::Kind;

// The longer ones first.
constexpr std::array<std::string_view, 25> kOperators{
    "...", "<=>", "<<=", "->*", "::", "->", "++", "--", "<=", ">=", "==", "!=", "&&",
    "||",  "+=",  "-=",  "*=",  "/=", "%=", "&=", "|=", "^=", "<<", ".*", "##"};

constexpr std::array<std::string_view, 51> kKeywords{
    "alignas",  "auto",     "bool",    "break",     "case",   "catch",    "char",     "class",
    "const",    "continue", "default", "delete",    "do",     "double",   "else",     "enum",
    "explicit", "false",    "float",   "for",       "friend", "goto",     "if",       "inline",
    "int",      "long",     "mutable", "namespace", "new",    "noexcept", "nullptr",  "operator",
    "private",  "public",   "return",  "short",     "signed", "sizeof",   "static",   "struct",
    "switch",   "template", "throw",   "true",      "try",    "typedef",  "typename", "unsigned",
    "using",    "virtual",  "while"};

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::vector<judge::Token> without_directives(std::vector<judge::Token> tokens) {
  std::vector<judge::Token> kept;
  bool directive = false;
  for (judge::Token& token : tokens) {
    if (token.starts_line) directive = token.text == "#";
    if (!directive) kept.push_back(std::move(token));
  }
  return kept;
}

}  // namespace

Code::Code(std::string text) : text_(std::move(text)) {
  const std::vector<judge::Token> pieces = judge::tokenize(text_);
  read_comments(pieces);
  join_operators(without_directives(pieces));
  match_brackets();
}

void Code::join_operators(const std::vector<judge::Token>& pieces) {
  for (std::size_t i = 0; i < pieces.size();) {
    const judge::Token& first = pieces[i];
    Token& token = tokens_.emplace_back();
    token.kind = first.kind;
    token.text = first.text;
    token.line = first.line;
    token.begin = first.begin;
    token.end = first.end;
    std::size_t used = 1;
    if (first.kind == Kind::kPunctuator) {
      const std::string_view rest = std::string_view(text_).substr(first.begin);
      const auto found = std::ranges::find_if(
          kOperators, [&](std::string_view one) { return rest.starts_with(one); });
      if (found != kOperators.end()) {
        token.text = *found;
        token.end = first.begin + found->size();
        used = found->size();  // each piece is one character
      }
    }
    i += used;
  }
}

void Code::match_brackets() {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].kind != Kind::kPunctuator) continue;
    const std::string& text = tokens_[i].text;
    if (text == "(" || text == "[" || text == "{") {
      open.push_back(i);
    } else if (text == ")" || text == "]" || text == "}") {
      const char wanted = text == ")" ? '(' : text == "]" ? '[' : '{';
      if (open.empty() || tokens_[open.back()].text[0] != wanted) {
        throw judge::LexError(tokens_[i].line, "has a `" + text + "` that closes nothing");
      }
      tokens_[i].partner = open.back();
      tokens_[open.back()].partner = i;
      open.pop_back();
    }
  }
  if (!open.empty()) {
    throw judge::LexError(tokens_[open.back()].line,
                          "has a `" + tokens_[open.back()].text + "` that is not closed");
  }
}

void Code::read_comments(const std::vector<judge::Token>& pieces) {
  std::size_t gap = 0;  // where the white space and comments before the next token begin
  int line = 1;
  std::size_t counted = 0;
  const auto line_at = [&](std::size_t at) {
    line += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted),
                                        text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    return line;
  };
  const auto read_gap = [&](std::size_t end) {
    for (std::size_t at = gap; at < end;) {
      const std::string_view rest = std::string_view(text_).substr(at, end - at);
      if (rest.starts_with("/*")) {
        at += std::min(rest.find("*/"), rest.size());
      } else if (rest.starts_with("//")) {
        const std::size_t length = std::min(rest.find('\n'), rest.size());
        const std::size_t start = text_.rfind('\n', at) + 1;  // npos + 1 is 0
        const bool alone = trimmed(std::string_view(text_).substr(start, at - start)).empty();
        comments_.push_back({line_at(at), alone, trimmed(rest.substr(2, length - 2))});
        at += length;
      } else {
        ++at;
      }
    }
  };
  for (const judge::Token& piece : pieces) {
    read_gap(piece.begin);
    gap = piece.end;
  }
  read_gap(text_.size());
}

bool Code::is_name(std::size_t i) const {
  return i < tokens_.size() && tokens_[i].kind == Kind::kIdentifier &&
         std::ranges::find(kKeywords, tokens_[i].text) == kKeywords.end();
}

bool Code::is_spaced(std::size_t i) const {
  const Token& token = tokens_[i];
  return token.begin > 0 && is_blank(text_[token.begin - 1]) && token.end < text_.size() &&
         is_blank(text_[token.end]);
}

std::size_t Code::behind_angles(std::size_t i) const {
  if (!is(i, "<") || is_spaced(i)) return i;
  int depth = 0;
  for (std::size_t at = i; at < tokens_.size(); at = behind(at)) {
    if (is(at, "<") && !is_spaced(at)) ++depth;
    if (is(at, ">") && !is_spaced(at) && --depth == 0) return at + 1;
    if (is(at, ";") || is(at, "}") || is(at, ")")) return i;
  }
  return i;
}

std::size_t Code::find(std::size_t first, std::size_t last, std::string_view text) const {
  for (std::size_t at = first; at < last; at = behind(at)) {
    if (tokens_[at].text == text) return at;
  }
  return last;
}

bool Code::mentions(std::size_t first, std::size_t last, std::string_view text) const {
  for (std::size_t at = first; at < last; ++at) {
    if (tokens_[at].text == text) return true;
  }
  return false;
}

std::vector<std::pair<std::size_t, std::size_t>> Code::arguments(std::size_t first,
                                                                 std::size_t last) const {
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  if (first == last) return parts;
  for (std::size_t begin = first;;) {
    std::size_t end = begin;
    while (end < last && tokens_[end].text != ",") {
      const std::size_t angles = behind_angles(end);
      end = angles > end && angles <= last ? angles : behind(end);
    }
    parts.emplace_back(begin, end);
    if (end >= last) return parts;
    begin = end + 1;
  }
}

std::string_view Code::source(std::size_t first, std::size_t last) const {
  if (first >= last) return {};
  return std::string_view(text_).substr(tokens_[first].begin,
                                        tokens_[last - 1].end - tokens_[first].begin);
}

}  // namespace lockstep::mutants
