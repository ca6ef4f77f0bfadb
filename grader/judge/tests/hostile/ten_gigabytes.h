// Takes memory and uses it.
#include <sys/mman.h>

struct Glutton {
  Glutton() {
    constexpr long kSize = 10L << 30;
    char* memory = static_cast<char*>(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    for (long i = 0; i < kSize; i += 4096) memory[i] = 1;
  }
};
inline Glutton glutton;
