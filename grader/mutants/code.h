#ifndef GRADER_MUTANTS_CODE_H_
#define GRADER_MUTANTS_CODE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grader/judge/lexer.h"

namespace lockstep::mutants {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// As the judge's token, but that operators are whole (`<=`, `&&`, `->`, ...; `>>` stays two,
// because it may close two template argument lists) and that brackets know their partner.
struct Token {
  judge::Token::Kind kind{};
  std::string text;
  int line = 0;           // from 1
  std::size_t begin = 0;  // its bytes in the source: [begin, end)
  std::size_t end = 0;
  std::size_t partner = kNone;  // of ( ) [ ] { }: the index of the bracket that belongs to it
};

// What stands after `//`, with its line.
struct Comment {
  int line = 0;
  bool alone = false;  // nothing else stands on its line
  std::string text;    // without the slashes and the blanks around it
};

// A file of C++, as tokens without its directives (#include, #define, ...) and its comments beside.
//
// Everything here works by tokens and brackets alone: no types are known, and no macro is expanded.
// What that gets wrong makes mutants that do not compile, and those count for nothing. It relies on
// one habit of clang-format's: `a < b` has blanks, `vector<int>` has none.
class Code {
 public:
  // Throws judge::LexError for text that cannot be read, also where brackets do not match.
  explicit Code(std::string text);

  const std::string& text() const { return text_; }
  const std::vector<Comment>& comments() const { return comments_; }

  std::size_t size() const { return tokens_.size(); }
  const Token& operator[](std::size_t i) const { return tokens_[i]; }

  // Whether there is a token `i`, and it is `text`.
  bool is(std::size_t i, std::string_view text) const {
    return i < tokens_.size() && tokens_[i].text == text;
  }
  bool is_name(std::size_t i) const;    // an identifier that is no keyword of a statement or type
  bool is_spaced(std::size_t i) const;  // has white space on both sides

  // The index behind the token `i`, or behind the whole bracket that begins there.
  std::size_t behind(std::size_t i) const {
    return tokens_[i].partner != kNone && tokens_[i].partner > i ? tokens_[i].partner + 1 : i + 1;
  }
  // The index behind the template arguments that begin with the `<` at `i`; `i` where it begins
  // none.
  std::size_t behind_angles(std::size_t i) const;

  // The first token in [first, last) that is `text`, brackets not looked into; `last` if none is.
  std::size_t find(std::size_t first, std::size_t last, std::string_view text) const;
  // The same anywhere in [first, last), brackets looked into.
  bool mentions(std::size_t first, std::size_t last, std::string_view text) const;
  // [first, last) cut at the commas outside of brackets; nothing if it is empty.
  std::vector<std::pair<std::size_t, std::size_t>> arguments(std::size_t first,
                                                             std::size_t last) const;
  // The source from the beginning of token `first` to the end of token `last - 1`.
  std::string_view source(std::size_t first, std::size_t last) const;

 private:
  void join_operators(const std::vector<judge::Token>& pieces);
  void match_brackets();
  void read_comments(const std::vector<judge::Token>& pieces);

  std::string text_;
  std::vector<Token> tokens_;
  std::vector<Comment> comments_;
};

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_CODE_H_
