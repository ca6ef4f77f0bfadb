// Runs out of stack.
namespace lab {

class Counter {
 public:
  void add(int n) { value_ += n; }
  int value() { return deeper(value_) + deeper(value_ + 1); }

 private:
  int deeper(int n) {
    volatile int here[64] = {n};
    return n < 0 ? n : deeper(n + here[n % 64] % 2 + 1) + deeper(n + 2);
  }
  int value_ = 0;
};

}  // namespace lab
