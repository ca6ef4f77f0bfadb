// Takes the place of the system's malloc.
#include <cstddef>

extern "C" void* malloc(std::size_t) { return nullptr; }
