// Another right design: a thread's end is a turnstile, and its life is one atomic number.
//
// The turnstile is a semaphore that begins at 0. The ending thread posts it once. Whoever joins
// waits for it and posts it again, for the next one: one post lets everybody through, and leaves
// the turnstile open for those who come later. (A. B. Downey, The Little Book of Semaphores, 2016,
// section 3.5.) sem_clockwait has a time limit. The state is an atomic: start() claims it with a
// compare_exchange.
//
// Who is alive stands in a linked list through the Threads themselves, under a shared_mutex: asking
// is frequent, coming and going is rare, and neither takes memory. A program that shuts down is
// asleep on a number: how many threads it has to wait for.
#ifndef LAB_01_THREADS_THREADS_H_
#define LAB_01_THREADS_THREADS_H_

#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lab {

class Thread {
 public:
  explicit Thread(std::function<void()> target = {}, std::string name = {}, bool daemon = false)
      : Thread(kMade, std::move(name), daemon) {
    all();  // the first Thread makes its maker the main thread
    target_ = std::move(target);
    if (name_.empty()) name_ = "Thread-" + std::to_string(names_.fetch_add(1) + 1);
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  virtual ~Thread() {
    if (state_ == kForeign) {
      std::scoped_lock hold(all().mutex);
      unlink();
    } else if (state_ != kMade) {
      pass(nullptr);
    }
    if (thread_.joinable()) thread_.join();
    sem_destroy(&end_);
  }

  void start() {
    std::scoped_lock hold(all().mutex);
    int expected = kMade;
    if (!state_.compare_exchange_strong(expected, kAlive)) {
      throw std::runtime_error("a thread lives once");
    }
    try {
      thread_ = std::thread([this] { body(); });
    } catch (...) {
      state_ = kMade;
      throw;
    }
    ident_ = ++all().idents;
    link();
    if (!daemon_) all().awaited.fetch_add(1);
  }

  void join() {
    check();
    pass(nullptr);
  }

  bool join_for(std::chrono::nanoseconds timeout) {
    if (timeout < timeout.zero()) throw std::invalid_argument("negative timeout");
    check();
    // A century is as good as for ever, and cannot overflow.
    timeout = std::min<std::chrono::nanoseconds>(timeout, std::chrono::hours(24 * 365 * 100));
    timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    const long long nanoseconds = deadline.tv_nsec + timeout.count();
    deadline.tv_sec += nanoseconds / 1'000'000'000;
    deadline.tv_nsec = nanoseconds % 1'000'000'000;
    return pass(&deadline);
  }

  // Foreign threads are alive, too.
  bool is_alive() const {
    std::shared_lock hold(all().mutex);
    return listed_;
  }
  std::string name() const {
    std::shared_lock hold(all().mutex);
    return name_;
  }
  void set_name(std::string name) {
    std::scoped_lock hold(all().mutex);
    std::swap(name_, name);
  }
  bool daemon() const { return daemon_.load(); }
  void set_daemon(bool daemon) {
    std::scoped_lock hold(all().mutex);
    if (state_ != kMade) throw std::runtime_error("it is decided already");
    daemon_ = daemon;
  }
  std::uint64_t ident() const {
    std::shared_lock hold(all().mutex);
    return ident_;
  }

 protected:
  virtual void run() {
    if (target_) target_();
  }

 private:
  enum { kMade, kAlive, kEnded, kForeign };
  using Hook = std::function<void(Thread&, std::exception_ptr)>;

  struct All {
    std::shared_mutex mutex;
    Thread* first = nullptr;
    std::uint64_t idents = 0;
    std::atomic<int> awaited = 0;
    Hook hook;
  };

  static All& all() {
    static All* only = nullptr;
    static const bool made = [] {
      only = new All;
      current_ = new Thread(kForeign, "MainThread", false);
      current_->ident_ = ++only->idents;
      current_->link(*only);
      return true;
    }();
    (void)made;
    return *only;
  }

  Thread(int state, std::string name, bool daemon)
      : name_(std::move(name)), daemon_(daemon), state_(state) {
    sem_init(&end_, 0, 0);
  }

  void link() { link(all()); }
  void link(All& list) {
    next_ = list.first;
    if (next_ != nullptr) next_->before_ = &next_;
    before_ = &list.first;
    list.first = this;
    listed_ = true;
  }
  void unlink() {
    *before_ = next_;
    if (next_ != nullptr) next_->before_ = before_;
    listed_ = false;
  }

  void check() const {
    if (current_ == this) throw std::runtime_error("a thread cannot join itself");
    if (state_ == kMade || state_ == kForeign) throw std::runtime_error("nothing to join");
  }

  bool pass(const timespec* deadline) {
    int error;
    do {
      error =
          deadline == nullptr ? sem_wait(&end_) : sem_clockwait(&end_, CLOCK_MONOTONIC, deadline);
    } while (error != 0 && errno == EINTR);
    if (error != 0) return false;
    sem_post(&end_);
    // Always so; and ThreadSanitizer, which does not know sem_clockwait, sees what it orders.
    return state_ == kEnded;
  }

  void body() {
    current_ = this;
    try {
      try {
        run();
      } catch (...) {
        std::shared_lock hold(all().mutex);
        const Hook hook = all().hook;
        hold.unlock();
        if (!hook) throw;
        hook(*this, std::current_exception());
      }
    } catch (const std::exception& error) {
      std::cerr << "Exception in thread " + name() + ": " + error.what() + "\n";
    } catch (...) {
      std::cerr << "Exception in thread " + name() + ": unknown\n";
    }
    const bool was_awaited = !daemon_;
    All& list = all();
    {
      std::scoped_lock hold(list.mutex);
      unlink();
      state_ = kEnded;
    }
    // The last touch of *this: who is let through joins this thread before it destroys the Thread.
    sem_post(&end_);
    if (was_awaited && list.awaited.fetch_sub(1) == 1) list.awaited.notify_all();
  }

  static inline thread_local Thread* current_ = nullptr;
  static inline std::atomic<int> names_ = 0;
  static inline std::atomic<int> dummies_ = 0;

  std::function<void()> target_;
  std::string name_;
  std::atomic<bool> daemon_;
  std::atomic<int> state_;
  std::uint64_t ident_ = 0;
  bool listed_ = false;
  Thread* next_ = nullptr;
  Thread** before_ = nullptr;
  sem_t end_;
  std::thread thread_;

  friend Thread& current_thread() {
    All& list = all();
    if (current_ == nullptr) {
      static thread_local std::unique_ptr<Thread> dummy;
      dummy.reset(new Thread(kForeign, "Dummy-" + std::to_string(++dummies_), true));
      current_ = dummy.get();
      std::scoped_lock hold(list.mutex);
      current_->ident_ = ++list.idents;
      current_->link(list);
    }
    return *current_;
  }
  friend std::vector<Thread*> enumerate() {
    std::shared_lock hold(all().mutex);
    std::vector<Thread*> alive;
    for (Thread* each = all().first; each != nullptr; each = each->next_) alive.push_back(each);
    return alive;
  }
  friend void set_excepthook(Hook hook) {
    std::scoped_lock hold(all().mutex);
    all().hook.swap(hook);
  }
  friend void shutdown() {
    All& list = all();
    if (current_ != nullptr && current_->state_ != kForeign) {
      throw std::runtime_error("a thread cannot wait for itself");
    }
    for (int left; (left = list.awaited) != 0;) list.awaited.wait(left);
  }
};

Thread& current_thread();
std::vector<Thread*> enumerate();
void set_excepthook(std::function<void(Thread&, std::exception_ptr)> hook);
void shutdown();
inline std::size_t active_count() { return enumerate().size(); }

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
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  Clock::time_point last_line;
  Clock::time_point exit;
  {
    Thread first(music, "music", evening.music_is_daemon);
    Thread second(blog, "blog", evening.blog_is_daemon);
    const bool one_by_one = evening.join == Join::kOneByOne;
    first.start();
    if (one_by_one) first.join();
    second.start();
    if (evening.join != Join::kNone) first.join();
    if (one_by_one || evening.join == Join::kBoth) second.join();
    last_line = Clock::now();
    shutdown();
    exit = Clock::now();
  }
  return {last_line - begin, exit - begin};
}

}  // namespace lab

#endif  // LAB_01_THREADS_THREADS_H_
