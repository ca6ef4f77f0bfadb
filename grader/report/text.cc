#include "grader/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace lockstep::report {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = true;
};

// The character at the front of `text`, which is not empty. Overlong forms, surrogates and cut
// sequences are one invalid byte.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes > text.size()) return {lead, 1, false};
  char32_t code = lead & (0x7f >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (overlong || surrogate || code > 0x10ffff) return {lead, 1, false};
  return {code, bytes, true};
}

// C0, C1, delete, and the marks that turn the direction of writing: all of them can make a line
// look like another one.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

int columns_of(char32_t code) {
  const bool combining = code >= 0x300 && code < 0x370;
  const bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2e80 && code < 0xa4d0) ||
                    (code >= 0xac00 && code < 0xd7a4) || (code >= 0xf900 && code < 0xfb00) ||
                    (code >= 0xfe30 && code < 0xfe70) || (code >= 0xff00 && code < 0xff61) ||
                    (code >= 0x1f300 && code < 0x1faff) || (code >= 0x20000 && code < 0x40000);
  return combining ? 0 : wide ? 2 : 1;
}

// How many bytes of `text` fit into `columns`.
std::size_t bytes_that_fit(std::string_view text, int columns) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Character next = first_character(text.substr(at));
    columns -= columns_of(next.code);
    if (columns < 0) break;
    at += next.bytes;
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_character(text);
    if (!next.valid || (is_control(next.code) && next.code < 0x100)) {
      safe += next.code == '\t' ? " " : fmt::format("\\x{:02x}", static_cast<unsigned>(next.code));
    } else if (is_control(next.code)) {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(next.code));
    } else {
      safe += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return safe;
}

int width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    if (text.starts_with("\x1b[")) {
      const std::size_t end = text.find('m');
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      continue;
    }
    const Character next = first_character(text);
    columns += columns_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return columns;
}

std::string pad(std::string_view text, int columns) {
  return std::string(text) + std::string(std::max(0, columns - width(text)), ' ');
}

std::string pad_left(std::string_view text, int columns) {
  return std::string(std::max(0, columns - width(text)), ' ') + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, int columns, int rest) {
  columns = std::max(columns, 1);
  rest = rest > 0 ? rest : columns;
  std::vector<std::string> lines;
  while (width(text) > columns) {
    std::size_t fits = std::max(bytes_that_fit(text, columns), first_character(text).bytes);
    // A space right behind what fits ends the line as well as one within it.
    const std::size_t space = text.rfind(' ', fits);
    if (space != std::string_view::npos && space > 0) fits = space;
    std::string_view line = text.substr(0, fits);
    while (line.ends_with(' ')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(fits);
    while (text.starts_with(' ')) text.remove_prefix(1);
    columns = rest;
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string shorten(std::string_view text, int columns) {
  if (width(text) <= columns) return std::string(text);
  return std::string(text.substr(0, bytes_that_fit(text, std::max(0, columns - 1)))) + "…";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths(rows[0].size());
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    text += pad(row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i) text += "  " + pad_left(row[i], widths[i]);
    text += '\n';
  }
  return text;
}

std::string count(long number, std::string_view noun) {
  return fmt::format("{} {}{}", thousands(number), noun, number == 1 ? "" : "s");
}

std::string ordinal(long number) {
  const long tens = number % 100;
  const bool teen = tens >= 11 && tens <= 13;
  const char* ending = teen               ? "th"
                       : number % 10 == 1 ? "st"
                       : number % 10 == 2 ? "nd"
                       : number % 10 == 3 ? "rd"
                                          : "th";
  return thousands(number) + ending;
}

std::string thousands(long number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace lockstep::report
