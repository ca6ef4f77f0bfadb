// A detached thread still writes to a global when main returns and the global is destroyed.
#include <mutex>
#include <string>
#include <thread>
#include <vector>

std::mutex mutex;
std::vector<std::string> lines;

int main() {
  std::thread([] {
    std::lock_guard hold(mutex);
    lines.emplace_back("a line that is too long to be kept inside of the string");
  }).detach();
}
