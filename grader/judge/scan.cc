#include "grader/judge/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "grader/judge/lexer.h"

namespace lockstep::judge {
namespace {

constexpr std::array<std::string_view, 13> kKeywordsLikeMacros{
    "override",         "final",       "import",     "module",
    "nodiscard",        "noreturn",    "likely",     "unlikely",
    "maybe_unused",     "fallthrough", "deprecated", "carries_dependency",
    "no_unique_address"};

// C++20's keywords. None may be the name of a macro (the standard forbids it too).
constexpr std::string_view kKeywords =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t "
    "char32_t "
    "char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
    "constinit continue decltype default delete do double dynamic_cast else enum explicit export "
    "extern false float for friend goto if inline int long mutable namespace new noexcept not "
    "not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires "
    "return short signed sizeof static static_assert static_cast struct switch template this "
    "thread_local throw true try typedef typeid typename union unsigned using virtual void "
    "volatile "
    "wchar_t while xor xor_eq ";

bool is_keyword(std::string_view word) {
  return kKeywords.find(fmt::format(" {} ", word)) != std::string_view::npos ||
         std::ranges::find(kKeywordsLikeMacros, word) != kKeywordsLikeMacros.end();
}

// No lab needs them, and what they are good for here is to disturb the grader.
constexpr std::array<std::string_view, 10> kReachesIntoProcess{
    "dlopen",   "dlsym",         "dlvsym",           "dlmopen",           "dl_iterate_phdr",
    "mprotect", "pkey_mprotect", "process_vm_readv", "process_vm_writev", "ptrace"};

// Names that belong to the implementation: __x, _X.
bool is_reserved(std::string_view word) {
  return word.starts_with("__") ||
         (word.size() > 1 && word[0] == '_' && std::isupper(static_cast<unsigned char>(word[1])));
}

std::string lower(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// What is refused wherever it stands, and why; or nothing.
std::optional<std::string> refused_word(const std::string& word) {
  const std::string small = lower(word);
  if (small.find("doctest") != std::string::npos || small.find("lockstep") != std::string::npos) {
    return fmt::format("uses `{}`: the checks belong to the tests, not to the lab's file", word);
  }
  if (word == "asm" || word == "__asm" || word == "__asm__") {
    return fmt::format("uses `{}`: nothing can be said about code in assembly", word);
  }
  if (small.find("no_sanitize") != std::string::npos || small.starts_with("__tsan_") ||
      small.starts_with("__cyg_profile") ||
      small.find("no_instrument_function") != std::string::npos) {
    return fmt::format("uses `{}`, which would hide code from the grader", word);
  }
  if (std::ranges::find(kReachesIntoProcess, word) != kReachesIntoProcess.end()) {
    return fmt::format("uses `{}`, which reaches into the grader's own process", word);
  }
  if (word == "_Pragma") return "uses `_Pragma`; write the #pragma out";
  return std::nullopt;
}

class Scan {
 public:
  Scan(const SubmittedFile& file, const std::vector<Forbidden>& forbidden,
       const std::set<std::string, std::less<>>& words_of_tests)
      : file_(file), forbidden_(forbidden), words_of_tests_(words_of_tests) {}

  std::optional<Refusal> run() {
    try {
      tokens_ = tokenize(file_.content);
    } catch (const LexError& error) {
      return refuse(error.line, error.what(), Rule::kCompileError);
    }
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (std::optional<Refusal> refusal = look_at(tokens_[at_])) return refusal;
    }
    return std::nullopt;
  }

 private:
  std::optional<Refusal> refuse(int line, const std::string& why,
                                Rule rule = Rule::kForbidden) const {
    const std::string name = file_.name.substr(file_.name.rfind('/') + 1);
    return Refusal{rule, fmt::format("{} {}.", name, why), file_.name, line};
  }

  std::optional<Refusal> look_at(const Token& token) {
    if (token.kind == Token::Kind::kHeader) return header(token);
    if (token.kind == Token::Kind::kPunctuator && token.text == "#" && token.starts_line) {
      return directive(token);
    }
    if (token.kind != Token::Kind::kIdentifier) return std::nullopt;
    for (const Forbidden& forbidden : forbidden_) {
      if (token.text == forbidden.identifier) {
        return refuse(token.line, fmt::format("uses `{}`: {}", token.text, forbidden.reason));
      }
    }
    if (const auto why = refused_word(token.text)) return refuse(token.line, *why);
    return std::nullopt;
  }

  // The next token, if it is on the same line as the directive.
  const Token* next(int ahead = 1) const {
    for (int i = 1; i <= ahead; ++i) {
      const std::size_t at = at_ + static_cast<std::size_t>(i);
      if (at >= tokens_.size() || tokens_[at].starts_line) return nullptr;
    }
    return &tokens_[at_ + static_cast<std::size_t>(ahead)];
  }

  std::optional<Refusal> directive(const Token& hash) {
    const Token* const name = next();
    if (name == nullptr) return std::nullopt;  // a # alone does nothing
    const Token* const operand = next(2);
    if (name->text == "line" || name->kind == Token::Kind::kNumber) {
      return refuse(hash.line, "uses #line, which would give the code another place");
    }
    if (name->text == "include" || name->text == "include_next" || name->text == "import") {
      if (operand == nullptr || operand->kind != Token::Kind::kHeader) {
        return refuse(hash.line, "has an #include whose file is not written out");
      }
      return std::nullopt;  // header() looks at it
    }
    if ((name->text == "define" || name->text == "undef") && operand != nullptr) {
      return macro(hash, *operand);
    }
    if (name->text == "pragma") return pragma(hash, operand);
    return std::nullopt;
  }

  std::optional<Refusal> macro(const Token& hash, const Token& name) const {
    if (is_keyword(name.text) || is_reserved(name.text)) {
      return refuse(hash.line,
                    fmt::format("makes a macro of `{}`, a word of the language", name.text));
    }
    if (words_of_tests_.contains(name.text)) {
      return refuse(hash.line,
                    fmt::format("makes a macro of `{}`, a word of the tests", name.text));
    }
    return std::nullopt;
  }

  std::optional<Refusal> pragma(const Token& hash, const Token* first) const {
    const Token* const second = next(3);
    const bool known =
        first != nullptr &&
        (first->text == "once" || first->text == "region" || first->text == "endregion" ||
         first->text == "clang" ||
         (first->text == "GCC" && second != nullptr && second->text == "diagnostic"));
    if (known) return std::nullopt;
    return refuse(hash.line, "has a #pragma other than `once` and `GCC diagnostic`");
  }

  std::optional<Refusal> header(const Token& token) const {
    const std::string path = token.text.substr(1, token.text.size() - 2);
    const std::string framed = "/" + path + "/";
    if (path.starts_with('/') || framed.find("/../") != std::string::npos ||
        path.find('\\') != std::string::npos) {
      return refuse(token.line, fmt::format("includes {}, a file outside of the lab", token.text));
    }
    const std::string small = lower(path);
    if (small.starts_with("grader/") || small.find("doctest") != std::string::npos ||
        small.find("lockstep") != std::string::npos) {
      return refuse(token.line, fmt::format("includes {}: the checks belong to the tests, not to "
                                            "the lab's file",
                                            token.text));
    }
    for (const Forbidden& forbidden : forbidden_) {
      if (forbidden.identifier == "<" + path + ">") {
        return refuse(token.line, fmt::format("includes {}: {}", token.text, forbidden.reason));
      }
    }
    return std::nullopt;
  }

  const SubmittedFile& file_;
  const std::vector<Forbidden>& forbidden_;
  const std::set<std::string, std::less<>>& words_of_tests_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

Scanner::Scanner(const std::vector<Forbidden>& forbidden, const std::vector<std::string>& tests)
    : forbidden_(forbidden) {
  for (const std::string& test : tests) {
    for (Token& token : tokenize(test)) {
      if (token.kind == Token::Kind::kIdentifier) words_of_tests_.insert(std::move(token.text));
    }
  }
}

std::optional<Refusal> Scanner::scan(const SubmittedFile& file) const {
  return Scan(file, forbidden_, words_of_tests_).run();
}

std::string Scanner::poison() const {
  std::string text;
  for (const Forbidden& forbidden : forbidden_) {
    if (forbidden.identifier.starts_with('<')) continue;  // a header
    if (words_of_tests_.contains(forbidden.identifier)) continue;
    text += fmt::format("#pragma GCC poison {}\n", forbidden.identifier);
  }
  return text;
}

}  // namespace lockstep::judge
