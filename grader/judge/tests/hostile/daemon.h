// Leaves a process behind that has cut all ties.
#include <stdlib.h>
#include <unistd.h>

struct Daemon {
  Daemon() {
    if (fork() == 0) {
      setsid();
      if (fork() == 0) {
        for (;;) sleep(1);
      }
      _exit(0);
    }
  }
};
inline Daemon daemon_of_mine;
