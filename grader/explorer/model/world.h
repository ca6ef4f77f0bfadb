#ifndef GRADER_EXPLORER_MODEL_WORLD_H_
#define GRADER_EXPLORER_MODEL_WORLD_H_

// Everything a body can change outside of its stacks and its heap: the program's globals, libc's and
// the C++ library's own state (rand, strtok, stdio, locales, ...), what it printed. It is kept when an
// exploration begins and put back before every execution, so nothing leaks from one to the next.
//
// The program's globals are copied back as a whole. The libraries' pages are write-protected instead:
// the first write to a page keeps its contents, and only such pages are put back, which for most
// programs is none.

#include <cstddef>
#include <cstdint>
#include <string>

namespace lockstep::world {

// Finds the modules of the process. Once, before anything else here.
void open();

void freeze();   // keeps the state of now
void restore();  // puts it back
void thaw();     // puts it back and stops watching

// A write to a watched page? Then the page may be written from now on. For the SIGSEGV handler.
bool write_fault(std::uintptr_t address);

// The thread-local variables of the program, for a thread that begins: as the linker made them.
void reset_thread_locals(std::uintptr_t fs_base);

// Standard output and error of executions go to memory.
void capture_output(bool with_standard_input);
void release_output();
void note_output();              // somebody wrote to descriptor 1 or 2
std::size_t output_size();       // after flushing, of this execution
std::string output();            // of this execution
inline constexpr std::size_t kMaxOutput = 1u << 20;

// Address ranges.
bool in_program(const void* p);            // the program's code
bool in_program_data(std::uintptr_t p);    // the program's globals
bool in_cxx_library_data(std::uintptr_t p);
std::uintptr_t program_base();

// Calls f(begin, end) for each range of memory that is not stack or heap and can hold a pointer.
void for_each_root(void (*f)(std::uintptr_t, std::uintptr_t, void*), void* argument);

}  // namespace lockstep::world

#endif  // GRADER_EXPLORER_MODEL_WORLD_H_
