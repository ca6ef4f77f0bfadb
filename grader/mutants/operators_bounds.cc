// Values that are a little off.

#include <algorithm>
#include <charconv>
#include <map>

#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

// Each token of the body that is a key becomes its value. Operators count where they have blanks
// around them: `a < b`, and not `vector<int>`.
void exchange(const Code& code, const Function& function, Edits& edits,
              const std::map<std::string, std::string, std::less<>>& pairs) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    const auto pair = pairs.find(code[i].text);
    if (pair == pairs.end()) continue;
    const bool is_word = code[i].kind == judge::Token::Kind::kIdentifier;
    if (!is_word && !code.is_spaced(i)) continue;
    edits.replace(i, i + 1, pair->second, "`" + pair->first + "` becomes `" + pair->second + "`");
  }
}

}  // namespace

void shift_bounds(const Code& code, const Function& function, Edits& edits) {
  exchange(code, function, edits, {{"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}});
}

void flip_equalities(const Code& code, const Function& function, Edits& edits) {
  exchange(code, function, edits, {{"==", "!="}, {"!=", "=="}});
}

void flip_constants(const Code& code, const Function& function, Edits& edits) {
  exchange(code, function, edits, {{"true", "false"}, {"false", "true"}});
}

// One more, and one less where that is not negative.
void shift_constants(const Code& code, const Function& function, Edits& edits) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    if (code[i].kind != judge::Token::Kind::kNumber) continue;
    std::string digits = code[i].text;
    std::erase(digits, '\'');
    const std::size_t behind = std::min(digits.find_first_not_of("0123456789"), digits.size());
    const std::string suffix = digits.substr(behind);
    if (suffix.find_first_not_of("uUlLzZ") != std::string::npos) continue;  // 1.5, 0x10, 2s
    long value = 0;
    if (std::from_chars(digits.data(), digits.data() + behind, value).ec != std::errc()) continue;
    for (const long other : {value + 1, value - 1}) {
      if (other < 0) continue;
      const std::string text = std::to_string(other) + suffix;
      edits.replace(i, i + 1, text, "`" + code[i].text + "` becomes `" + text + "`");
    }
  }
}

}  // namespace lockstep::mutants
