// A global's constructor starts a thread: it runs before anything can be explored.
#include <thread>

struct Logger {
  std::thread writer{[] {}};
  ~Logger() { writer.join(); }
};

Logger logger;

int main() {}
