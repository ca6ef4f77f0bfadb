// A global's memory is given back by whoever comes, and two come.
#include <thread>

int* buffer = new int[4];

int main() {
  std::thread other([] { delete[] buffer; });
  other.join();
  delete[] buffer;
}
