// Cuts every line out of the process.
#include <unistd.h>

struct Closer {
  Closer() {
    for (int file = 0; file < 1024; ++file) close(file);
  }
};
inline Closer closer;
