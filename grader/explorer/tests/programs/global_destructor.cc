// Static objects are destroyed when main has returned, in every execution, and only then.
#include <cassert>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

struct Farewell {
  bool told = false;
  ~Farewell() {
    assert(told);
    std::puts("farewell");
  }
};

Farewell farewell;
std::mutex mutex;
auto shared_number = std::make_unique<int>(1);

int main() {
  const auto use = [] {
    std::lock_guard hold(mutex);
    ++*shared_number;
  };
  std::thread a(use);
  use();
  a.join();
  farewell.told = true;
  return *shared_number == 3 ? 0 : 1;
}
