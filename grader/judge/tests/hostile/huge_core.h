// Dies with as large an image as it may have.
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>

struct Dier {
  Dier() {
    const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &unlimited);
    constexpr std::size_t kSize = 64 << 20;
    std::memset(std::malloc(kSize), 1, kSize);
    std::abort();
  }
};
inline Dier dier;
