// What a global points to since before main is freed by one thread while another reads it.
#include <atomic>
#include <thread>

struct Settings {
  int limit = 10;
};

std::atomic<Settings*> settings{new Settings};

int main() {
  std::thread reader([] {
    const Settings* now = settings;
    if (now != nullptr && now->limit != 10) std::terminate();
  });
  delete settings.exchange(nullptr);
  reader.join();
}
