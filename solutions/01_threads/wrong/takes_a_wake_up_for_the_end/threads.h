// must fail: "a wake-up for no reason is no end" data-race
//
// Who is woken looks no more: an ending thread has notified. Where this one was not the one that
// ended, joining the std::thread mends it, but only for the first: the second one finds no handle,
// and comes back. And a condition variable may wake both for no reason.
#ifndef LAB_01_THREADS_THREADS_H_
#define LAB_01_THREADS_THREADS_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lab {

class Thread {
 public:
  using Hook = std::function<void(Thread&, std::exception_ptr)>;

  explicit Thread(std::function<void()> target = {}, std::string name = {}, bool daemon = false);

  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  virtual ~Thread();

  void start();

  void join();

  bool join_for(std::chrono::nanoseconds timeout);

  bool is_alive() const;

  std::string name() const;
  void set_name(std::string name);

  bool daemon() const;
  void set_daemon(bool daemon);

  std::uint64_t ident() const;

 protected:
  virtual void run();

 private:
  using Clock = std::chrono::steady_clock;
  enum class State { kMade, kAlive, kEnded };
  struct Registry;
  struct Adopted {};

  friend Thread& current_thread();
  friend std::vector<Thread*> enumerate();
  friend void set_excepthook(Hook hook);
  friend void shutdown();

  static Registry& registry();
  Thread(Adopted, Registry& registry, std::string name, bool daemon);

  void live();
  void report(std::exception_ptr error);
  static void print(const std::string& name, std::exception_ptr error);
  void check_joinable() const;
  void join_handle(std::unique_lock<std::mutex>& hold);

  static inline thread_local Thread* current_ = nullptr;

  const std::function<void()> target_;
  const bool adopted_ = false;
  std::string name_;
  bool daemon_;
  State state_ = State::kMade;
  std::uint64_t ident_ = 0;
  std::thread handle_;
};

Thread& current_thread();

std::vector<Thread*> enumerate();

std::size_t active_count();

void set_excepthook(Thread::Hook hook);

void shutdown();

enum class Join {
  kNone,
  kMusic,
  kBoth,
  kOneByOne,
};
struct Evening {
  Join join = Join::kBoth;
  bool music_is_daemon = false;
  bool blog_is_daemon = false;
};

struct Times {
  std::chrono::nanoseconds last_line;
  std::chrono::nanoseconds exit;
};

Times music_and_blog(const Evening& evening, const std::function<void()>& music,
                     const std::function<void()>& blog);

struct Thread::Registry {
  Registry() : main(Adopted{}, *this, "MainThread", false) { current_ = &main; }

  std::mutex mutex;
  std::condition_variable ended;
  std::vector<Thread*> alive;
  std::uint64_t idents = 0;
  std::uint64_t names = 0;
  std::uint64_t dummies = 0;
  Hook hook;
  Thread main;
};

inline Thread::Registry& Thread::registry() {
  static Registry& only = *new Registry;
  return only;
}

inline Thread::Thread(std::function<void()> target, std::string name, bool daemon)
    : target_(std::move(target)), name_(std::move(name)), daemon_(daemon) {
  Registry& all = registry();
  if (!name_.empty()) return;
  std::scoped_lock hold(all.mutex);
  name_ = "Thread-" + std::to_string(++all.names);
}

inline Thread::Thread(Adopted, Registry& all, std::string name, bool daemon)
    : adopted_(true), name_(std::move(name)), daemon_(daemon), state_(State::kAlive) {
  std::scoped_lock hold(all.mutex);
  all.alive.push_back(this);
  ident_ = ++all.idents;
}

inline Thread::~Thread() {
  Registry& all = registry();
  std::unique_lock hold(all.mutex);
  if (adopted_) {
    std::erase(all.alive, this);
  } else if (state_ != State::kMade) {
    all.ended.wait(hold, [&] { return state_ == State::kEnded; });
    join_handle(hold);
  }
}

inline void Thread::start() {
  Registry& all = registry();
  std::scoped_lock hold(all.mutex);
  if (state_ != State::kMade) throw std::runtime_error("Thread: it can be started once only");
  all.alive.push_back(this);
  try {
    handle_ = std::thread(&Thread::live, this);
  } catch (...) {
    all.alive.pop_back();
    throw;
  }
  state_ = State::kAlive;
  ident_ = ++all.idents;
}

inline void Thread::live() {
  current_ = this;
  try {
    run();
  } catch (...) {
    report(std::current_exception());
  }
  Registry& all = registry();
  std::scoped_lock hold(all.mutex);
  state_ = State::kEnded;
  std::erase(all.alive, this);
  all.ended.notify_all();
}

inline void Thread::report(std::exception_ptr error) {
  try {
    Registry& all = registry();
    Hook hook;
    {
      std::scoped_lock hold(all.mutex);
      hook = all.hook;
    }
    if (hook) return hook(*this, error);
  } catch (...) {
    error = std::current_exception();
  }
  print(name(), error);
}

inline void Thread::print(const std::string& name, std::exception_ptr error) {
  std::string what = "not a std::exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    what = known.what();
  } catch (...) {
  }
  std::cerr << "Exception in thread " + name + ": " + what + "\n";
}

inline void Thread::run() {
  if (target_) target_();
}

inline void Thread::join() {
  std::unique_lock hold(registry().mutex);
  check_joinable();
  if (state_ != State::kEnded) registry().ended.wait(hold);
  join_handle(hold);
}

inline bool Thread::join_for(std::chrono::nanoseconds timeout) {
  if (timeout < timeout.zero()) throw std::invalid_argument("join_for: negative timeout");
  const Clock::time_point now = Clock::now();
  const Clock::time_point last = Clock::time_point::max();
  const Clock::time_point deadline = timeout < last - now ? now + timeout : last;

  std::unique_lock hold(registry().mutex);
  check_joinable();
  const auto has_ended = [&] { return state_ == State::kEnded; };
  if (!registry().ended.wait_until(hold, deadline, has_ended)) return false;
  join_handle(hold);
  return true;
}

inline void Thread::check_joinable() const {
  if (adopted_) throw std::runtime_error("Thread: no Thread started it, so none can join it");
  if (state_ == State::kMade) throw std::runtime_error("Thread: it cannot be joined, not started");
  if (this == current_) throw std::runtime_error("Thread: it cannot join itself");
}

inline void Thread::join_handle(std::unique_lock<std::mutex>& hold) {
  std::thread handle = std::move(handle_);
  hold.unlock();
  if (handle.joinable()) handle.join();
}

inline bool Thread::is_alive() const {
  std::scoped_lock hold(registry().mutex);
  return state_ == State::kAlive;
}

inline std::string Thread::name() const {
  std::scoped_lock hold(registry().mutex);
  return name_;
}

inline void Thread::set_name(std::string name) {
  std::scoped_lock hold(registry().mutex);
  name_ = std::move(name);
}

inline bool Thread::daemon() const {
  std::scoped_lock hold(registry().mutex);
  return daemon_;
}

inline void Thread::set_daemon(bool daemon) {
  std::scoped_lock hold(registry().mutex);
  if (state_ != State::kMade) throw std::runtime_error("Thread: it was started as it is");
  daemon_ = daemon;
}

inline std::uint64_t Thread::ident() const {
  std::scoped_lock hold(registry().mutex);
  return ident_;
}

inline Thread& current_thread() {
  Thread::Registry& all = Thread::registry();
  if (Thread::current_ == nullptr) {
    std::string name = "Dummy-";
    {
      std::scoped_lock hold(all.mutex);
      name += std::to_string(++all.dummies);
    }
    static thread_local std::unique_ptr<Thread> dummy;
    dummy.reset(new Thread(Thread::Adopted{}, all, name, true));
    Thread::current_ = dummy.get();
  }
  return *Thread::current_;
}

inline std::vector<Thread*> enumerate() {
  Thread::Registry& all = Thread::registry();
  std::scoped_lock hold(all.mutex);
  return all.alive;
}

inline std::size_t active_count() { return enumerate().size(); }

inline void set_excepthook(Thread::Hook hook) {
  Thread::Registry& all = Thread::registry();
  std::scoped_lock hold(all.mutex);
  all.hook.swap(hook);
}

inline void shutdown() {
  Thread::Registry& all = Thread::registry();
  if (Thread::current_ != nullptr && !Thread::current_->adopted_) {
    throw std::runtime_error("shutdown: this thread would wait for itself");
  }
  const auto is_not_waited_for = [](const Thread* each) { return each->daemon_ || each->adopted_; };
  std::unique_lock hold(all.mutex);
  all.ended.wait(hold, [&] { return std::ranges::all_of(all.alive, is_not_waited_for); });
}

inline Times music_and_blog(const Evening& evening, const std::function<void()>& music,
                            const std::function<void()>& blog) {
  const auto begin = std::chrono::steady_clock::now();
  const auto since_begin = [&] { return std::chrono::steady_clock::now() - begin; };
  Thread player(music, "music", evening.music_is_daemon);
  Thread writer(blog, "blog", evening.blog_is_daemon);

  player.start();
  if (evening.join == Join::kOneByOne) player.join();
  writer.start();
  if (evening.join == Join::kMusic || evening.join == Join::kBoth) player.join();
  if (evening.join == Join::kBoth || evening.join == Join::kOneByOne) writer.join();

  Times times;
  times.last_line = since_begin();
  shutdown();
  times.exit = since_begin();
  return times;
}

}  // namespace lab

#endif  // LAB_01_THREADS_THREADS_H_
