// Memory orders that promise less.

#include <array>

#include "grader/mutants/calls.h"
#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

constexpr std::string_view kPrefix = "memory_order_";

// A method of std::atomic, with as many arguments as it has when no order is given.
struct AtomicMethod {
  std::string_view name;
  std::size_t arguments;
};
constexpr std::array<AtomicMethod, 10> kMethods{{
    {"load", 0},
    {"store", 1},
    {"exchange", 1},
    {"fetch_add", 1},
    {"fetch_sub", 1},
    {"fetch_and", 1},
    {"fetch_or", 1},
    {"fetch_xor", 1},
    {"compare_exchange_weak", 2},
    {"compare_exchange_strong", 2},
}};

}  // namespace

// relaxed for everything stronger; one half each for acq_rel. (seq_cst to acquire or release is
// left out: no interleaving shows the difference, see docs/explorer.md.)
void weaken_orders(const Code& code, const Function& function, Edits& edits) {
  for (std::size_t i = function.body.first; i < function.body.last; ++i) {
    const std::string& text = code[i].text;
    const bool scoped = i > 1 && code.is(i - 1, "::") && code.is(i - 2, "memory_order");
    if (text.starts_with(kPrefix) || scoped) {
      const std::string prefix(scoped ? "" : kPrefix);
      const std::string order = text.substr(prefix.size());
      const auto weaken = [&](const std::string& other) {
        edits.replace(i, i + 1, prefix + other, "`" + order + "` becomes `" + other + "`");
      };
      if (order == "acq_rel") weaken("acquire");
      if (order == "acq_rel") weaken("release");
      if (order != "relaxed") weaken("relaxed");
      continue;
    }
    for (const AtomicMethod& method : kMethods) {
      const auto call = text == method.name ? method_call(code, i) : std::nullopt;
      if (!call || call->arguments.size() != method.arguments) continue;
      edits.replace(call->behind - 1, call->behind,
                    std::string(method.arguments == 0 ? "" : ", ") + "std::memory_order_relaxed)",
                    "`" + text + "` becomes relaxed");
    }
  }
}

}  // namespace lockstep::mutants
