// Throws where nobody expects it.
#include <stdexcept>

namespace lab {

class Counter {
 public:
  ~Counter() noexcept(false) { throw std::runtime_error("not here"); }
  void add(int n) { value_ += n; }
  int value() { return value_; }

 private:
  int value_ = 0;
};

}  // namespace lab
