// Another right design: the end of a thread is a promise, which it keeps as its last step.
//
// Nobody asks for a state. Whoever wants to know of the end holds a shared_future; a std::future
// can wait with a time limit, which a std::thread cannot. A Thread with a valid future was started;
// it is alive as long as it is in the set of all. shutdown() picks any future of the set and waits
// for it, again and again, until there is none. The std::thread itself is joined with
// std::call_once, so all who join wait until it is really gone.
#ifndef LAB_01_THREADS_THREADS_H_
#define LAB_01_THREADS_THREADS_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lab {

class Thread;
Thread& current_thread();
std::vector<Thread*> enumerate();
void set_excepthook(std::function<void(Thread&, std::exception_ptr)> hook);
void shutdown();

class Thread {
 public:
  explicit Thread(std::function<void()> target = nullptr, std::string name = "",
                  bool daemon = false)
      : target_(std::move(target)), daemon_(daemon) {
    std::scoped_lock hold(world().mutex);
    name_ = name.empty() ? "Thread-" + std::to_string(world().next_name++) : std::move(name);
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  virtual ~Thread() {
    if (foreign_) {
      std::scoped_lock hold(world().mutex);
      world().alive.erase(this);
    } else if (const auto end = its_end()) {
      end->wait();
      join_it();
    }
  }

  void start() {
    std::scoped_lock hold(world().mutex);
    if (foreign_ || end_.valid()) throw std::runtime_error("this thread was started before");
    std::promise<void> promise;
    std::shared_future<void> end = promise.get_future().share();
    thread_ = std::thread(&Thread::main, this, std::move(promise));
    end_ = std::move(end);
    ident_ = world().next_ident++;
    world().alive.insert(this);
  }

  void join() {
    joinable_end().wait();
    join_it();
  }

  bool join_for(std::chrono::nanoseconds timeout) {
    if (timeout < std::chrono::nanoseconds::zero()) throw std::invalid_argument("negative timeout");
    const std::shared_future<void> end = joinable_end();
    // A century is as good as for ever, and cannot overflow.
    constexpr std::chrono::nanoseconds kForEver = std::chrono::hours(24 * 365 * 100);
    const auto deadline = std::chrono::steady_clock::now() + std::min(timeout, kForEver);
    if (end.wait_until(deadline) != std::future_status::ready) return false;
    join_it();
    return true;
  }

  bool is_alive() const {
    std::scoped_lock hold(world().mutex);
    return world().alive.contains(const_cast<Thread*>(this));
  }

  std::string name() const {
    std::scoped_lock hold(world().mutex);
    return name_;
  }
  void set_name(std::string name) {
    std::scoped_lock hold(world().mutex);
    name_.swap(name);
  }
  bool daemon() const {
    std::scoped_lock hold(world().mutex);
    return daemon_;
  }
  void set_daemon(bool daemon) {
    std::scoped_lock hold(world().mutex);
    if (foreign_ || end_.valid()) throw std::runtime_error("this thread was started before");
    daemon_ = daemon;
  }
  std::uint64_t ident() const {
    std::scoped_lock hold(world().mutex);
    return ident_;
  }

  virtual void run() {
    if (target_) target_();
  }

 private:
  friend Thread& current_thread();
  friend std::vector<Thread*> enumerate();
  friend void set_excepthook(std::function<void(Thread&, std::exception_ptr)> hook);
  friend void shutdown();

  struct World {
    std::mutex mutex;
    std::set<Thread*> alive;
    std::uint64_t next_ident = 1;
    int next_name = 1;
    int next_dummy = 1;
    std::shared_ptr<const std::function<void(Thread&, std::exception_ptr)>> hook;
  };

  // Whoever comes first is the main thread.
  static World& world() {
    static World* const world = new World;
    static Thread* const main = me() = new Thread(*world, "MainThread", false);
    (void)main;
    return *world;
  }
  static Thread*& me() {
    static thread_local Thread* me = nullptr;
    return me;
  }

  Thread(World& world, std::string name, bool daemon)
      : foreign_(true), name_(std::move(name)), daemon_(daemon), ident_(world.next_ident++) {
    world.alive.insert(this);
  }

  std::optional<std::shared_future<void>> its_end() const {
    std::scoped_lock hold(world().mutex);
    return end_.valid() ? std::optional(end_) : std::nullopt;
  }

  std::shared_future<void> joinable_end() const {
    if (me() == this) throw std::runtime_error("a thread cannot wait for itself");
    const auto end = its_end();
    if (!end) throw std::runtime_error("there is nothing to wait for");
    return *end;
  }

  void join_it() {
    std::call_once(joined_, [this] { thread_.join(); });
  }

  void main(std::promise<void> promise) {
    me() = this;
    try {
      try {
        run();
      } catch (...) {
        call_hook();
      }
    } catch (const std::exception& error) {
      std::cerr << "Exception in thread " + name() + ": " + error.what() + "\n";
    } catch (...) {
      std::cerr << "Exception in thread " + name() + "\n";
    }
    {
      std::scoped_lock hold(world().mutex);
      world().alive.erase(this);
    }
    promise.set_value();
  }

  // In a catch block: without a hook the exception goes on.
  void call_hook() {
    auto hook = [] {
      std::scoped_lock hold(world().mutex);
      return world().hook;
    }();
    if (hook == nullptr) throw;
    (*hook)(*this, std::current_exception());
  }

  const std::function<void()> target_;
  const bool foreign_ = false;
  std::string name_;
  bool daemon_;
  std::uint64_t ident_ = 0;
  std::thread thread_;
  std::shared_future<void> end_;
  std::once_flag joined_;
};

inline Thread& current_thread() {
  Thread::World& world = Thread::world();
  Thread*& me = Thread::me();
  if (me == nullptr) {
    static thread_local std::unique_ptr<Thread> mine;
    std::scoped_lock hold(world.mutex);
    mine.reset(new Thread(world, "Dummy-" + std::to_string(world.next_dummy++), true));
    me = mine.get();
  }
  return *me;
}

inline std::vector<Thread*> enumerate() {
  std::scoped_lock hold(Thread::world().mutex);
  return {Thread::world().alive.begin(), Thread::world().alive.end()};
}

inline std::size_t active_count() { return enumerate().size(); }

inline void set_excepthook(std::function<void(Thread&, std::exception_ptr)> hook) {
  using Hook = std::function<void(Thread&, std::exception_ptr)>;
  auto shared = hook ? std::make_shared<const Hook>(std::move(hook)) : nullptr;
  std::scoped_lock hold(Thread::world().mutex);
  Thread::world().hook.swap(shared);
}

inline void shutdown() {
  if (Thread::me() != nullptr && !Thread::me()->foreign_) {
    throw std::runtime_error("a thread cannot wait for itself");
  }
  Thread::World& world = Thread::world();
  for (;;) {
    std::shared_future<void> next;
    {
      std::scoped_lock hold(world.mutex);
      for (const Thread* thread : world.alive) {
        if (!thread->daemon_ && !thread->foreign_) next = thread->end_;
      }
    }
    if (!next.valid()) return;
    next.wait();
  }
}

enum class Join { kNone, kMusic, kBoth, kOneByOne };
struct Evening {
  Join join = Join::kBoth;
  bool music_is_daemon = false;
  bool blog_is_daemon = false;
};
struct Times {
  std::chrono::nanoseconds last_line;
  std::chrono::nanoseconds exit;
};

inline Times music_and_blog(const Evening& evening, const std::function<void()>& music,
                            const std::function<void()>& blog) {
  Thread m(music, "music");
  Thread b(blog, "blog");
  m.set_daemon(evening.music_is_daemon);
  b.set_daemon(evening.blog_is_daemon);
  const auto begin = std::chrono::steady_clock::now();
  const auto now = [&] { return std::chrono::steady_clock::now() - begin; };
  Times times;
  switch (evening.join) {
    case Join::kNone:
      m.start();
      b.start();
      break;
    case Join::kMusic:
      m.start();
      b.start();
      m.join();
      break;
    case Join::kBoth:
      m.start();
      b.start();
      b.join();
      m.join();
      break;
    case Join::kOneByOne:
      m.start();
      m.join();
      b.start();
      b.join();
      break;
  }
  times.last_line = now();
  shutdown();
  times.exit = now();
  m.join();
  b.join();
  return times;
}

}  // namespace lab

#endif  // LAB_01_THREADS_THREADS_H_
