// Items: what becomes of them when a put fails, the other two orders, and moves that throw.

#include "10_queue/queue.h"
#include "grader/harness/lab_test.h"

namespace {

struct Broken {};

// An item that can be moved, and compared by operator<, and nothing else. Its priority is all but
// the last digit of its number: 11 and 12 are equal, and less than 20. The calling thread can arm
// moving: its n-th move of any item from then on throws, and leaves both objects as they were.
class Item {
 public:
  explicit Item(int number) : number_(number) {}
  Item(Item&& other) : number_((count_move(), std::exchange(other.number_, kMoved))) {}
  Item& operator=(Item&& other) {
    count_move();
    number_ = std::exchange(other.number_, kMoved);
    return *this;
  }
  friend bool operator<(const Item& a, const Item& b) { return a.number_ / 10 < b.number_ / 10; }

  int number() const { return number_; }
  static constexpr int kMoved = -1;  // the number of an item that was moved from

  // With 0, no move throws.
  static void arm(int moves) { moves_left_ = moves; }

 private:
  static void count_move() {
    if (moves_left_ > 0 && --moves_left_ == 0) throw Broken();
  }
  static inline thread_local int moves_left_ = 0;
  int number_;
};

// Runs `action` with its n-th move throwing; says whether it threw.
template <typename Action>
bool breaks_at(int n, const Action& action) {
  Item::arm(n);
  try {
    action();
  } catch (const Broken&) {
    return true;
  }
  Item::arm(0);
  return false;
}

constexpr int kMoves = 6;  // more moves than a put or a get of a small queue needs

// Takes everything out. Returns the numbers in the order in which they came.
template <typename AnyQueue>
std::string drain(AnyQueue& queue) {
  std::string numbers;
  while (const std::optional<Item> item = queue.try_get()) {
    numbers += (numbers.empty() ? "" : " ") + std::to_string(item->number());
  }
  return numbers;
}

// Puts in which the n-th move throws, for every n, into a queue that holds four items.
template <typename AnyQueue>
void broken_puts(const std::string& before, const std::string& after) {
  for (int n = 1; n <= kMoves; ++n) {
    AnyQueue queue;
    for (int number : {10, 20, 30, 40}) queue.put(Item(number));
    Item item(50);
    const bool broke = breaks_at(n, [&] { queue.put(std::move(item)); });
    CHECK((broke || n > 1));  // the first move of all was that of the item
    CHECK(queue.size() == (broke ? 4 : 5));
    CHECK(drain(queue) == (broke ? before : after));
    for (int done = 0; done < (broke ? 4 : 5); ++done) queue.task_done();
    CHECK_THROWS_AS(queue.task_done(), std::logic_error);
  }
}

// Gets of all kinds in which the n-th move throws, for every n, from a queue that holds three
// items.
template <typename AnyQueue>
void broken_gets(const std::string& before) {
  for (int n = 1; n <= kMoves; ++n) {
    for (int kind = 0; kind < 3; ++kind) {
      AnyQueue queue(3);
      for (int number : {10, 20, 30}) queue.put(Item(number));
      const bool broke = breaks_at(n, [&] {
        if (kind == 0) queue.get();
        if (kind == 1) queue.try_get();
        if (kind == 2) queue.get_for(std::chrono::hours(1));
      });
      CHECK((broke || n > 1));
      CHECK(queue.full() == broke);
      CHECK(drain(queue) == (broke ? before : before.substr(3)));
    }
  }
}

}  // namespace

TEST_CASE(
    "a put that fails leaves its item with the caller" * points(3) *
    hints("std::move moves nothing. It is the move constructor that does, and it must not run "
          "before it is certain that the item goes in.",
          "A parameter `T item` is constructed, and so moved into, before your first line "
          "runs. A parameter `T&& item` is only a name for the caller's object.",
          "bool try_put(T&& item) { ...; if (!has_room()) return false; "
          "items_.push(std::move(item)); ... }   with the one move at the end.")) {
  explore(
      [] {
        lab::Queue<Item> queue(1);
        Item item(10);
        queue.put(std::move(item));
        CHECK(item.number() == Item::kMoved);
        Item second(20);
        CHECK_FALSE(queue.try_put(std::move(second)));
        CHECK(second.number() == 20);
        CHECK_FALSE(queue.put_for(std::move(second), std::chrono::milliseconds(10)));
        CHECK(second.number() == 20);
        CHECK_FALSE(queue.put_for(std::move(second), std::chrono::milliseconds(0)));
        CHECK(second.number() == 20);
        CHECK(queue.get().number() == 10);
        CHECK(queue.try_put(std::move(second)));
        CHECK(second.number() == Item::kMoved);
        CHECK(queue.get().number() == 20);
      },
      {.clock = Clock::kStrict});
}

TEST_CASE("a LifoQueue gives the newest item first" * points(2) *
          hints("A stack: what was laid on top last is taken first.",
                "LifoItems: push and next work at the same end.",
                "push: items_.push_back(...)   next: items_.back()   pop: items_.pop_back()")) {
  explore([] {
    lab::LifoQueue<Item> queue;
    queue.put(Item(10));
    queue.put(Item(20));
    CHECK(queue.get().number() == 20);
    queue.put(Item(30));
    CHECK(queue.get().number() == 30);
    CHECK(queue.get().number() == 10);
  });
}

TEST_CASE("a PriorityQueue gives the smallest item first" * points(3) *
          hints("The item that leaves is the smallest by operator<, whenever it came.",
                "std::priority_queue and std::push_heap put the largest on top; you need the "
                "smallest. Use nothing of T but operator<: no >, no ==, no default constructor.",
                "A std::multiset keeps its elements sorted: next is *items_.begin(). Or a heap "
                "with the comparison turned round: [](a, b) { return b < a; }")) {
  explore([] {
    lab::PriorityQueue<Item> queue;
    for (int number : {30, 10, 40, 20}) queue.put(Item(number));
    CHECK(queue.get().number() == 10);
    queue.put(Item(0));
    for (int number : {0, 20, 30, 40}) CHECK(queue.get().number() == number);
  });
}

TEST_CASE("equal priorities leave in the order they came" * points(3) *
          hints("Two urgent letters: the one that came first is opened first.",
                "A heap does not keep the order of equal elements. Something must remember when "
                "each one came.",
                "Store {item, number}, with a number that grows at every push: a before b if "
                "a.item < b.item, or neither is smaller and a.number < b.number. A std::multiset "
                "does this by itself.")) {
  explore([] {
    lab::PriorityQueue<Item> queue;
    for (int number : {21, 22, 23, 24, 25}) queue.put(Item(number));
    queue.put(Item(10));
    CHECK(queue.get().number() == 10);
    CHECK(queue.get().number() == 21);
    queue.put(Item(20));  // equal to the others, and the last that came
    for (int number : {22, 23, 24, 25, 20}) CHECK(queue.get().number() == number);
  });
}

TEST_CASE("the other queues sleep and wake as well" * points(2) *
          hints("Waiting has nothing to do with the order of the items: one code for all three.",
                "Does your LifoQueue or PriorityQueue have a put or a get of its own? Does that "
                "wait, and notify, like the first one?",
                "template <typename T> class PriorityQueue : public BasicQueue<T, SortedItems<T>>, "
                "with nothing but the constructor inside.")) {
  explore([] {
    lab::PriorityQueue<Item> queue(1);
    std::thread producer([&] {
      queue.put(Item(20));
      queue.put(Item(10));
    });
    CHECK(queue.get().number() == 20);
    CHECK(queue.get().number() == 10);
    producer.join();
  });
  explore([] {
    lab::LifoQueue<Item> queue(1);
    std::thread producer([&] {
      queue.put(Item(20));
      queue.put(Item(10));
    });
    CHECK(queue.get().number() == 20);
    CHECK(queue.get().number() == 10);
    producer.join();
  });
}

TEST_CASE("a put that throws changes nothing and holds no lock" * points(3) *
          hints("Moving an item is somebody else's code, and may throw. Then the put has not "
                "happened.",
                "In put: what has already been changed when the move throws? Counts? Other items "
                "that a vector or a heap had to move? And who unlocks the mutex?",
                "Move the item into a std::deque or a std::multiset first, change the counts and "
                "notify after that; std::lock_guard or std::unique_lock, never mutex_.lock().")) {
  explore([] {
    broken_puts<lab::Queue<Item>>("10 20 30 40", "10 20 30 40 50");
    broken_puts<lab::LifoQueue<Item>>("40 30 20 10", "50 40 30 20 10");
    broken_puts<lab::PriorityQueue<Item>>("10 20 30 40", "10 20 30 40 50");
  });
}

TEST_CASE("a get that throws leaves the item in the queue" * points(3) *
          hints("An item may leave the queue only when the caller has it.",
                "First move the item out, then remove it. And look at what you return: is there a "
                "second move, after the item was removed?",
                "T item = std::move(items_.next()); items_.pop(); return item;   (for "
                "get_for: std::optional<T> item(std::move(items_.next())); ...)")) {
  explore([] {
    broken_gets<lab::Queue<Item>>("10 20 30");
    broken_gets<lab::LifoQueue<Item>>("30 20 10");
    broken_gets<lab::PriorityQueue<Item>>("10 20 30");
  });
}

TEST_CASE(
    "who was woken and fails wakes another" * points(2) *
    hints("A notify_one is like a ticket: who was given it and cannot use it must pass it on.",
          "A consumer was woken for an item, and moving the item throws. The item is still "
          "there. Who tells the consumer that sleeps beside it?",
          "catch (...) { not_empty_.notify_one(); throw; }   around the move in get, and the "
          "same with not_full_ in put.")) {
  explore([] {
    lab::Queue<Item> queue;
    std::thread fails([&] { CHECK(breaks_at(1, [&] { queue.get(); })); });
    std::thread works([&] { CHECK(queue.get().number() == 1); });
    quiesce();
    queue.put(Item(1));
    works.join();
    queue.put(Item(2));  // for the one that fails, in case it came second
    fails.join();
    CHECK(queue.size() == 1);
  });
  explore([] {
    lab::Queue<Item> queue(1);
    queue.put(Item(1));
    std::thread fails([&] {
      Item item(2);
      CHECK(breaks_at(1, [&] { queue.put(std::move(item)); }));
    });
    std::thread works([&] { queue.put(Item(3)); });
    quiesce();
    CHECK(queue.get().number() == 1);
    works.join();
    CHECK(queue.get().number() == 3);  // and makes room for the one that fails
    fails.join();
    CHECK(queue.empty());
  });
}
