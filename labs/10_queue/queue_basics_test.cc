// Putting, taking, sleeping and waking: what a queue is for.

#include "10_queue/queue.h"
#include "grader/harness/lab_test.h"

TEST_CASE(
    "items come out in the order they went in" * points(3) *
    hints(
        "A queue is a line of people: the first one in is the first one out.",
        "FifoItems, given in the skeleton, already keeps that order. What is left for put and get?",
        "put: items_.push(std::move(item));   get: T item = std::move(items_.next()); "
        "items_.pop(); return item;")) {
  explore([] {
    lab::Queue<int> queue;
    queue.put(1);
    queue.put(2);
    CHECK(queue.get() == 1);
    queue.put(3);
    CHECK(queue.get() == 2);
    CHECK(queue.get() == 3);
    CHECK(queue.empty());
  });
}

TEST_CASE("size, empty and full tell how many items there are" * points(2) *
          hints("Only a queue with a maxsize above 0 can ever be full.",
                "full() compares the number of items with maxsize_, and so does every put. What do "
                "both do when maxsize_ is 0, or -1?",
                "One helper for all: bool has_room() { return maxsize_ <= 0 || count() < maxsize_; "
                "}")) {
  explore([] {
    lab::Queue<int> two(2);
    CHECK(two.empty());
    CHECK(two.size() == 0);
    two.put(1);
    CHECK_FALSE(two.empty());
    CHECK_FALSE(two.full());
    two.put(2);
    CHECK(two.full());
    CHECK(two.size() == 2);

    lab::Queue<int> unbounded(-1);
    for (int item = 0; item < 3; ++item) unbounded.put(item);
    CHECK(unbounded.size() == 3);
    CHECK_FALSE(unbounded.full());
  });
}

TEST_CASE("try_put and try_get say no instead of waiting" * points(3) *
          hints("try means: look once, and either do it or say that it cannot be done.",
                "try_put must look at the capacity like put does, but return false where put "
                "sleeps. try_get returns std::nullopt where get sleeps.",
                "std::lock_guard lock(mutex_); if (!has_room()) return false; ... the rest is put "
                "without its wait.")) {
  explore([] {
    lab::Queue<int> queue(1);
    CHECK_FALSE(queue.try_get().has_value());
    CHECK(queue.try_put(1));
    CHECK_FALSE(queue.try_put(2));
    CHECK(queue.size() == 1);
    CHECK(queue.try_get().value_or(0) == 1);
    CHECK_FALSE(queue.try_get().has_value());
    const int item = 3;  // is copied
    CHECK(queue.try_put(item));
    CHECK_FALSE(queue.try_put(item));
    CHECK(queue.try_get().value_or(0) == 3);
  });
}

TEST_CASE(
    "a consumer sleeps until an item comes" * points(4) *
    hints("A thread that cannot go on gives up the processor and the lock, and is woken by "
          "the one who changes what it waits for.",
          "get: wait on a condition variable while there is no item. put: add the item "
          "first, then notify, and do both while you hold the mutex.",
          "get: std::unique_lock lock(mutex_); not_empty_.wait(lock, [this] { return "
          "items_.size() > 0; });   put: items_.push(std::move(item)); not_empty_.notify_one();")) {
  explore([] {
    lab::Queue<int> queue;
    int got = 0;
    std::thread consumer([&] { got = queue.get(); });
    quiesce();
    CHECK(queue.empty());  // who sleeps in get keeps no lock
    queue.put(7);
    consumer.join();
    CHECK(got == 7);
    CHECK(queue.empty());
  });
}

TEST_CASE(
    "a producer sleeps until there is room" * points(4) *
    hints("A full queue is to a producer what an empty one is to a consumer.",
          "put waits while the queue is full; so who makes room, and must tell the producer?",
          "put: not_full_.wait(lock, [this] { return has_room(); });   get: ... items_.pop(); "
          "not_full_.notify_one();")) {
  explore([] {
    lab::Queue<int> queue(1);
    queue.put(1);
    std::thread producer([&] { queue.put(2); });
    quiesce();
    CHECK(queue.full());  // who sleeps in put keeps no lock
    CHECK(queue.size() == 1);
    CHECK(queue.get() == 1);
    producer.join();
    CHECK(queue.get() == 2);
  });
}

TEST_CASE(
    "an item goes to one consumer only" * points(4) *
    hints("Between the notify and the moment the woken thread has the mutex again, another "
          "thread can take the item.",
          "After waking in get, look again whether there is an item. And do not let go of the "
          "mutex between looking and taking.",
          "while (items_.size() == 0) not_empty_.wait(lock);   `if` is not enough; "
          "wait(lock, condition) is that loop.")) {
  explore([] {
    lab::Queue<int> queue;
    int first = 0;
    int second = 0;
    std::thread a([&] { first = queue.get(); });
    std::thread b([&] { second = queue.get(); });
    queue.put(1);
    queue.put(2);
    a.join();
    b.join();
    CHECK(first + second == 3);
    CHECK(first * second == 2);
    CHECK(queue.size() == 0);
  });
}

TEST_CASE("there are never more items than maxsize" * points(4) *
          hints("A woken producer is not promised the place: another one may have been quicker.",
                "After waking in put, look again whether there is room.",
                "while (!has_room()) not_full_.wait(lock);")) {
  explore([] {
    lab::Queue<int> queue(1);
    queue.put(1);
    std::thread a([&] { queue.put(2); });
    std::thread b([&] { queue.put(2); });
    CHECK(queue.get() == 1);
    quiesce();  // one of the two is in, and the other one must sleep
    CHECK(queue.size() == 1);
    CHECK(queue.get() == 2);
    CHECK(queue.get() == 2);
    a.join();
    b.join();
  });
}

TEST_CASE(
    "the one who can go on is the one who is woken" * points(5) *
    hints("notify_one wakes any one of the threads that sleep there, also one that cannot use "
          "the news.",
          "If producers and consumers sleep on the same condition variable, a consumer's "
          "notify_one can wake another consumer. Who wakes the producer then?",
          "Two condition variables: not_empty_ for get, not_full_ for put. (Or one, and "
          "always notify_all.)")) {
  explore([] {
    lab::Queue<int> queue(1);
    int first = 0;
    int second = 0;
    std::thread a([&] { first = queue.get(); });
    std::thread b([&] { second = queue.get(); });
    std::thread producer([&] {
      queue.put(1);
      queue.put(2);
    });
    a.join();
    b.join();
    producer.join();
    CHECK(first + second == 3);
  });
}

TEST_CASE("two items wake two sleeping consumers" * points(4) *
          hints("A woken thread does not run at once. The second put may come before it has taken "
                "the first item.",
                "Does put notify every time, or only when it thinks that somebody needs it? At the "
                "second put the queue is not empty, and yet a consumer sleeps.",
                "items_.push(std::move(item)); not_empty_.notify_one();   with no `if`.")) {
  explore([] {
    lab::Queue<int> queue;
    int first = 0;
    int second = 0;
    std::thread a([&] { first = queue.get(); });
    std::thread b([&] { second = queue.get(); });
    quiesce();
    queue.put(1);
    queue.put(2);
    a.join();
    b.join();
    CHECK(first + second == 3);
  });
}

TEST_CASE("two free places wake two sleeping producers" * points(3) *
          hints("The same for the other side: two gets may come before the first woken producer "
                "runs.",
                "Does get notify every time, or only when the queue was full before?",
                "items_.pop(); not_full_.notify_one();   with no `if`.")) {
  explore([] {
    lab::Queue<int> queue(2);
    queue.put(1);
    queue.put(2);
    std::thread a([&] { queue.put(3); });
    std::thread b([&] { queue.put(3); });
    quiesce();
    CHECK(queue.get() == 1);
    CHECK(queue.get() == 2);
    a.join();
    b.join();
    CHECK(queue.size() == 2);
  });
}

TEST_CASE(
    "size, empty and full may be asked while others work" * points(4) *
    hints("Reading needs the lock as much as writing: a container that is being changed is in "
          "no state to be asked anything.",
          "size(), empty() and full() read what put and get change.",
          "mutable std::mutex mutex_;   std::ptrdiff_t size() const { std::lock_guard "
          "lock(mutex_); return ...; }")) {
  explore([] {
    lab::Queue<int> queue(2);
    std::thread worker([&] {
      queue.put(1);
      queue.put(2);
      queue.get();
    });
    const std::ptrdiff_t size = queue.size();
    CHECK(size >= 0);
    CHECK(size <= 2);
    queue.empty();
    queue.full();
    worker.join();
    CHECK(queue.size() == 1);
  });
}
