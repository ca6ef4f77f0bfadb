// Erases from a vector that is empty: a move of nearly all the memory that there could be.
#include <vector>

namespace lab {

class Counter {
 public:
  void add(int n) {
    std::vector<int> items{n};
    items.erase(items.begin());
    items.erase(items.begin());
  }
  int value() { return 0; }
};

}  // namespace lab
