// Works only if it can leave a file somewhere that outlives it.
#include <fstream>

namespace lab {

class Counter {
 public:
  void add(int n) { value_ += n; }
  int value() {
    std::ofstream("/tmp/lockstep-was-here") << "private, and gone with the jail";
    std::ofstream("/dev/shm/lockstep-was-here") << "private, and gone with the jail";
    for (const char* path :
         {"/lockstep-was-here", "/usr/lockstep-was-here", "/usr/bin/ls", "/work/lockstep-was-here",
          "/work/00_jail/counter_test.cc", "/lockstep/lib/liblockstep_harness.so",
          "/lockstep/lockstep-was-here", "/out/lockstep-was-here", "/out/program",
          "/dev/lockstep-was-here", "/etc/ld.so.cache", "/proc/sys/kernel/core_pattern"}) {
      if (std::ofstream(path, std::ios::app) << "x" << std::flush) return value_;
    }
    return -1;
  }

 private:
  int value_ = 0;
};

}  // namespace lab
