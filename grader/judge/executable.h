#ifndef GRADER_JUDGE_EXECUTABLE_H_
#define GRADER_JUDGE_EXECUTABLE_H_

#include <optional>
#include <string>
#include <vector>

namespace lockstep::judge {

// What is wrong with a linked program, as the end of a sentence ("defines `malloc`, ..."), or
// nothing. It must not
//
//  - define a name that one of `libraries`, or a library that this process itself uses (the C and
//  C++
//    libraries), defines: main, malloc, ... It would be called in the other's place;
//  - run code before the grader's libraries are ready: .preinit_array, and functions that the
//  loader
//    calls to find addresses (ifunc).
//
// The file is written by a linker that read hostile text: everything in it is checked before use.
std::optional<std::string> fault_of_executable(const std::string& path,
                                               const std::vector<std::string>& libraries);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_EXECUTABLE_H_
