#ifndef GRADER_REPORT_STYLE_H_
#define GRADER_REPORT_STYLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep::report {

// Colours of a terminal, or none. What a colour says is always said by words too.
class Style {
 public:
  explicit Style(bool colour = false) : colour_(colour) {}

  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string good(std::string_view text) const { return wrap("32", text); }
  std::string bad(std::string_view text) const { return wrap("1;31", text); }
  std::string warning(std::string_view text) const { return wrap("33", text); }
  std::string command(std::string_view text) const { return wrap("36", text); }
  // The n-th thread's own colour, the same wherever it is named.
  std::string thread(std::size_t n, std::string_view text) const {
    constexpr std::string_view kCodes[] = {"34", "35", "36", "33", "32", "94", "95", "96"};
    return wrap(kCodes[n % std::size(kCodes)], text);
  }

 private:
  std::string wrap(std::string_view code, std::string_view text) const {
    if (!colour_ || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }

  bool colour_;
};

}  // namespace lockstep::report

#endif  // GRADER_REPORT_STYLE_H_
