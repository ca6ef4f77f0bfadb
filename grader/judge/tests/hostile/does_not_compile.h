// An honest mistake.
namespace lab {

class Counter {
 public:
  void add(int n) { valu_ += n; }
  int value() { return value_; }

 private:
  int value_ = 0;
};

}  // namespace lab
