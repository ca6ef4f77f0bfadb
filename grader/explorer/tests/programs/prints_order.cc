// What is shown is the output of the reported execution alone: the one in which the second came
// first.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

std::mutex mutex;
int order = 0;

int main() {
  const auto sign = [](int who) {
    std::lock_guard hold(mutex);
    order = order * 10 + who;
    std::printf("signed by %d\n", who);
  };
  std::thread a(sign, 1);
  std::thread b(sign, 2);
  a.join();
  b.join();
  if (order == 21) std::abort();
}
