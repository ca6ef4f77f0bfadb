// A program may spin: a note, unless --require busy-wait.
#include <atomic>
#include <thread>

std::atomic<bool> ready{false};

int main() {
  std::thread waiter([] {
    while (!ready) {
    }
  });
  ready = true;
  waiter.join();
}
