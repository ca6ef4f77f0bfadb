// Pipeline: what comes out, in which order, and how much is under way.

#include "11_producer_consumer/pipeline.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

constexpr Options kExactTime{.clock = Clock::kStrict};

std::string text(const std::vector<int>& items) {
  std::string joined;
  for (const int item : items) joined += (joined.empty() ? "" : " ") + std::to_string(item);
  return joined;
}

int add_one(int n) { return n + 1; }
int times_ten(int n) { return n * 10; }

}  // namespace

TEST_CASE("every item goes through all stages" * points(3) *
          hints("An assembly line: what one stage returns is what the next one is given.",
                "Each worker takes from the queue in front of its stage and puts into the one "
                "behind. When may it go home, and who tells the stage behind it?",
                "worker: try { for (;;) out.put(f(in.get())); } catch (const ShutDown&) { }   the "
                "last of a stage: out.shutdown();")) {
  explore([] {
    lab::Pipeline<int> line(1);
    std::vector<int> seen;  // by the only worker of its stage
    line.stage(add_one);
    line.stage([&](int n) {
      seen.push_back(n);
      return times_ten(n);
    });
    CHECK(text(line.run({1, 2})) == "20 30");
    CHECK(text(seen) == "2 3");
  });
  explore([] {
    lab::Pipeline<int> line(2);
    line.stage(add_one).stage(times_ten).stage(add_one);
    CHECK(text(line.run({1})) == "21");
  });
}

TEST_CASE("no inputs, or no stages" * points(1) *
          hints("A line without stages changes nothing. A line without items has nothing to do.",
                "Do your workers go home if nothing ever comes? And is there a first queue at all, "
                "when there is no stage?",
                "if (stages_.empty()) return inputs;")) {
  explore([] {
    lab::Pipeline<int> line(1);
    CHECK(text(line.run({1, 2})) == "1 2");
    int calls = 0;
    line.stage([&](int n) {
      ++calls;
      return n;
    });
    line.stage(add_one, 2);
    CHECK(line.run({}).empty());
    CHECK(calls == 0);
  });
}

TEST_CASE("a stage has a function and a worker, a queue has room" * points(1) *
          hints("Without any of the three the line would stand still for ever.",
                "Look at the arguments before anything is changed.",
                "if (!f) throw std::invalid_argument(\"...\"); if (workers < 1) throw ...")) {
  explore([] {
    CHECK_THROWS_AS(lab::Pipeline<int>(0), std::invalid_argument);
    CHECK_THROWS_AS(lab::Pipeline<int>(-1), std::invalid_argument);
    lab::Pipeline<int> line;
    CHECK_THROWS_AS(line.stage(times_ten, 0), std::invalid_argument);
    CHECK_THROWS_AS(line.stage(times_ten, -1), std::invalid_argument);
    CHECK_THROWS_AS(line.stage(nullptr), std::invalid_argument);
    CHECK(text(line.stage(add_one).run({1})) == "2");
  });
}

TEST_CASE("the results are in the order of the inputs" * points(2) *
          hints("With two workers, the second item may be ready first.",
                "How does a result know where it belongs, when it comes out at the end?",
                "Each item carries its place: struct Item { std::size_t place; T value; };   "
                "results[item.place] = ...")) {
  explore(
      [] {
        lab::Pipeline<int> line(2);
        line.stage(
            [](int n) {
              std::this_thread::sleep_for(n == 1 ? 50ms : 10ms);
              return n;
            },
            2);
        line.stage(times_ten);
        CHECK(text(line.run({1, 2, 3})) == "10 20 30");
      },
      kExactTime);
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(times_ten, 2);
    CHECK(text(line.run({1, 2})) == "10 20");
  });
}

TEST_CASE("stages work at the same time" * points(2) *
          hints("While the second stage has the first item, the first stage has the second.",
                "Are all the threads started before the first item is put in? Is a lock held "
                "while a stage works?",
                "Start the workers of all stages; then feed the first queue; then join.")) {
  explore(
      [] {
        lab::Pipeline<int> line(1);
        const auto slow = [](int n) {
          std::this_thread::sleep_for(10500us);
          return n;
        };
        line.stage(slow).stage(slow);
        const auto start = std::chrono::steady_clock::now();
        CHECK(text(line.run({1, 2})) == "1 2");
        const auto passed = std::chrono::steady_clock::now() - start;
        if (exploring()) CHECK(passed == 31500us);
      },
      kExactTime);
}

TEST_CASE("a stage has as many workers as it was given" * points(2) *
          hints("Two workers do two items at once; one worker does one.",
                "Where do the workers of a stage begin? And do they share one queue?",
                "for (i = 0; i < stage.workers; ++i) threads.emplace_back(...)")) {
  explore(
      [] {
        lab::Pipeline<int> line(3);
        CriticalSection pair(2);
        line.stage(
            [&](int n) {
              pair.enter();
              std::this_thread::sleep_for(n == 1 ? 30ms : 10ms);
              pair.leave();
              return n;
            },
            2);
        const auto start = std::chrono::steady_clock::now();
        CHECK(text(line.run({1, 2, 3, 4})) == "1 2 3 4");
        const auto passed = std::chrono::steady_clock::now() - start;
        if (exploring()) CHECK(pair.most() == 2);
        if (exploring()) CHECK(passed == 30ms);
      },
      kExactTime);
  explore([] {
    lab::Pipeline<int> line(2);
    CriticalSection alone;
    line.stage([&](int n) {
      alone.visit();
      return n;
    });
    CHECK(text(line.run({1, 2})) == "1 2");
    CHECK(alone.visits() == 2);
  });
}

TEST_CASE("the last worker of a stage tells the next" * points(2) *
          hints("One worker finds its queue closed and empty. The other still has an item in its "
                "hands.",
                "Who may close the queue behind a stage: the first of its workers to go home, or "
                "the last?",
                "std::atomic<std::ptrdiff_t> at_work;   if (--at_work == 0) next.shutdown();")) {
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(add_one, 2).stage(times_ten);
    CHECK(text(line.run({1})) == "20");
  });
}

TEST_CASE("a slow stage holds the ones before it back" * points(3) *
          hints("In front of a slow stage nothing may pile up: the stage before it has to wait.",
                "Are all your queues bounded, the ones in the middle too? And what may wait in one "
                "of them, should it be used?",
                "Queue<Item> link(capacity_);   one for each stage; put() does the rest")) {
  // When all stand still, the second stage has an item in its hands, one waits in front of it, and
  // the first stage has one more in its hands, for which there is no room.
  explore([] {
    std::atomic<int> begun = 0;
    int ahead = 0;
    lab::Pipeline<int> line(1);
    line.stage([&](int n) {
      ++begun;
      return n;
    });
    line.stage([&](int n) {
      if (n > 1) return n;
      quiesce();
      ahead = begun;
      return n;
    });
    CHECK(text(line.run({1, 2, 3, 4})) == "1 2 3 4");
    CHECK(ahead == 3);
  });
  // The first stage takes 10 ms for each item, the second 100 ms for the first: until 110 ms, one
  // item is in its hands and `capacity` wait. When does the first stage begin its fourth?
  const auto begins_the_fourth = [](std::ptrdiff_t capacity) {
    const auto start = std::chrono::steady_clock::now();
    std::chrono::milliseconds begun = 0ms;  // by the only worker
    lab::Pipeline<int> line(capacity);
    line.stage([&](int n) {
      if (n == 4) begun = (std::chrono::steady_clock::now() - start) / 1ms * 1ms;
      std::this_thread::sleep_for(10ms);
      return n;
    });
    line.stage([](int n) {
      if (n == 1) std::this_thread::sleep_for(100ms);
      return n;
    });
    CHECK(text(line.run({1, 2, 3, 4})) == "1 2 3 4");
    return begun.count();
  };
  explore(
      [&] {
        const long ms = begins_the_fourth(1);
        if (exploring()) CHECK(ms == 110);
      },
      kExactTime);
  explore(
      [&] {
        const long ms = begins_the_fourth(2);
        if (exploring()) CHECK(ms == 30);
      },
      kExactTime);
}

TEST_CASE("items need only be movable" * points(2) *
          hints("An item may be a thing that there is only one of.",
                "Where do you make a T out of nothing, or a second one?",
                "f(std::move(item.value));   std::vector<std::optional<T>> results(n);")) {
  struct Part {
    explicit Part(int n) : number(std::make_unique<int>(n)) {}
    std::unique_ptr<int> number;
  };
  explore([] {
    lab::Pipeline<Part> line(1);
    line.stage([](Part part) {
      *part.number += 1;
      return part;
    });
    line.stage([](Part part) { return Part(*part.number * 10); });
    std::vector<Part> parts;
    parts.emplace_back(1);
    parts.emplace_back(2);
    std::vector<int> numbers;
    for (const Part& part : line.run(std::move(parts))) numbers.push_back(*part.number);
    CHECK(text(numbers) == "20 30");
  });
}

TEST_CASE("a pipeline may run again, and twice at once" * points(1) *
          hints("Each run begins with everybody at work and every queue open.",
                "What of a run is kept in the Pipeline itself? Another run would find it there.",
                "Queues, workers, results and counts are local to run(); only the stages are "
                "members.")) {
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(add_one);
    CHECK(text(line.run({1})) == "2");
    CHECK(text(line.run({2, 3})) == "3 4");
  });
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(add_one);
    std::string other;
    std::thread thread([&] { other = text(line.run({5})); });
    const std::string mine = text(line.run({1}));
    thread.join();
    CHECK(mine == "2");
    CHECK(other == "6");
  });
}
