#ifndef GRADER_EXPLORER_MODEL_WORLD_H_
#define GRADER_EXPLORER_MODEL_WORLD_H_

// Everything a body can change outside of its stacks and its heap: the program's globals, libc's
// and the C++ library's own state (rand, strtok, stdio, locales, ...), what it printed. It is kept
// when an exploration begins and put back before every execution, so nothing leaks from one to the
// next.
//
// The program's globals are copied back as a whole. The libraries' pages are write-protected
// instead: the first write to a page keeps its contents, and only such pages are put back, which
// for most programs is none.

#include <cstddef>
#include <cstdint>
#include <string>

namespace lockstep::world {

// Finds the modules of the process. Once, before anything else here.
void open();

void freeze();   // keeps the state of now
void restore();  // puts it back
void thaw();     // puts it back and stops watching

// The explorer itself has just used the libraries in the middle of an execution: what that wrote is
// no sign of what the program does, and the next `restore` watches every page anew.
void watch_anew();

// A write to a watched page? Then the page may be written from now on. For the SIGSEGV handler.
bool write_fault(std::uintptr_t address);

// The thread-local variables of the program, for a thread that begins: as the linker made them.
void reset_thread_locals(std::uintptr_t fs_base);

// Standard output and error of executions go to memory.
void capture_output(bool with_standard_input);
void release_output();
void note_output();            // somebody wrote to descriptor 1 or 2
std::size_t output_size();     // after flushing, of this execution
std::string output();          // of this execution
std::size_t printed_so_far();  // what has left the buffers; for signal handlers
inline constexpr std::size_t kMaxOutput = 1u << 20;

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool holds(std::uintptr_t p) const { return p - begin < end - begin; }
  std::size_t size() const { return end - begin; }
};

// Where things lie, from `open` on.
inline Range g_program_code;
inline Range g_program_data;  // the program's globals
inline Range g_cxx_library_data;
inline std::uintptr_t g_program_base;

inline bool is_open() { return g_program_base != 0; }
// Whether `p` lies in the program itself, be it code or data.
inline bool in_module(const void* p) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  return g_program_base <= address && address < g_program_data.end;
}
inline bool in_program(const void* p) {
  return g_program_code.holds(reinterpret_cast<std::uintptr_t>(p));
}

// Calls f(begin, end) for each range of memory that is not stack or heap and can hold a pointer.
void for_each_root(void (*f)(std::uintptr_t, std::uintptr_t, void*), void* argument);

}  // namespace lockstep::world

#endif  // GRADER_EXPLORER_MODEL_WORLD_H_
