// Prints for ever, in the middle of a case.
#include <iostream>

namespace lab {

class Counter {
 public:
  void add(int n) {
    for (;;) std::cout << "all tests passed" << std::endl;
    value_ += n;
  }
  int value() { return value_; }

 private:
  int value_ = 0;
};

}  // namespace lab
