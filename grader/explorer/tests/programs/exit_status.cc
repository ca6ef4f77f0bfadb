// A non-zero exit status is printed and is no finding.
#include <thread>

int main() {
  std::thread([] {}).join();
  return 3;
}
