// One order of the two ends in a null pointer.
#include <atomic>
#include <thread>

struct Task {
  int priority = 5;
};

Task task;
std::atomic<Task*> current{&task};

int main() {
  std::thread closer([] { current = nullptr; });
  int priority = 0;
  if (current != nullptr) priority = current.load()->priority;
  closer.join();
  return priority > 5;
}
