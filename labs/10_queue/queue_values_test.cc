// The other two orders, and items whose move constructor throws.

#include "10_queue/queue.h"
#include "grader/harness/lab_test.h"

namespace {

struct Broken {};

// An item that can be moved but not copied. The calling thread can arm it: its n-th move of any
// Fragile from then on throws, and leaves both objects as they were.
class Fragile {
 public:
  explicit Fragile(int value) : value_(value) {}
  Fragile(Fragile&& other) : value_((count_move(), std::exchange(other.value_, kMoved))) {}
  Fragile& operator=(Fragile&& other) {
    count_move();
    value_ = std::exchange(other.value_, kMoved);
    return *this;
  }
  friend bool operator<(const Fragile& a, const Fragile& b) { return a.value_ < b.value_; }

  int value() const { return value_; }

  // With 0, no move throws.
  static void arm(int moves) { moves_left_ = moves; }

 private:
  static constexpr int kMoved = -1;
  static void count_move() {
    if (moves_left_ > 0 && --moves_left_ == 0) throw Broken();
  }
  static inline thread_local int moves_left_ = 0;
  int value_;
};

// Runs `action` with its n-th move throwing; says whether it threw.
template <typename Action>
bool breaks_at(int n, const Action& action) {
  Fragile::arm(n);
  try {
    action();
  } catch (const Broken&) {
    return true;
  }
  Fragile::arm(0);
  return false;
}

constexpr int kMoves = 6;  // more moves than a put or a get of a small queue needs

// Takes everything out, in order.
template <typename AnyQueue>
std::vector<int> drain(AnyQueue& queue) {
  std::vector<int> values;
  while (const std::optional<Fragile> item = queue.try_get()) values.push_back(item->value());
  return values;
}

// A put whose n-th move throws, into a queue that holds 1, 2, 3 and 4.
template <typename AnyQueue>
void broken_put(int n, bool broke_expected, std::vector<int> before, std::vector<int> after) {
  AnyQueue queue;
  for (int value = 1; value <= 4; ++value) queue.put(Fragile(value));
  Fragile item(5);
  const bool broke = breaks_at(n, [&] { queue.put(std::move(item)); });
  if (broke_expected) CHECK(broke);
  CHECK(queue.size() == (broke ? 4 : 5));
  CHECK(drain(queue) == (broke ? before : after));
  for (int done = 0; done < (broke ? 4 : 5); ++done) queue.task_done();
  CHECK_THROWS_AS(queue.task_done(), std::logic_error);
}

// A get of any kind whose n-th move throws, from a queue that holds 1, 2 and 3.
template <typename AnyQueue, typename Get>
void broken_get(int n, bool broke_expected, std::vector<int> before, const Get& get) {
  AnyQueue queue(3);
  for (int value = 1; value <= 3; ++value) queue.put(Fragile(value));
  const bool broke = breaks_at(n, [&] { get(queue); });
  if (broke_expected) CHECK(broke);
  CHECK(queue.full() == broke);
  if (!broke) before.erase(before.begin());
  CHECK(drain(queue) == before);
}

template <typename AnyQueue>
void broken_gets(const std::vector<int>& before) {
  for (int n = 1; n <= kMoves; ++n) {
    broken_get<AnyQueue>(n, n == 1, before, [](AnyQueue& queue) { queue.get(); });
    broken_get<AnyQueue>(n, n == 1, before, [](AnyQueue& queue) { queue.try_get(); });
    broken_get<AnyQueue>(n, n == 1, before,
                         [](AnyQueue& queue) { queue.get_for(std::chrono::hours(1)); });
  }
}

}  // namespace

TEST_CASE("a LifoQueue gives the newest item first" * points(2) *
          hints("A stack: what was laid on top last is taken first.",
                "LifoItems: push and next work at the same end.",
                "push: items_.push_back(...)   next: items_.back()   pop: items_.pop_back()")) {
  explore([] {
    lab::LifoQueue<int> queue;
    queue.put(1);
    queue.put(2);
    CHECK(queue.get() == 2);
    queue.put(3);
    CHECK(queue.get() == 3);
    CHECK(queue.get() == 1);
  });
}

TEST_CASE("a PriorityQueue gives the smallest item first" * points(3) *
          hints("The item that leaves is the smallest by operator<, whenever it came.",
                "std::priority_queue and std::push_heap put the largest on top; you need the "
                "smallest. Use nothing of T but operator<: no >, no ==, no default constructor.",
                "A std::multiset keeps its elements sorted: next is *items_.begin(). Or a heap "
                "with the comparison turned round: [](a, b) { return b < a; }")) {
  struct Only {
    explicit Only(int number) : number(number) {}
    bool operator<(const Only& other) const { return number < other.number; }
    int number;
  };
  explore([] {
    lab::PriorityQueue<Only> queue;
    for (int number : {3, 1, 4, 2}) queue.put(Only(number));
    CHECK(queue.get().number == 1);
    queue.put(Only(0));
    for (int number : {0, 2, 3, 4}) CHECK(queue.get().number == number);
  });
}

TEST_CASE("equal priorities leave in the order they came" * points(3) *
          hints("Two urgent letters: the one that came first is opened first.",
                "A heap does not keep the order of equal elements. Something must remember when "
                "each one came.",
                "Store {item, number}, with a number that grows at every push: a before b if "
                "a.item < b.item, or neither is smaller and a.number < b.number. A std::multiset "
                "does this by itself.")) {
  struct Letter {
    bool operator<(const Letter& other) const { return urgency < other.urgency; }
    int urgency;
    int number;
  };
  explore([] {
    lab::PriorityQueue<Letter> queue;
    for (int number = 1; number <= 5; ++number) queue.put(Letter{2, number});
    queue.put(Letter{1, 6});
    CHECK(queue.get().number == 6);
    CHECK(queue.get().number == 1);
    queue.put(Letter{2, 7});
    for (int number : {2, 3, 4, 5, 7}) CHECK(queue.get().number == number);
  });
}

TEST_CASE("the other queues sleep and wake as well" * points(2) *
          hints("Waiting has nothing to do with the order of the items: one code for all three.",
                "Does your LifoQueue or PriorityQueue have a put or a get of its own? Does that "
                "wait, and notify, like the first one?",
                "template <typename T> class PriorityQueue : public BasicQueue<T, SortedItems<T>>, "
                "with nothing but the constructor inside.")) {
  explore([] {
    lab::PriorityQueue<int> queue(1);
    std::thread producer([&] {
      queue.put(2);
      queue.put(1);
    });
    CHECK(queue.get() == 2);
    CHECK(queue.get() == 1);
    producer.join();
  });
  explore([] {
    lab::LifoQueue<int> queue(1);
    std::thread producer([&] {
      queue.put(2);
      queue.put(1);
    });
    CHECK(queue.get() == 2);
    CHECK(queue.get() == 1);
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
    for (int n = 1; n <= kMoves; ++n) {
      broken_put<lab::Queue<Fragile>>(n, n == 1, {1, 2, 3, 4}, {1, 2, 3, 4, 5});
      broken_put<lab::LifoQueue<Fragile>>(n, n == 1, {4, 3, 2, 1}, {5, 4, 3, 2, 1});
      broken_put<lab::PriorityQueue<Fragile>>(n, n == 1, {1, 2, 3, 4}, {1, 2, 3, 4, 5});
    }
  });
}

TEST_CASE("a get that throws leaves the item in the queue" * points(3) *
          hints("An item may leave the queue only when the caller has it.",
                "First move the item out, then remove it. And look at what you return: is there a "
                "second move, after the item was removed?",
                "T item = std::move(items_.next()); items_.pop(); return item;   (for "
                "get_for: std::optional<T> item(std::move(items_.next())); ...)")) {
  explore([] {
    broken_gets<lab::Queue<Fragile>>({1, 2, 3});
    broken_gets<lab::LifoQueue<Fragile>>({3, 2, 1});
    broken_gets<lab::PriorityQueue<Fragile>>({1, 2, 3});
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
    lab::Queue<Fragile> queue;
    std::thread fails([&] { CHECK(breaks_at(1, [&] { queue.get(); })); });
    std::thread works([&] { CHECK(queue.get().value() == 1); });
    quiesce();
    CHECK(asleep() == 2);
    queue.put(Fragile(1));
    works.join();
    queue.put(Fragile(2));  // for the one that fails, in case it came second
    fails.join();
    CHECK(queue.size() == 1);
  });
  explore([] {
    lab::Queue<Fragile> queue(1);
    queue.put(Fragile(1));
    std::thread fails([&] {
      Fragile item(2);
      CHECK(breaks_at(1, [&] { queue.put(std::move(item)); }));
    });
    std::thread works([&] { queue.put(Fragile(3)); });
    quiesce();
    CHECK(asleep() == 2);
    CHECK(queue.get().value() == 1);
    works.join();
    CHECK(queue.get().value() == 3);  // and makes room for the one that fails
    fails.join();
    CHECK(queue.empty());
  });
}
