#include "grader/judge/lexer.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace lockstep::judge {
namespace {

bool begins_identifier(char c) {
  // Bytes above ASCII are letters of UTF-8 identifiers.
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool continues_identifier(char c) { return begins_identifier(c) || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    skip_byte_order_mark();
    while (!at_end()) {
      const char c = peek();
      if (c == '\n') {
        take();
        fresh_line_ = true;
        directive_.clear();
        in_directive_ = false;
      } else if (is_blank(c)) {
        take();
      } else if (c == '/' && peek(1) == '/') {
        while (!at_end() && peek() != '\n') take();
      } else if (c == '/' && peek(1) == '*') {
        skip_block_comment();
      } else {
        take_token();
      }
    }
    return std::move(tokens_);
  }

 private:
  // --- Characters, with spliced lines joined (translation phase 2) ---

  // Where the next character is, after any splices at `at`. g++ also splices when blanks stand
  // between the backslash and the end of the line.
  std::size_t after_splices(std::size_t at) const {
    while (at < source_.size() && source_[at] == '\\') {
      std::size_t end = at + 1;
      while (end < source_.size() && is_blank(source_[end])) ++end;
      if (end < source_.size() && source_[end] == '\r') ++end;
      if (end >= source_.size() || source_[end] != '\n') break;
      at = end + 1;
    }
    return at;
  }
  bool at_end() const { return after_splices(at_) >= source_.size(); }
  char peek(int ahead = 0) const {
    std::size_t at = after_splices(at_);
    for (; ahead > 0 && at < source_.size(); --ahead) at = after_splices(at + 1);
    if (at >= source_.size()) return '\0';
    // "\r\n" is one end of line.
    return source_[at] == '\r' ? '\n' : source_[at];
  }
  char take() {
    const std::size_t at = after_splices(at_);
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    at_ = at + 1;
    char c = source_[at];
    if (c == '\r') {
      if (at_ >= source_.size() || source_[at_] != '\n') {
        throw LexError(line_, "has a carriage return that ends no line");
      }
      ++at_;
      c = '\n';
    }
    if (c == '\n') ++line_;
    return c;
  }

  void skip_byte_order_mark() {
    if (source_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  void skip_block_comment() {
    const int start = line_;
    take();
    take();
    while (!(peek() == '*' && peek(1) == '/')) {
      if (at_end()) throw LexError(start, "has a comment that is not closed");
      take();
    }
    take();
    take();
  }

  // --- Tokens ---

  void take_token() {
    Token token;
    token.begin = after_splices(at_);
    token.line = line_;
    token.starts_line = std::exchange(fresh_line_, false);
    const char c = peek();
    if (wants_header() && (c == '<' || c == '"')) {
      token.kind = Token::Kind::kHeader;
      token.text = header(c == '<' ? '>' : '"');
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      token.kind = Token::Kind::kNumber;
      token.text = number();
    } else if (begins_identifier(c)) {
      identifier_or_literal(token);
    } else if (c == '"' || c == '\'') {
      token.kind = Token::Kind::kText;
      token.text = literal();
    } else {
      token.kind = Token::Kind::kPunctuator;
      token.text = punctuator();
    }
    token.end = at_;
    note_directive(token);
    tokens_.push_back(std::move(token));
  }

  // Follows "#", then the directive's name.
  void note_directive(const Token& token) {
    if (token.kind == Token::Kind::kPunctuator && token.text == "#" && token.starts_line) {
      in_directive_ = true;
    } else if (in_directive_ && directive_.empty()) {
      directive_ = token.text;
    } else if (directive_ == "include" || directive_ == "include_next" || directive_ == "import") {
      directive_ = "after include";
    }
  }
  bool wants_header() const {
    if (directive_ == "include" || directive_ == "include_next" || directive_ == "import") {
      return true;
    }
    // __has_include(<...>)
    const std::size_t count = tokens_.size();
    return count >= 2 && tokens_[count - 1].text == "(" &&
           (tokens_[count - 2].text == "__has_include" ||
            tokens_[count - 2].text == "__has_include_next");
  }

  std::string header(char close) {
    std::string text(1, take());
    while (peek() != close) {
      if (at_end() || peek() == '\n') throw LexError(line_, "has an #include that is not closed");
      text += take();
    }
    return text + take();
  }

  // A preprocessing number: includes digit separators (1'000) and exponents (1e-3).
  std::string number() {
    std::string text;
    for (;;) {
      const char c = peek();
      const char last = text.empty() ? '\0' : text.back();
      const bool sign =
          (c == '+' || c == '-') && (last == 'e' || last == 'E' || last == 'p' || last == 'P');
      const bool separator = c == '\'' && !text.empty() && continues_identifier(peek(1));
      if (!sign && !separator && !continues_identifier(c) && c != '.') return text;
      text += take();
    }
  }

  void identifier_or_literal(Token& token) {
    std::string text;
    while (continues_identifier(peek())) text += take();
    const bool prefix = text == "u8" || text == "u" || text == "U" || text == "L";
    const bool raw = text == "R" || text == "u8R" || text == "uR" || text == "UR" || text == "LR";
    if (raw && peek() == '"') {
      token.kind = Token::Kind::kText;
      token.text = text + raw_string();
    } else if (prefix && (peek() == '"' || peek() == '\'')) {
      token.kind = Token::Kind::kText;
      token.text = text + literal();
    } else {
      token.kind = Token::Kind::kIdentifier;
      token.text = std::move(text);
      // \u0043 spells a letter in a way that our comparisons do not see.
      if (peek() == '\\') throw LexError(line_, "has a backslash in a name");
    }
  }

  std::string literal() {
    const char quote = take();
    std::string text(1, quote);
    while (peek() != quote) {
      if (at_end() || peek() == '\n') throw LexError(line_, "has a quote that is not closed");
      if (peek() == '\\') text += take();
      if (at_end()) throw LexError(line_, "has a quote that is not closed");
      text += take();
    }
    return text + take();
  }

  // Splices do not count inside, so the bytes are read as they are.
  std::string raw_string() {
    const int start = line_;
    take();
    const std::size_t open = source_.find('(', at_);
    constexpr std::size_t kLongestDelimiter = 16;
    if (open == std::string_view::npos || open - at_ > kLongestDelimiter) {
      throw LexError(start, "has a raw string without a beginning");
    }
    const std::string close = ")" + std::string(source_.substr(at_, open - at_)) + "\"";
    const std::size_t end = source_.find(close, open + 1);
    if (end == std::string_view::npos) throw LexError(start, "has a raw string that is not closed");
    const std::string text(source_.substr(at_, end + close.size() - at_));
    refuse_directives(text, start);
    line_ += static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    at_ = end + close.size();
    return "\"" + text;
  }

  // In a skipped #if block a raw string is no literal to every compiler.
  void refuse_directives(const std::string& text, int line) const {
    bool fresh = false;
    for (const char c : text) {
      if (fresh && (c == '#' || c == '%')) {
        throw LexError(line, "has a line in a raw string that begins like a directive");
      }
      fresh = c == '\n' || (fresh && is_blank(c));
    }
  }

  std::string punctuator() {
    const char c = take();
    if (c == '%' && peek() == ':') {
      take();
      return "#";
    }
    if (c == '\\') throw LexError(line_, "has a backslash outside of any quotes");
    return std::string(1, c);
  }

  const std::string_view source_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool fresh_line_ = true;
  bool in_directive_ = false;
  std::string directive_;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace lockstep::judge
