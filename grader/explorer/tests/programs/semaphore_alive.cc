// A detached thread sleeps in a static semaphore when main returns: both end with the process.
#include <semaphore>
#include <thread>

int main() {
  static std::binary_semaphore never(0);
  std::thread([] { never.acquire(); }).detach();
}
