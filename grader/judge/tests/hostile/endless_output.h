// Prints for ever.
#include <unistd.h>

struct Talker {
  Talker() {
    for (;;) {
      if (write(1, "all tests passed\n", 17) < 0) continue;
    }
  }
};
inline Talker talker;
