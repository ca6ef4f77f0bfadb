// Two that give way to each other for ever: each run of the program comes to the limit of steps,
// and nothing is new after the first round.
#include <atomic>
#include <thread>

std::atomic<int> turn{0};
std::atomic<bool> hungry[2] = {true, true};

void eat(int me) {
  while (hungry[me]) {
    if (turn != me) {
      std::this_thread::yield();
      continue;
    }
    if (hungry[1 - me]) {
      turn = 1 - me;  // you first
      continue;
    }
    hungry[me] = false;
  }
}

int main() {
  std::thread other(eat, 1);
  eat(0);
  other.join();
}
