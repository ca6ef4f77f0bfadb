// An exception leaves main.
#include <stdexcept>
#include <thread>

int main() {
  std::thread([] {}).join();
  throw std::runtime_error("main gave up");
}
