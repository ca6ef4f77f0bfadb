#ifndef GRADER_SKELETON_SKELETON_H_
#define GRADER_SKELETON_SKELETON_H_

// A student's skeleton is made from the reference solution, so that the two never drift apart.
// Three marks in the reference, each alone on its line, say how:
//
//   // LOCKSTEP BEGIN SOLUTION
//   ...                               left out of the skeleton
//   // LOCKSTEP END SOLUTION
//   // LOCKSTEP SKELETON: text        becomes `text`, with the indentation of the mark
//
// Regions do not nest. What an author says about mutants (grader/mutants/marks.h) is left out, too.

#include <stdexcept>
#include <string>
#include <string_view>

namespace lockstep {

// A mark that is misplaced or misspelt. what() begins with the line's number: "12: ...".
class SkeletonError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The skeleton of a reference solution's text. Throws SkeletonError.
std::string skeleton_of(std::string_view reference);

// What a student has who is on the way: some exercises are done, and the skeleton still stands in
// the others. An exercise is a solution whose place code of the skeleton takes; what else a
// solution has (includes, members, comments) is there. Exercise number i, from 0 in each text, is
// done if `done` has a '1' at i modulo its length. Throws SkeletonError.
std::string half_filled(std::string_view reference, std::string_view done);

}  // namespace lockstep

#endif  // GRADER_SKELETON_SKELETON_H_
