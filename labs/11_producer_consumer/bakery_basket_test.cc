// Buffer, the basket: a vector, a lock, and two reasons to sleep.

#include "11_producer_consumer/bakery.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

constexpr Options kExactTime{.clock = Clock::kStrict};

// An item that can only be moved; what was moved away is 0.
struct Item {
  Item(int n) : number(n) {}
  Item(Item&& other) noexcept : number(std::exchange(other.number, 0)) {}
  Item& operator=(Item&& other) noexcept {
    number = std::exchange(other.number, 0);
    return *this;
  }
  int number;
};

using Basket = lab::Buffer<Item>;

}  // namespace

TEST_CASE("the oldest item leaves first, and leaves nothing behind" * points(2) *
          hints("Nobody wants yesterday's bun: first in, first out.",
                "At which end does put add, and at which end must get take? And T may be a type "
                "that can only be moved.",
                "T item = std::move(items_.front()); items_.erase(items_.begin()); return item;")) {
  explore([] {
    Basket basket(3);
    for (int item = 1; item <= 3; ++item) basket.put(item);
    CHECK(basket.get().number == 1);
    CHECK(basket.get().number == 2);
    basket.put(4);
    CHECK(basket.get().number == 3);
    CHECK(basket.get().number == 4);
  });
  explore([] {
    lab::Buffer<std::shared_ptr<int>> basket(2);
    const auto first = std::make_shared<int>(1);
    basket.put(first);
    basket.put(nullptr);
    CHECK(basket.get() == first);
    CHECK(first.use_count() == 1);  // the caller's: the basket has kept no copy
    CHECK(basket.get() == nullptr);
  });
}

TEST_CASE("a basket holds at least one item" * points(1) *
          hints("Into a basket without room nothing could ever be put.",
                "The first line of the constructor.",
                "if (capacity < 1) throw std::invalid_argument(\"...\");")) {
  explore([] {
    CHECK_THROWS_AS(Basket(0), std::invalid_argument);
    CHECK_THROWS_AS(Basket(-1), std::invalid_argument);
    Basket basket(1);
    basket.put(7);
    CHECK(basket.get().number == 7);
  });
}

TEST_CASE("most tells how full it has been" * points(1) *
          hints("The highest the water ever stood, not where it stands now.",
                "Only a put can make it more. Compare at that moment, in the same step.",
                "in put, under the mutex:   most_ = std::max(most_, count());")) {
  explore([] {
    Basket basket(3);
    CHECK(basket.most() == 0);
    basket.put(1);
    basket.put(2);
    CHECK(basket.most() == 2);
    basket.get();
    basket.put(3);
    basket.get();
    basket.get();
    CHECK(basket.most() == 2);
  });
  explore([] {  // it may be asked at any time
    Basket basket(1);
    std::thread asks([&] { CHECK(basket.most() <= 1); });
    basket.put(1);
    asks.join();
    CHECK(basket.most() == 1);
  });
}

TEST_CASE("get sleeps until there is an item" * points(3) *
          hints("Who finds the basket empty gives up the processor, and is woken by the next put.",
                "A condition variable for those who wait in get. Look and fall asleep in one "
                "step; add the item before you notify, both under the mutex.",
                "not_empty_.wait(hold, [this] { return !items_.empty(); });   put: push_back, "
                "then not_empty_.notify_one();")) {
  explore([] {
    Basket basket(1);
    int got = 0;
    std::thread eater([&] { got = basket.get().number; });
    quiesce();
    basket.put(7);
    eater.join();
    CHECK(got == 7);
  });
  explore([] {
    Basket basket(2);
    int got = 0;
    std::thread eater([&] {
      got = basket.get().number;
      got += 10 * basket.get().number;
    });
    basket.put(1);
    basket.put(2);
    eater.join();
    CHECK(got == 21);
  });
  explore(  // and not until it looks again
      [] {
        Basket basket(1);
        const auto start = std::chrono::steady_clock::now();
        std::chrono::nanoseconds came = 0ns;
        std::thread eater([&] {
          basket.get();
          came = std::chrono::steady_clock::now() - start;
        });
        std::this_thread::sleep_for(10500us);
        basket.put(7);
        eater.join();
        if (exploring()) CHECK(came == 10500us);
      },
      kExactTime);
}

TEST_CASE("put sleeps until there is room" * points(3) *
          hints("A full basket is to a baker what an empty one is to an eater.",
                "put waits while the basket is full. Who makes room, and must tell?",
                "not_full_.wait(hold, [this] { return count() < capacity_; });   get: erase, then "
                "not_full_.notify_one();")) {
  explore([] {
    Basket basket(1);
    std::thread baker([&] {
      basket.put(1);
      basket.put(2);
    });
    quiesce();
    CHECK(basket.get().number == 1);
    CHECK(basket.get().number == 2);
    baker.join();
  });
  explore(
      [] {
        Basket basket(1);
        basket.put(1);
        const auto start = std::chrono::steady_clock::now();
        std::chrono::nanoseconds went = 0ns;
        std::thread baker([&] {
          basket.put(2);
          went = std::chrono::steady_clock::now() - start;
        });
        std::this_thread::sleep_for(10500us);
        CHECK(basket.get().number == 1);
        baker.join();
        if (exploring()) CHECK(went == 10500us);
      },
      kExactTime);
}

TEST_CASE("an item goes to one eater only" * points(3) *
          hints("Between the notify and the moment the woken thread has the mutex again, another "
                "one can come by and take the item.",
                "get: after waking up, look again. And do not let go between looking and taking.",
                "while (items_.empty()) not_empty_.wait(hold);   `if` is not enough.")) {
  explore([] {
    Basket basket(2);
    int first = 0;
    int second = 0;
    std::thread a([&] { first = basket.get().number; });
    std::thread b([&] { second = basket.get().number; });
    basket.put(1);
    basket.put(2);
    a.join();
    b.join();
    CHECK(first + second == 3);
    CHECK(first * second == 2);
  });
}

TEST_CASE("never more items than there is room for" * points(3) *
          hints("Two bakers see the same last place.",
                "put: looking for room and filling it must be one step; and after waking up, look "
                "again.",
                "while (count() >= capacity_) not_full_.wait(hold);   with the mutex held from "
                "the look to the push_back")) {
  explore([] {
    Basket basket(1);
    basket.put(1);
    std::thread a([&] { basket.put(2); });
    std::thread b([&] { basket.put(3); });
    CHECK(basket.get().number == 1);
    quiesce();
    CHECK(basket.most() == 1);
    const int second = basket.get().number;
    const int third = basket.get().number;
    a.join();
    b.join();
    CHECK(second + third == 5);
  });
}

TEST_CASE("two eaters asleep need two wake-ups" * points(2) *
          hints("Who was told to wake up has not woken up yet: it still stands there, asleep.",
                "put: is somebody notified for every item, also when the basket was not empty?",
                "notify_one() after every push_back; not only `if (count() == 1)`.")) {
  explore([] {
    Basket basket(2);
    int first = 0;
    int second = 0;
    std::thread a([&] { first = basket.get().number; });
    std::thread b([&] { second = basket.get().number; });
    quiesce();
    basket.put(1);
    basket.put(2);
    a.join();
    b.join();
    CHECK(first + second == 3);
  });
}

TEST_CASE("two bakers asleep need two wake-ups" * points(2) *
          hints("Every place that becomes free is good for one baker.",
                "get: is somebody notified for every item taken, also when the basket was not "
                "full?",
                "notify_one() after every erase; not only `if (count() == capacity_ - 1)`.")) {
  explore([] {
    Basket basket(2);
    basket.put(1);
    basket.put(2);
    std::thread a([&] { basket.put(3); });
    std::thread b([&] { basket.put(4); });
    quiesce();
    CHECK(basket.get().number == 1);
    CHECK(basket.get().number == 2);
    a.join();
    b.join();
    CHECK(basket.get().number + basket.get().number == 7);
  });
}

TEST_CASE("a wake-up reaches somebody who can use it" * points(2) *
          hints("Bakers and eaters sleep for different reasons. What if the wrong one is woken?",
                "One condition variable for both: a put may wake a baker, who finds no room and "
                "sleeps on, while an eater sleeps beside a bun.",
                "not_full_ for those in put, not_empty_ for those in get. (Or notify_all.)")) {
  explore([] {
    Basket basket(1);
    int first = 0;
    int second = 0;
    std::thread a([&] { first = basket.get().number; });
    std::thread b([&] { second = basket.get().number; });
    quiesce();
    std::thread c([&] { basket.put(1); });
    basket.put(2);
    a.join();
    b.join();
    c.join();
    CHECK(first + second == 3);
  });
}
