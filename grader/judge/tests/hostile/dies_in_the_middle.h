// Is right, except that the second case ends the process in a way that nobody can catch.
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>

namespace lab {

class Counter {
 public:
  void add(int n) {
    if (n == 2) syscall(SYS_kill, getpid(), SIGKILL);
    std::scoped_lock hold(mutex_);
    value_ += n;
  }
  int value() {
    std::scoped_lock hold(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  int value_ = 0;
};

}  // namespace lab
