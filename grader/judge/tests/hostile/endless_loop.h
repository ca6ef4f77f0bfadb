// A loop that touches nothing.
namespace lab {

class Counter {
 public:
  void add(int n) {
    for (;;) {
    }
    value_ += n;
  }
  int value() { return value_; }

 private:
  int value_ = 0;
};

}  // namespace lab
