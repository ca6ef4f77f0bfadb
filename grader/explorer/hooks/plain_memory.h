#ifndef GRADER_EXPLORER_HOOKS_PLAIN_MEMORY_H_
#define GRADER_EXPLORER_HOOKS_PLAIN_MEMORY_H_

#include <cstddef>
#include <cstdint>

namespace lockstep {

// The current thread reads or writes plain memory at `pc`, in explored code.
void plain_access(std::uintptr_t address, std::size_t size, bool writes, const void* pc);

}  // namespace lockstep

#endif  // GRADER_EXPLORER_HOOKS_PLAIN_MEMORY_H_
