#ifndef GRADER_MUTANTS_MARK_TEXT_H_
#define GRADER_MUTANTS_MARK_TEXT_H_

#include <array>
#include <optional>
#include <string_view>

namespace lockstep::mutants {

// The words that a mark (marks.h) may begin with, in the order of Mark::Kind.
inline constexpr std::array<std::string_view, 2> kMarkWords{"equivalent", "weak-memory"};

// Whether a comment, without its slashes and the blanks before, begins a mark: one of these words,
// then a word with a hyphen, as operators' names are. ("equivalent to a loop" is a comment like any
// other.)
bool begins_mark(std::string_view comment);

// A line of a source without the mark that may be at its end, and without the blanks before that.
// Nothing where the whole line is the beginning of a mark.
std::optional<std::string_view> without_mark(std::string_view line);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_MARK_TEXT_H_
