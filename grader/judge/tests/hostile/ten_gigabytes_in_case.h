// Asks the C++ library for more memory than there may be, in the middle of a case, and uses it.
#include <vector>

namespace lab {

class Counter {
 public:
  void add(int n) {
    value_ += n;
    hoard_.resize(10UL << 30, 'x');
  }
  int value() { return value_; }

 private:
  int value_ = 0;
  std::vector<char> hoard_;
};

}  // namespace lab
