// With two_files_worker.cc, -DTURNS=2 and -I include: several files and the compiler's flags.
#include <thread>

#include "worker.h"

int main() {
  std::thread a([] { work(TURNS); });
  std::thread b([] { work(TURNS); });
  a.join();
  b.join();
  return done() == 2 * TURNS ? 0 : 1;
}
