// A C++ main and a C file: each with its own compiler.
#include <thread>

extern "C" {
void add_in_c(void);
extern int c_total;
}

int main() {
  std::thread a(add_in_c);
  std::thread b(add_in_c);
  a.join();
  b.join();
  return c_total;
}
