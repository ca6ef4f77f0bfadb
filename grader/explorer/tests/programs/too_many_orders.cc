// Eight threads at one lock: 40,320 orders, more than the budget of the row.
#include <mutex>
#include <thread>
#include <vector>

int main() {
  std::mutex mutex;
  int sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      std::lock_guard hold(mutex);
      ++sum;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return sum == 8 ? 0 : 1;
}
