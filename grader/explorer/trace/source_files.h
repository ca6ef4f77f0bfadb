#ifndef GRADER_EXPLORER_TRACE_SOURCE_FILES_H_
#define GRADER_EXPLORER_TRACE_SOURCE_FILES_H_

#include <string>
#include <string_view>

namespace lockstep::trace {

// True for a file of the program itself: not of the compiler, the system or a library, and not of
// Lockstep (whose tests are programs like any other).
bool is_own_file(std::string_view path);

// `path` as the compiler was given it: without the folder it ran in, and without "." and "..".
std::string shown_path(std::string_view path, std::string_view compilation_folder);

// "rlock.h:27": the last part of the path, for use inside a sentence; "an unknown line" when line
// is 0.
std::string short_place(std::string_view file, int line);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_SOURCE_FILES_H_
