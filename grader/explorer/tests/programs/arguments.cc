// argv is what stands after `--`; with more than one thread the orders are searched.
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 9;
  std::mutex mutex;
  int sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[1]); ++i) {
    threads.emplace_back([&] {
      std::lock_guard hold(mutex);
      ++sum;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return sum;
}
