// The pool at work: tasks, workers, and what may go wrong in a task.

#include "12_thread_pool/thread_pool.h"
#include "grader/harness/lab_test.h"

namespace {

// Submits a task. Through one type for all of them: each type of task costs compile time.
lab::Future<void> submit(lab::ThreadPoolExecutor& pool, std::function<void()> task) {
  return pool.submit(std::move(task));
}

lab::Future<int> ask(lab::ThreadPoolExecutor& pool, std::function<int()> task) {
  return pool.submit(std::move(task));
}

// A door that tasks wait at until somebody opens it.
class Gate {
 public:
  void pass() {
    std::unique_lock hold(mutex_);
    opened_.wait(hold, [this] { return open_; });
  }
  bool is_open() {
    const std::scoped_lock hold(mutex_);
    return open_;
  }
  void open() {
    const std::scoped_lock hold(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

// What the tasks here throw. It is caught by its type: the counts that keep an exception alive in
// several threads are the library's own, where no race detector sees them.
struct Broken {};

template <class T>
std::string error_of(const lab::Future<T>& future) {
  try {
    future.result();
  } catch (const Broken&) {
    return "Broken";
  } catch (const std::exception& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("submit calls a function with its arguments" * points(2) *
          hints("A task is a function together with its arguments, put away for later.",
                "The task must own what it needs: whoever called submit may be gone when it runs. "
                "And not everything can be copied.",
                "[f = std::forward<F>(f), ... args = std::forward<Args>(args)]() mutable { return "
                "std::invoke(std::move(f), std::move(args)...); }")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    lab::Future<std::unique_ptr<int>> product;
    {  // neither the function nor its argument can be copied, and both are gone here when it runs
      auto six = std::make_unique<int>(6);
      auto seven = std::make_unique<int>(7);
      product = pool.submit(
          [six = std::move(six)](std::unique_ptr<int> n, int once) {
            *n *= *six * once;
            return n;
          },
          std::move(seven), 1);
    }
    CHECK(*product.result() == 42);
    CHECK(product.done());

    int visits = 0;
    pool.submit([](int& n) { ++n; }, std::ref(visits)).result();
    CHECK(visits == 1);
  });
}

TEST_CASE("a pool has at least one worker" * points(1) *
          hints("Without a worker nothing would ever be done.",
                "The first line of the constructor: before any thread is started.",
                "if (max_workers < 1) throw std::invalid_argument(\"...\");")) {
  explore([] {
    CHECK_THROWS_AS(lab::ThreadPoolExecutor(0), std::invalid_argument);
    CHECK_THROWS_AS(lab::ThreadPoolExecutor(-1), std::invalid_argument);
    lab::ThreadPoolExecutor one(1);
  });
}

TEST_CASE("a worker sleeps until there is a task" * points(2) *
          hints("A worker without work gives up the processor, and is woken by submit.",
                "Look whether there is a task and fall asleep in one step; put the task in line "
                "before you notify, under the same mutex.",
                "changed_.wait(hold, [this] { return !tasks_.empty() || is_shut_down_; });   "
                "submit: lock, push_back, notify_one")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    for (int task = 1; task <= 2; ++task) {
      quiesce();                                                // the worker is asleep ...
      CHECK(ask(pool, [=] { return task; }).result() == task);  // ... and then it is not
    }
  });
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    CHECK(ask(pool, [] { return 1; }).result() == 1);
  });
}

TEST_CASE(
    "as many tasks at once as there are workers" * points(2) *
    hints("Two workers can do two things at the same time: one may even wait for the other.",
          "Is a mutex of the pool held while a task runs? And is everybody woken for whom "
          "there is work?",
          "Take the task out under the mutex, let go, run it. One notify_one for each task.")) {
  explore([] {
    Gate gate;
    lab::ThreadPoolExecutor pool(2);
    submit(pool, [&] { gate.pass(); });
    submit(pool, [&] { gate.open(); });
  });
  explore([] {  // and when they have been asleep
    Gate gate;
    lab::ThreadPoolExecutor pool(2);
    for (int worker = 0; worker < 2; ++worker) {
      submit(pool, [] {});
      quiesce();
    }
    submit(pool, [&] { gate.pass(); });
    submit(pool, [&] { gate.open(); });
    quiesce();
    CHECK(gate.is_open());
  });
}

TEST_CASE("never more tasks at once than there are workers" * points(2) *
          hints("max_workers is the most that may be under way, however many are in line.",
                "Where do your threads begin? Who counts them?",
                "Start max_workers threads, and no other: a task runs in one of them.")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    CriticalSection alone;
    const auto a = submit(pool, [&] { alone.visit(); });
    const auto b = submit(pool, [&] { alone.visit(); });
    a.result();
    b.result();
    CHECK(alone.visits() == 2);
  });
}

TEST_CASE("no task waits while a worker is free" * points(2) *
          hints("A long task must not keep the tasks behind it waiting, if another worker is idle.",
                "Which worker will do a task: is that decided when it is submitted, or when a "
                "worker has time?",
                "One line for all workers; or, with a line for each, who has nothing to do takes "
                "from the others.")) {
  explore([] {
    Gate gate;
    lab::ThreadPoolExecutor pool(2);
    submit(pool, [&] { gate.pass(); });
    submit(pool, [] {});
    submit(pool, [&] { gate.open(); });
  });
}

TEST_CASE("one worker works in the order of submission" * points(1) *
          hints("First come, first served.",
                "At which end do you put tasks in, and at which end take them out?",
                "tasks_.push_back(...)   and   tasks_.front(), tasks_.pop_front()")) {
  explore([] {
    std::string order;
    Gate gate;
    lab::ThreadPoolExecutor pool(1);
    submit(pool, [&] { gate.pass(); });
    submit(pool, [&] { order += "1"; });
    submit(pool, [&] { order += "2"; });
    submit(pool, [&] { order += "3"; });
    gate.open();
    pool.shutdown();
    CHECK(order == "123");
  });
}

TEST_CASE("a task that throws harms nobody but its future" * points(2) *
          hints("The exception belongs to the one who asks for the result. The worker goes on.",
                "What becomes of an exception that leaves a thread's function? Catch it before, "
                "whatever it is.",
                "try { future.set_result(call()); } catch (...) { "
                "future.set_exception(std::current_exception()); }")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    const auto broken = submit(pool, [] { throw Broken(); });
    const auto number = submit(pool, [] { throw 7; });
    const auto good = ask(pool, [] { return 42; });
    CHECK(good.result() == 42);
    CHECK(error_of(broken) == "Broken");
    CHECK((number.exception() != nullptr));
  });
}

TEST_CASE("a task may submit another" * points(2) *
          hints("A task is somebody else's code: it may call anything, also this pool.",
                "Which locks does a worker hold while it runs a task?",
                "Let the unique_lock end before task->run().")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    lab::Future<int> inner;
    const auto outer = submit(pool, [&] { inner = ask(pool, [] { return 42; }); });
    outer.result();
    CHECK(inner.result() == 42);
  });
}

TEST_CASE("a cancelled task is not run, a running one not cancelled" * points(2) *
          hints("Between submit and the beginning of the work there is time to change one's mind.",
                "What does a worker ask the future before it calls the function?",
                "if (!future.set_running_or_notify_cancel()) return;")) {
  explore([] {
    Gate begun;
    Gate gate;
    lab::ThreadPoolExecutor pool(1);
    bool ran = false;
    const auto busy = submit(pool, [&] {
      begun.open();
      gate.pass();
    });
    const auto cancelled = submit(pool, [&] { ran = true; });
    begun.pass();
    CHECK(busy.running());
    CHECK_FALSE(busy.cancel());
    CHECK(cancelled.cancel());
    gate.open();
    busy.result();
    submit(pool, [] {}).result();  // the worker has gone past the cancelled one
    CHECK_FALSE(ran);
    CHECK(cancelled.cancelled());
  });
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    int ran = 0;
    const auto task = submit(pool, [&] { ++ran; });
    const bool cancelled = task.cancel();
    pool.shutdown();
    CHECK(ran + cancelled == 1);
  });
}

TEST_CASE("a callback may use the pool" * points(1) *
          hints("A chain of work: when this is done, do that.",
                "Callbacks run in a worker, when the task is done. Which locks does it hold?",
                "None: neither the future's nor the pool's.")) {
  explore([] {
    Gate chained;
    lab::ThreadPoolExecutor pool(1);
    lab::Future<int> then;
    const auto first = ask(pool, [] { return 40; });
    first.add_done_callback([&](const lab::Future<int>& it) {
      then = ask(pool, [n = it.result()] { return n + 2; });
      chained.open();
    });
    chained.pass();
    CHECK(then.result() == 42);
  });
}

TEST_CASE("a callback that throws does not end the worker" * points(1) *
          hints("What a callback throws is nobody's business, least of all the worker's.",
                "Callbacks are called inside set_result and set_exception. What comes out of "
                "there? And what would your catch around the task make of it?",
                "Catch in the loop that calls the callbacks, and not outside.")) {
  explore([] {
    Gate gate;
    lab::ThreadPoolExecutor pool(1);
    const auto first = submit(pool, [&] { gate.pass(); });
    first.add_done_callback([](const lab::Future<void>&) { throw std::runtime_error("not mine"); });
    gate.open();
    CHECK(ask(pool, [] { return 42; }).result() == 42);
    CHECK(error_of(first) == "none");
  });
}

TEST_CASE("a worker lets go of a task before it sleeps" * points(2) *
          hints("What a task was given may be large, or a lock, or a connection. It must not live "
                "until the next task comes.",
                "How long does the variable live that holds the task: one turn of the worker's "
                "loop, or all of them?",
                "for (;;) { std::unique_ptr<Task> task; ... task->run(); }   declared inside")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    auto argument = std::make_shared<int>(42);
    auto captured = std::make_shared<int>(0);
    const std::weak_ptr<int> argument_lives = argument;
    const std::weak_ptr<int> captured_lives = captured;
    const auto good = pool.submit([](const std::shared_ptr<int>& n) { return *n; }, argument);
    const auto bad = submit(pool, [captured] { throw Broken(); });
    argument.reset();
    captured.reset();
    CHECK(good.result() == 42);
    CHECK(error_of(bad) == "Broken");
    quiesce();
    CHECK(argument_lives.expired());
    CHECK(captured_lives.expired());
  });
}
