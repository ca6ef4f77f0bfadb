// A race that does no harm to what main promises: with --ignore data-race nothing is left to find.
#include <thread>

int hits = 0;

int main() {
  std::thread a([] { hits = hits + 1; });
  std::thread b([] { hits = hits + 1; });
  a.join();
  b.join();
  return hits >= 1 ? 0 : 1;
}
