// The flag is set without the mutex: the notify may come between the waiter's look and its wait.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable door_opened;
std::atomic<bool> open{false};

int main() {
  std::thread guest([] {
    std::unique_lock hold(mutex);
    while (!open) door_opened.wait(hold);
  });
  open = true;
  door_opened.notify_one();
  guest.join();
}
