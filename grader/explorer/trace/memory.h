#ifndef GRADER_EXPLORER_TRACE_MEMORY_H_
#define GRADER_EXPLORER_TRACE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

namespace lockstep::trace {

// Copies `size` bytes of this process. False, and no fault, when they are not all readable: the
// address may come from a student's uninitialised pointer.
bool read_memory(std::uintptr_t address, void* to, std::size_t size);

inline std::optional<std::uint64_t> read_word(std::uintptr_t address, std::size_t size = 8) {
  std::uint64_t word = 0;
  if (size == 0 || size > sizeof word || !read_memory(address, &word, size)) return std::nullopt;
  return word;
}

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_MEMORY_H_
