#include "grader/mutants/functions.h"

namespace lockstep::mutants {
namespace {

class Finder {
 public:
  explicit Finder(const Code& code) : code_(code) {}

  std::vector<Function> run() {
    scan(0, code_.size(), {});
    return std::move(functions_);
  }

 private:
  // The inside of a namespace or class.
  void scan(std::size_t first, std::size_t last, const std::vector<std::string>& classes) {
    std::size_t head = first;  // where the current declaration begins
    for (std::size_t i = first; i < last;) {
      if (code_.is(i, ";")) {
        head = ++i;
      } else if (is_access(i) && code_.is(i + 1, ":")) {
        i += 2;
        head = i;
      } else if (code_.is(i, "template")) {
        const std::size_t behind = code_.behind_angles(i + 1);
        if (head == i) head = behind;
        i = behind;
      } else if (code_.is(i, "{")) {
        const std::size_t behind = code_.behind(i);
        if (enter(head, i, classes)) head = behind;
        i = behind;
      } else {
        i = code_.behind(i);
      }
    }
  }

  bool is_access(std::size_t i) const {
    return code_.is(i, "public") || code_.is(i, "protected") || code_.is(i, "private");
  }

  // Looks into the `{` at `open`, whose declaration begins at `head`. Whether the declaration ends
  // with its `}` (the end of a class waits for its semicolon, which does no harm).
  bool enter(std::size_t head, std::size_t open, const std::vector<std::string>& classes) {
    const std::size_t close = code_[open].partner;
    if (code_.find(head, open, "namespace") < open || code_.find(head, open, "extern") < open) {
      scan(open + 1, close, classes);
      return true;
    }
    if (code_.find(head, open, "enum") < open) return true;
    if (is_initializer(head, open)) return false;
    const std::size_t parameters = parameters_of(head, open);
    if (parameters < open) return function(head, parameters, open, classes);
    for (const char* word : {"class", "struct", "union"}) {
      const std::size_t at = code_.find(head, open, word);
      if (at == open) continue;
      std::vector<std::string> inside = classes;
      inside.push_back(code_[at + 1].text);
      scan(open + 1, close, inside);
      return true;
    }
    return false;  // `int number_{1};`
  }

  // `Type name = {...}`, also with a lambda.
  bool is_initializer(std::size_t head, std::size_t open) const {
    const std::size_t sign = code_.find(head, open, "=");
    return sign < open && !code_.is(sign - 1, "operator");
  }

  // The `(` of a function's parameters in a declaration that begins at `head`; `open` without one.
  std::size_t parameters_of(std::size_t head, std::size_t open) const {
    for (std::size_t i = head; i < open;) {
      if (code_.is(i, "operator")) {
        // Behind the sign, which is `()` for the call operator.
        const std::size_t sign = i + 1;
        i = code_.is(sign, "(") || code_.is(sign, "[") ? code_.behind(sign)
                                                       : code_.find(sign, open, "(");
        return i;
      }
      if (code_.is(i, "(") && i > head && code_.is_name(i - 1)) return i;
      const std::size_t angles = code_.behind_angles(i);
      i = angles > i ? angles : code_.behind(i);
    }
    return open;
  }

  bool function(std::size_t head, std::size_t parameters, std::size_t open,
                const std::vector<std::string>& classes) {
    const std::size_t tail = code_.behind(parameters);
    const bool initializes = code_.find(tail, open, ":") < open;
    // A member's braces in the list before the body: `: a_{1}, b_{2} {`.
    if (initializes && (code_.is_name(open - 1) || code_.is(open - 1, ">"))) return false;
    Function& function = functions_.emplace_back();
    const bool is_operator = code_.find(head, parameters, "operator") < parameters;
    function.name = is_operator ? "operator" : code_[parameters - 1].text;
    function.classes = classes;
    function.result = result_of(head, parameters, open, function);
    function.body = parse_block(code_, open);
    return true;
  }

  Function::Result result_of(std::size_t head, std::size_t parameters, std::size_t open,
                             const Function& function) const {
    using Result = Function::Result;
    const bool in_own_class = !function.classes.empty() && function.classes.back() == function.name;
    if (in_own_class) return Result::kNothing;  // a constructor, or with ~ a destructor
    const std::size_t arrow = code_.find(code_.behind(parameters), open, "->");
    const std::size_t first = arrow < open ? arrow + 1 : head;
    const std::size_t last = arrow < open ? open : parameters - 1;
    // Of `std::vector<void*> f()` the void is inside the angles, of `void* f()` it is not alone.
    for (std::size_t i = first; i < last;) {
      const bool pointer = code_.is(i + 1, "*") || code_.is(i + 1, "&");
      if (code_.is(i, "void") && !pointer) return Result::kNothing;
      if (code_.is(i, "bool") && !pointer) return Result::kBool;
      const std::size_t angles = code_.behind_angles(i);
      i = angles > i ? angles : code_.behind(i);
    }
    return Result::kOther;
  }

  const Code& code_;
  std::vector<Function> functions_;
};

}  // namespace

std::vector<Function> functions_of(const Code& code) { return Finder(code).run(); }

}  // namespace lockstep::mutants
