// Memory: used after it was freed, freed twice, never freed, outlived.

#include <semaphore.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("use after free: read by a thread that comes late") {
  const auto body = [](bool joins_first) {
    auto number = std::make_unique<int>(1);
    std::thread reader([number = number.get()] { EXPECT(*number == 1); });
    if (joins_first) reader.join();
    number.reset();
    if (!joins_first) reader.join();
  };
  finds(Rule::kUseAfterFree, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("use after free: the free stands behind the lock that was taken for it") {
  const auto body = [] {
    std::mutex mutex;
    std::string text = "the first text, long enough to be on the heap";
    const std::string longer(100, 'x');
    std::thread reader([&] {
      const std::string* place = nullptr;
      {
        std::lock_guard hold(mutex);
        place = &text;
      }
      const std::string copy = *place;  // the lock is gone
      EXPECT(copy.size() >= 45);
    });
    {
      std::lock_guard hold(mutex);
      text = longer;
    }
    reader.join();
  };
  Options options;
  options.strategy = Strategy::kDpor;
  const Result result = run(body, options);
  INFO(text_of(result));
  REQUIRE(result.finding.has_value());
  CHECK(name_of(result.finding->rule) == name_of(Rule::kUseAfterFree));
  int locked = 0;
  int freed = 0;
  for (const Step& step : result.finding->steps) {
    if (step.thread == "main" && step.operation == "locks") locked = step.number;
    if (step.thread == "main" && step.operation == "frees") freed = step.number;
  }
  CHECK(locked > 0);
  CHECK(freed > locked);
}

TEST_CASE("use after free: written, in an order that the lock makes") {
  const auto body = [](bool tells) {
    auto* text = new std::string("a text long enough to be on the heap");
    std::mutex mutex;
    bool gone = false;
    std::thread writer([&] {
      std::lock_guard hold(mutex);
      if (tells && gone) return;
      text->front() = 'A';
    });
    {
      std::lock_guard hold(mutex);
      gone = true;
      delete text;
    }
    writer.join();
  };
  finds(Rule::kUseAfterFree, [&] { body(false); });
  holds([&] { body(true); });
}

namespace {

// The borrower has no step before which anything could happen, so it always writes before this
// returns: the fault is that nothing makes it do so.
[[gnu::noinline]] std::thread lend_a_variable(bool waits) {
  int lent = 0;
  std::thread borrower([&] { lent = 1; });
  if (waits) borrower.join();
  return borrower;
}

}  // namespace

TEST_CASE("use after free: a frame is left, and only luck had its borrower come first") {
  finds(Rule::kUseAfterFree, [] { lend_a_variable(false).join(); });
  holds([] { EXPECT(!lend_a_variable(true).joinable()); });
}

TEST_CASE("use after free: in one thread, through a dangling pointer") {
  const auto body = [](std::size_t size) {
    std::vector<int> numbers(4, 1);
    const int* first = numbers.data();
    numbers.resize(size);
    EXPECT(*first == 1);
  };
  finds(Rule::kUseAfterFree, [&] { body(1'000); });
  holds([&] { body(2); });
}

TEST_CASE("use after free: memory of malloc, and a memcpy from it") {
  const auto body = [](bool copies_first) {
    char* memory = static_cast<char*>(std::calloc(64, 1));
    std::string copy;
    if (copies_first) copy.assign(memory, 32);
    std::thread cleaner([memory] { std::free(memory); });
    cleaner.join();
    if (!copies_first) copy.assign(memory, 32);
  };
  finds(Rule::kUseAfterFree, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("use after free: an object whose method another thread still runs") {
  struct Server {
    std::atomic<int> requests{0};
    void serve() {
      ++requests;
      ++requests;
    }
  };
  const auto body = [](bool shares) {
    auto server = std::make_shared<Server>();
    std::shared_ptr<Server> kept = shares ? server : nullptr;
    std::thread client([kept = std::move(kept), raw = server.get()] { raw->serve(); });
    server.reset();
    client.join();
  };
  finds(Rule::kUseAfterFree, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("use after free: a detached thread outlives data on the heap") {
  finds(Rule::kUseAfterFree, [] {
    auto number = std::make_unique<int>(0);
    std::thread([number = number.get()] { *number = 1; }).detach();
  });
  holds([] {
    auto number = std::make_shared<int>(0);
    std::thread([number] { *number = 1; }).detach();
  });
}

TEST_CASE("use after free: a detached thread outlives the stack it was born on") {
  finds(Rule::kUseAfterFree, [] {
    const auto start = [] {
      std::atomic<int> local{0};
      std::thread([&local] { local = 1; }).detach();
    };
    start();
  });
  finds(Rule::kUseAfterFree, [] {
    std::atomic<int> local{0};
    std::thread([&local] { local = 1; }).detach();
  });
  static std::atomic<int> outlives{0};
  holds([] { std::thread([] { outlives = 1; }).detach(); });
}

TEST_CASE("use after free: a pointer into a thread that has ended") {
  const auto body = [](bool still_there) {
    std::atomic<std::atomic<int>*> inside{nullptr};
    std::atomic<bool> looked{false};
    std::thread thread([&] {
      std::atomic<int> local{1};
      inside = &local;
      inside.notify_one();
      if (still_there) looked.wait(false);
    });
    if (!still_there) thread.join();
    inside.wait(nullptr);
    EXPECT(inside.load()->load() == 1);
    looked = true;
    looked.notify_one();
    if (still_there) thread.join();
  };
  finds(Rule::kUseAfterFree, [&] { body(false); });
  holds([&] { body(true); });
}

namespace {

// A thread uses something that synchronises, on the heap; who made it deletes it, before or after
// the join.
template <class Shared, class Use>
void deleted(Use use, bool joins_first) {
  auto* shared = new Shared();
  std::thread user([=] { use(*shared); });
  if (joins_first) user.join();
  delete shared;
  if (!joins_first) user.join();
}

template <class Shared, class Use>
void must_outlive_its_use(Use use) {
  finds(Rule::kUseAfterFree, [&] { deleted<Shared>(use, false); });
  holds([&] { deleted<Shared>(use, true); });
}

struct Semaphore {
  Semaphore() { sem_init(&semaphore, 0, 0); }
  sem_t semaphore;
};

}  // namespace

TEST_CASE("use after free: what synchronises is memory too") {
  must_outlive_its_use<std::mutex>([](std::mutex& mutex) { std::lock_guard hold(mutex); });
  must_outlive_its_use<std::mutex>([](std::mutex& mutex) {
    if (mutex.try_lock()) mutex.unlock();
  });
  must_outlive_its_use<std::shared_mutex>(
      [](std::shared_mutex& mutex) { std::shared_lock hold(mutex); });
  must_outlive_its_use<std::shared_mutex>([](std::shared_mutex& mutex) {
    if (mutex.try_lock()) mutex.unlock();
  });
  must_outlive_its_use<std::condition_variable>(
      [](std::condition_variable& changed) { changed.notify_one(); });
  must_outlive_its_use<Semaphore>([](Semaphore& shared) { sem_post(&shared.semaphore); });
  must_outlive_its_use<Semaphore>([](Semaphore& shared) { sem_trywait(&shared.semaphore); });
}

TEST_CASE("use after free: notified after the lock was given up, when nobody waits any more") {
  struct Task {
    std::mutex mutex;
    std::condition_variable ended;
    bool has_ended = false;
  };
  const auto body = [](bool under_the_lock) {
    auto task = std::make_unique<Task>();
    std::thread worker([&task = *task, under_the_lock] {
      std::unique_lock hold(task.mutex);
      task.has_ended = true;
      if (!under_the_lock) hold.unlock();
      task.ended.notify_one();
    });
    {
      std::unique_lock hold(task->mutex);
      task->ended.wait(hold, [&] { return task->has_ended; });
    }
    task.reset();
    worker.join();
  };
  finds(Rule::kUseAfterFree, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("double free: two threads that both think they are the last") {
  const auto body = [](bool one_step) {
    int* number = new int(1);
    std::atomic<int> users{2};
    const auto leave = [&] {
      if (one_step) {
        if (users.fetch_sub(1) == 1) delete number;
      } else {
        users.fetch_sub(1);
        if (users == 0) delete number;
      }
    };
    std::thread a(leave);
    std::thread b(leave);
    a.join();
    b.join();
  };
  finds(Rule::kDoubleFree, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("double free: under a lock, and of malloc's memory") {
  const auto body = [](bool forgets) {
    void* memory = std::malloc(8);
    std::mutex mutex;
    const auto release = [&] {
      std::lock_guard hold(mutex);
      std::free(memory);
      if (forgets) memory = nullptr;
    };
    std::thread a(release);
    std::thread b(release);
    a.join();
    b.join();
  };
  finds(Rule::kDoubleFree, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("leak: memory that nobody frees") {
  const auto body = [](bool frees) {
    std::thread thread([frees] {
      int* lost = new int(1);
      *lost = 2;
      if (frees) delete lost;
    });
    thread.join();
  };
  finds(Rule::kLeak, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("leak: only when an early return is taken") {
  const auto body = [](bool frees) {
    std::mutex mutex;
    bool stopped = false;
    std::thread worker([&] {
      int* task = new int(1);
      std::lock_guard hold(mutex);
      if (stopped) {
        if (frees) delete task;
        return;
      }
      delete task;
    });
    {
      std::lock_guard hold(mutex);
      stopped = true;
    }
    worker.join();
  };
  finds(Rule::kLeak, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("leak: a cycle of shared_ptr") {
  struct Node {
    std::shared_ptr<Node> next;
  };
  const auto body = [](bool breaks) {
    auto first = std::make_shared<Node>();
    first->next = std::make_shared<Node>();
    first->next->next = first;
    std::thread user([first] { EXPECT(first->next != nullptr); });
    user.join();
    if (breaks) first->next->next.reset();
  };
  finds(Rule::kLeak, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("silent: memory that a global still holds") {
  static std::vector<std::unique_ptr<int>> kept;
  static int* raw = nullptr;
  holds([] {
    kept.push_back(std::make_unique<int>(1));
    raw = new int(2);
    std::thread user([] { EXPECT(*raw == 2); });
    user.join();
  });
}
