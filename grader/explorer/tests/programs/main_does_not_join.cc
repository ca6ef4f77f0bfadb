// main ends while a detached thread still works, and reads what that thread writes.
#include <thread>

int progress = 0;

int main() {
  std::thread([] { progress = 1; }).detach();
  return progress;
}
