// Is right, except that the second case follows a null pointer.
#include <mutex>

namespace lab {

class Counter {
 public:
  void add(int n) {
    if (n == 2) *nowhere_ = n;
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
  int* nowhere_ = nullptr;
};

}  // namespace lab
