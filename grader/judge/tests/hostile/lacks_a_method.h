// An honest omission: the error stands in the test's file.
namespace lab {

class Counter {
 public:
  void add(int n) { value_ += n; }

 private:
  int value_ = 0;
};

}  // namespace lab
