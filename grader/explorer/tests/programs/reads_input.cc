// Every execution reads the same standard input from its beginning, with either library.
#include <cassert>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

std::mutex mutex;
int sum = 0;

int main() {
  const auto add = [] {
    std::lock_guard hold(mutex);
    int number = 0;
    assert(std::cin >> number);
    sum += number;
  };
  std::thread a(add);
  std::thread b(add);
  a.join();
  b.join();
  assert(sum == 30);  // of the lines 10 and 20; a third line stays unread
}
