// Two threads add to one number without a lock; main asserts what it should be.
#include <cassert>
#include <cstdio>
#include <thread>

int total = 0;

int main() {
  std::thread a([] { total = total + 1; });
  std::thread b([] { total = total + 1; });
  a.join();
  b.join();
  std::printf("total is %d\n", total);
  assert(total == 2);
}
