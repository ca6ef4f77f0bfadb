// Another right design: nothing is joined. Every std::thread is detached, and says at its end that
// it is over, in a piece of memory that it shares with its Thread.
//
// That piece has a mutex and a condition variable of its own, so an ending thread wakes only those
// who wait for it. It belongs to both, by shared_ptr: the thread may still be in notify_all() when
// the Thread is gone. Two mutexes then need an order: the list's comes first. Who ends takes both,
// so that "ended" and "off the list" are one step for those who hold either.
#ifndef LAB_01_THREADS_THREADS_H_
#define LAB_01_THREADS_THREADS_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
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

  explicit Thread(std::function<void()> target = {}, std::string name = {}, bool daemon = false)
      : target_(std::move(target)) {
    state_->name = std::move(name);
    state_->daemon = daemon;
    List& list = the_list();
    if (!state_->name.empty()) return;
    std::scoped_lock hold(list.mutex);
    state_->name = "Thread-" + std::to_string(++list.names);
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  virtual ~Thread() {
    if (stranger_) {
      List& list = the_list();
      std::scoped_lock hold(list.mutex);
      list.alive.erase(state_->ident);
      return;
    }
    std::unique_lock hold(state_->mutex);
    state_->changed.wait(hold, [&] { return state_->life != Life::kAlive; });
  }

  void start() {
    List& list = the_list();
    std::scoped_lock hold(list.mutex, state_->mutex);
    if (state_->life != Life::kMade) throw std::runtime_error("started twice");
    std::thread([this, state = state_] { body(state); }).detach();
    state_->life = Life::kAlive;
    state_->ident = ++list.idents;
    list.alive[state_->ident] = this;
  }

  void join() {
    std::unique_lock hold(state_->mutex);
    check();
    state_->changed.wait(hold, [&] { return state_->life == Life::kEnded; });
  }

  bool join_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    // A century is as good as for ever, and cannot overflow.
    constexpr std::chrono::nanoseconds kForEver = std::chrono::hours(24 * 365 * 100);
    const auto deadline = std::chrono::steady_clock::now() + std::min(timeout, kForEver);
    std::unique_lock hold(state_->mutex);
    check();
    return state_->changed.wait_until(hold, deadline, [&] { return state_->life == Life::kEnded; });
  }

  bool is_alive() const {
    std::scoped_lock hold(state_->mutex);
    return state_->life == Life::kAlive;
  }
  std::string name() const {
    std::scoped_lock hold(state_->mutex);
    return state_->name;
  }
  void set_name(std::string name) {
    std::scoped_lock hold(state_->mutex);
    state_->name = std::move(name);
  }
  bool daemon() const {
    std::scoped_lock hold(state_->mutex);
    return state_->daemon;
  }
  void set_daemon(bool daemon) {
    std::scoped_lock hold(state_->mutex);
    if (state_->life != Life::kMade) throw std::runtime_error("too late");
    state_->daemon = daemon;
  }
  std::uint64_t ident() const {
    std::scoped_lock hold(state_->mutex);
    return state_->ident;
  }

 protected:
  virtual void run() {
    if (target_) target_();
  }

 private:
  enum class Life { kMade, kAlive, kEnded };
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    Life life = Life::kMade;
    std::string name;
    bool daemon = false;
    std::uint64_t ident = 0;
  };
  struct List {
    std::mutex mutex;
    std::condition_variable shorter;
    std::map<std::uint64_t, Thread*> alive;
    std::uint64_t idents = 0;
    int names = 0;
    int strangers = 0;
    Hook hook;
    std::unique_ptr<Thread> main;
  };
  static List& the_list() {
    static List* const list = [] {
      auto* made = new List;
      made->main.reset(new Thread(*made, "MainThread", false));
      current_ = made->main.get();
      return made;
    }();
    return *list;
  }

  // The Thread of a thread that runs already. It is made under the list's mutex, or alone.
  Thread(List& list, std::string name, bool daemon) : stranger_(true) {
    state_->life = Life::kAlive;
    state_->name = std::move(name);
    state_->daemon = daemon;
    state_->ident = ++list.idents;
    list.alive[state_->ident] = this;
  }

  void check() const {
    if (stranger_) throw std::runtime_error("no Thread started it");
    if (state_->life == Life::kMade) throw std::runtime_error("not started");
    if (current_ == this) throw std::runtime_error("waits for itself");
  }

  void body(const std::shared_ptr<State>& state) {
    current_ = this;
    try {
      run();
    } catch (...) {
      tell(std::current_exception());
    }
    List& list = the_list();
    {
      std::scoped_lock hold(list.mutex, state->mutex);
      list.alive.erase(state->ident);
      state->life = Life::kEnded;
    }
    // *this may be gone.
    state->changed.notify_all();
    list.shorter.notify_all();
  }

  void tell(std::exception_ptr error) {
    try {
      Hook hook;
      {
        std::scoped_lock hold(the_list().mutex);
        hook = the_list().hook;
      }
      if (hook) {
        hook(*this, error);
      } else {
        std::rethrow_exception(error);
      }
    } catch (const std::exception& last) {
      std::cerr << "Exception in thread " << name() << ": " << last.what() << '\n';
    } catch (...) {
      std::cerr << "Exception in thread " << name() << '\n';
    }
  }

  static inline thread_local Thread* current_ = nullptr;

  std::function<void()> target_;
  const bool stranger_ = false;
  const std::shared_ptr<State> state_ = std::make_shared<State>();

  friend Thread& current_thread() {
    List& list = the_list();
    if (current_ != nullptr) return *current_;
    thread_local std::unique_ptr<Thread> stranger;
    std::scoped_lock hold(list.mutex);
    stranger.reset(new Thread(list, "Dummy-" + std::to_string(++list.strangers), true));
    return *(current_ = stranger.get());
  }
  friend std::vector<Thread*> enumerate() {
    List& list = the_list();
    std::scoped_lock hold(list.mutex);
    std::vector<Thread*> all;
    for (const auto& [ident, thread] : list.alive) all.push_back(thread);
    return all;
  }
  friend std::size_t active_count() {
    List& list = the_list();
    std::scoped_lock hold(list.mutex);
    return list.alive.size();
  }
  friend void set_excepthook(Hook hook) {
    std::scoped_lock hold(the_list().mutex);
    std::swap(the_list().hook, hook);
  }
  friend void shutdown() {
    List& list = the_list();
    if (current_ != nullptr && !current_->stranger_) throw std::runtime_error("waits for itself");
    std::unique_lock hold(list.mutex);
    list.shorter.wait(hold, [&] {
      return std::ranges::none_of(list.alive, [](const auto& entry) {
        return !entry.second->stranger_ && !entry.second->daemon();
      });
    });
  }
};

Thread& current_thread();
std::vector<Thread*> enumerate();
std::size_t active_count();
void set_excepthook(Thread::Hook hook);
void shutdown();

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
  const auto begin = std::chrono::steady_clock::now();
  Times times;
  Thread threads[] = {Thread(music, "music", evening.music_is_daemon),
                      Thread(blog, "blog", evening.blog_is_daemon)};
  const bool joined[] = {evening.join != Join::kNone,
                         evening.join == Join::kBoth || evening.join == Join::kOneByOne};
  for (int i = 0; i < 2; ++i) {
    threads[i].start();
    if (evening.join == Join::kOneByOne) threads[i].join();
  }
  for (int i = 0; i < 2; ++i) {
    if (joined[i]) threads[i].join();
  }
  times.last_line = std::chrono::steady_clock::now() - begin;
  shutdown();
  times.exit = std::chrono::steady_clock::now() - begin;
  return times;
}

}  // namespace lab

#endif  // LAB_01_THREADS_THREADS_H_
