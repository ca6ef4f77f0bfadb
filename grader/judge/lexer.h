#ifndef GRADER_JUDGE_LEXER_H_
#define GRADER_JUDGE_LEXER_H_

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::judge {

struct Token {
  enum class Kind {
    kIdentifier,  // or keyword
    kNumber,
    kText,        // a string or character literal, with its quotes
    kPunctuator,  // one character; digraphs of # count as #
    kHeader,      // <...> or "..." after #include, with its delimiters
  };
  Kind kind{};
  std::string text;       // spliced lines are joined
  int line = 0;           // from 1, where it begins
  std::size_t begin = 0;  // its bytes in the source: [begin, end)
  std::size_t end = 0;
  bool starts_line = false;  // the first token of its (logical) line
};

// What cannot be read one way only: an unclosed quote, a lone carriage return, ...
class LexError : public std::runtime_error {
 public:
  LexError(int line, const std::string& what) : std::runtime_error(what), line(line) {}
  int line;
};

// The preprocessing tokens of a C++20 source file, comments left out. It looks at no macro and at
// no #if: what is skipped by the compiler is read too.
//
// Wherever a compiler might see a directive that we see as part of a literal, this throws instead
// (`LexError`), so that the rules of scan.h cannot be talked around by quoting.
std::vector<Token> tokenize(std::string_view source);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_LEXER_H_
