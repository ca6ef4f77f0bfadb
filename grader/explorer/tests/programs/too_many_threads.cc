// More threads than the explorer can tell apart.
#include <thread>
#include <vector>

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 200; ++i) threads.emplace_back([] {});
  for (std::thread& thread : threads) thread.join();
}
