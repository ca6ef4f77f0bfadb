// A bank without an order of its locks. Run it under every interleaving:
//
//   ./lab explore labs/04_lock/deadlock.cc

#include <mutex>
#include <thread>

struct Account {
  std::mutex lock;
  int balance = 10;
};

void transfer(Account& from, Account& to, int amount) {
  std::scoped_lock first(from.lock);
  std::scoped_lock second(to.lock);
  from.balance -= amount;
  to.balance += amount;
}

int main() {
  Account x, y;
  std::thread a([&] { transfer(x, y, 1); });
  std::thread b([&] { transfer(y, x, 1); });
  a.join();
  b.join();
}
