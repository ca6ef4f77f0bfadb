#ifndef GRADER_REPORT_TEXT_H_
#define GRADER_REPORT_TEXT_H_

// Text laid out for a terminal. All strings are UTF-8; a column is one character cell.

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::report {

// `text` made safe to print on one line: tabs become a space, every other control character and
// every byte that is not UTF-8 its escaped form (`\x1b`). A student's program may print anything, a
// terminal must not obey it.
std::string printable(std::string_view text);

// How many columns `text` takes. Colour sequences (ESC [ ... m) take none, wide characters two.
int width(std::string_view text);

// `text` and as many spaces as it lacks to `columns`; right-aligned with the spaces before it.
std::string pad(std::string_view text, int columns);
std::string pad_left(std::string_view text, int columns);

// `text` broken at spaces into lines of at most `columns` (at least 1); a longer word is broken
// anywhere. `rest` columns are for the second line and on (they are indented by the caller); 0
// means `columns`. Never empty: an empty text is one empty line.
std::vector<std::string> wrap(std::string_view text, int columns, int rest = 0);

// `text` cut to at most `columns`, with … as the last column of what was cut.
std::string shorten(std::string_view text, int columns);

// `rows` under each other, each column as wide as its widest text: the first one left-aligned, the
// others right-aligned. Every row has as many as the first; there is one at least.
std::string table(const std::vector<std::vector<std::string>>& rows);

// "1 case", "2 cases".
std::string count(long number, std::string_view noun);

// "1st", "2nd", "3rd", "11th".
std::string ordinal(long number);

// "10,000".
std::string thousands(long number);

std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_TEXT_H_
