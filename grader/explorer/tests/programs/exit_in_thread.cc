// exit() in a thread ends the program with its status: handlers run, main's own return may never
// be reached.
#include <cstdio>
#include <cstdlib>
#include <thread>

int main() {
  std::atexit([] { std::puts("handler"); });
  std::thread leaver([] { std::exit(4); });
  leaver.join();
  std::puts("never printed");
}
