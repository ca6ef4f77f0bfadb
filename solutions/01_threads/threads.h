#ifndef LAB_01_THREADS_THREADS_H_
#define LAB_01_THREADS_THREADS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
// LOCKSTEP BEGIN SOLUTION
#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <utility>
// LOCKSTEP END SOLUTION

namespace lab {

// Thread is a thread that one can talk about: Python's `threading.Thread`.
//
// A std::thread is a handle and knows nothing: not what the thread is called, not whether it still
// runs. A Thread has a name and a number, can be asked whether it is alive, can be waited for with
// a time limit, and is found in the list of all threads. What it shall do is its target, or run()
// of a class derived from it. It does it once, when start() is called.
//
//   lab::Thread worker([] { work(); }, "worker");
//   worker.start();
//   while (!worker.join_for(1s)) std::puts("still working");
//
// Life of a Thread:
//
//   made --- start() ---> alive --- run() has returned or thrown ---> ended
//
// Memory ordering: what a thread did before start() happens before run(). All of run(), and of the
// hook that is told of its exception, happens before the return of a join(), of a join_for() or
// is_alive() that says that the thread has ended, and of a shutdown() that waited for it.
//
// Lifetime: the destructor waits until the thread has ended, also for a daemon. It must not be run
// by the thread itself. A class that overrides run() calls join() in its own destructor, or is
// joined before: when ~Thread() waits, the derived part, which run() may be using, is gone already.
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// There is one table for the whole program, the registry (below): who is alive, the next number,
// the next name, the hook. One mutex guards it, *and the members of every Thread*. So a step such
// as "it is alive now and stands in the list" is one step for everybody: nobody ever sees a thread
// that is alive and not listed, or listed and ended.
//
//   state_     stands in alive   who may change it
//   kMade      no                start()
//   kAlive     yes               the thread itself, when run() is over
//   kEnded     no                nobody
//
//   thread that sleeps              until                                  woken by
//   in join()                       state_ == kEnded                       an ending thread, all
//   in join_for()                   the same, or its deadline              of them, or the clock
//   in ~Thread()                    the thread is gone                     the system
//   in shutdown()                   alive has no thread that it waits for  an ending thread
//
// One condition variable serves all, so an ending thread wakes everybody who sleeps there, and most
// of them in vain. Programs start threads rarely and end them rarely; and the mutex and the
// condition variable live for ever, which a condition variable in each Thread would not: its owner
// may destroy the Thread as soon as it sees kEnded, while the thread that ended still has a foot in
// notify_all().
//
// Three things that are done without the mutex, on purpose:
//
//   run()           takes as long as it takes;
//   the hook        is somebody else's code, and may call every function of this file;
//   handle.join()   waits for all steps of the thread. The last ones come after it said "ended":
//                   the destructors of its thread_locals, and those may need the mutex.
//
// start() does create the thread under the mutex. So whoever joins finds the handle, and if the
// system has no thread left, everything can be put back before anybody has seen it.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * start() makes a std::thread. What must be so before that thread runs
// LOCKSTEP SKELETON: //    its first line, and what before start() returns?
// LOCKSTEP SKELETON: //  * A std::thread cannot be joined with a time limit. What else could say
// LOCKSTEP SKELETON: //    "it has ended", and how does one sleep until it does?
// LOCKSTEP SKELETON: //  * Which thread writes "ended"? Which ones read it? What guards it?
// LOCKSTEP SKELETON: //  * Two threads join the same Thread. May both call join() of a
// LOCKSTEP SKELETON: //    std::thread?
// LOCKSTEP SKELETON: //  * There is one list of all threads. When is it made, and who guards it?
// LOCKSTEP SKELETON: //    What is shared by all Threads besides?
// LOCKSTEP SKELETON: //  * The thread says "ended", and main destroys the Thread at once. What
// LOCKSTEP SKELETON: //    may the thread still touch?
class Thread {
 public:
  // What is told of an exception that left run(): the thread, and the exception.
  using Hook = std::function<void(Thread&, std::exception_ptr)>;

  // A thread that has not been started. An empty `name` stands for "Thread-1", "Thread-2", ...:
  // a number for each Thread made without a name. shutdown() does not wait for a daemon.
  explicit Thread(std::function<void()> target = {}, std::string name = {}, bool daemon = false);

  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  // Blocks until the thread has ended, if it was started.
  virtual ~Thread();

  // Runs run() in a new thread. Never blocks. When it returns the thread is alive, or has ended
  // already. Throws std::runtime_error if it was called before, and std::system_error if the system
  // has no more threads; the Thread is as before then.
  void start();

  // Returns when the thread has ended; at once, if it has. Blocks until then. Any number of threads
  // may call it, and any number of times. Throws std::runtime_error if the thread was not started,
  // and if the caller is this very thread.
  void join();

  // As join(), but gives up after `timeout`. Returns whether the thread has ended. Zero looks once;
  // nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool join_for(std::chrono::nanoseconds timeout);

  // Whether the thread was started and has not ended. Never blocks.
  bool is_alive() const;

  // The name is for people: it need not be unique, and may be changed at any time.
  std::string name() const;
  void set_name(std::string name);

  // Throws std::runtime_error if the thread was started.
  bool daemon() const;
  void set_daemon(bool daemon);

  // 0 before start(). From then on a number > 0 that no other thread of this program has or had or
  // will have.
  std::uint64_t ident() const;

 protected:
  // What the thread does: calls the target, if there is one. Runs without any lock of this file.
  virtual void run();

 private:
  // LOCKSTEP BEGIN SOLUTION
  using Clock = std::chrono::steady_clock;  // wall clocks are set back by people; this one is not
  enum class State { kMade, kAlive, kEnded };
  struct Registry;
  struct Adopted {};  // for a thread that runs already, and was not started by a Thread

  friend Thread& current_thread();
  friend std::vector<Thread*> enumerate();
  friend void set_excepthook(Hook hook);
  friend void shutdown();

  static Registry& registry();
  Thread(Adopted, Registry& registry, std::string name, bool daemon);

  void live();                            // the whole life of the new thread
  void report(std::exception_ptr error);  // to the hook
  static void print(const std::string& name, std::exception_ptr error);
  void check_joinable() const;
  void join_handle(std::unique_lock<std::mutex>& hold);

  // The Thread in which the caller runs; null in a thread that is not, or not yet, known here.
  static inline thread_local Thread* current_ = nullptr;

  const std::function<void()> target_;
  const bool adopted_ = false;
  // Guarded by the mutex of the registry:
  std::string name_;
  bool daemon_;
  State state_ = State::kMade;
  std::uint64_t ident_ = 0;
  std::thread handle_;  // until somebody has seen the end and joins it
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members. (The functions below may have to be friends.)
};

// The Thread in which the caller runs: the same one in every call. Never blocks.
//
// There is one in every thread, also where no Thread was started. The *main thread* is the thread
// that was the first to construct a Thread or to call a function of this file: its Thread is called
// "MainThread" and is no daemon. Any other thread that the program started by other means gets one
// at its first call: it is a daemon, is called "Dummy-1", "Dummy-2", ..., and lives as long as the
// thread does. Both are alive and have an ident; they cannot be started, joined or made (no)
// daemons (std::runtime_error).
Thread& current_thread();

// All threads that are alive, in no particular order: the main thread, those that were started and
// have not ended, and those others that have called current_thread(). Never blocks. A pointer is
// good for as long as its Thread is.
std::vector<Thread*> enumerate();

// How many enumerate() would list.
std::size_t active_count();

// From now on `hook` is called, in the thread that fails, with every exception that leaves run().
// The thread is still alive then. An empty hook, as at first, stands for a line on std::cerr. What
// the hook itself throws is such a line, too. Never blocks.
void set_excepthook(Thread::Hook hook);

// Blocks until every thread that is no daemon has ended, but for the main thread: also those that
// are started meanwhile. A program calls it at its end. Throws std::runtime_error in a thread that
// was started by a Thread: it would wait for itself.
void shutdown();

// What the program "music and blog" does (see music_and_blog()).
enum class Join {
  kNone,      // starts both, and joins neither
  kMusic,     // starts both, and joins the music
  kBoth,      // starts both, then joins both
  kOneByOne,  // starts and joins the music, then starts and joins the blog
};
struct Evening {
  Join join = Join::kBoth;
  bool music_is_daemon = false;
  bool blog_is_daemon = false;
};

// When things happened, from the beginning of the program.
struct Times {
  std::chrono::nanoseconds last_line;  // the main thread came to its last line
  std::chrono::nanoseconds exit;       // shutdown() returned: a real program would end here
};

// The program "music and blog": two threads, called "music" and "blog", which call `music` and
// `blog`, started in this order. Where the main thread joins them, and which of them is a daemon,
// `evening` says. After its last line the main thread calls shutdown(), as a program does at its
// end. Returns when both threads have ended.
Times music_and_blog(const Evening& evening, const std::function<void()>& music,
                     const std::function<void()>& blog);

// LOCKSTEP BEGIN SOLUTION
// --- The registry -----------------------------------------------------------------------------
//
// It is made at the first use and never destroyed. The program's end destroys its static objects
// while daemons still run; a daemon that ends then finds the registry where it was.
struct Thread::Registry {
  Registry() : main(Adopted{}, *this, "MainThread", false) { current_ = &main; }

  std::mutex mutex;
  std::condition_variable ended;  // a thread has left alive
  std::vector<Thread*> alive;
  std::uint64_t idents = 0;
  std::uint64_t names = 0;
  std::uint64_t dummies = 0;
  Hook hook;
  Thread main;  // the last member: the others are needed to make it
};

inline Thread::Registry& Thread::registry() {
  static Registry& only = *new Registry;
  return only;
}

// LOCKSTEP END SOLUTION
// --- Thread -----------------------------------------------------------------------------------

// LOCKSTEP BEGIN SOLUTION
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
  // equivalent swap-statements: one critical section; nobody sees what comes first in it
  all.alive.push_back(this);
  ident_ = ++all.idents;
}
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: inline Thread::Thread(std::function<void()> target, std::string name,
// LOCKSTEP SKELETON:                       bool daemon) {
// LOCKSTEP SKELETON:   (void)target, (void)name, (void)daemon;
// LOCKSTEP SKELETON: }

inline Thread::~Thread() {
  // LOCKSTEP BEGIN SOLUTION
  Registry& all = registry();
  std::unique_lock hold(all.mutex);
  if (adopted_) {
    std::erase(all.alive, this);
  } else {
    join_handle(hold);
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // What if the thread still runs? (Nothing may be thrown here.)
}

inline void Thread::start() {
  // LOCKSTEP BEGIN SOLUTION
  Registry& all = registry();
  std::scoped_lock hold(all.mutex);
  if (state_ != State::kMade) throw std::runtime_error("Thread: it can be started once only");
  // The new thread runs at once, but nobody sees it before the mutex is free.
  all.alive.push_back(this);
  try {
    handle_ = std::thread(&Thread::live, this);
  } catch (...) {
    all.alive.pop_back();
    throw;
  }
  state_ = State::kAlive;
  ident_ = ++all.idents;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Must the new thread be listed, and have its ident, before run() begins?
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// LOCKSTEP BEGIN SOLUTION
inline void Thread::live() {
  current_ = this;
  try {
    run();
  } catch (...) {
    report(std::current_exception());
  }
  Registry& all = registry();
  std::scoped_lock hold(all.mutex);
  // equivalent swap-statements: one critical section; nobody sees what comes first in it
  state_ = State::kEnded;
  // equivalent swap-statements: who is woken needs the mutex before it looks
  std::erase(all.alive, this);
  all.ended.notify_all();
  // When the mutex is free, *this may be destroyed at once. Nothing of it is touched any more.
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
  // One string, so that two threads that fail do not mix their words.
  std::cerr << "Exception in thread " + name + ": " + what + "\n";
}

// LOCKSTEP END SOLUTION
inline void Thread::run() {
  // LOCKSTEP BEGIN SOLUTION
  if (target_) target_();
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline void Thread::join() {
  // LOCKSTEP BEGIN SOLUTION
  std::unique_lock hold(registry().mutex);
  check_joinable();
  registry().ended.wait(hold, [&] { return state_ == State::kEnded; });
  // equivalent drop-statement: the destructor does it, then; run() is over already
  join_handle(hold);
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Two threads may be here at once.
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline bool Thread::join_for(std::chrono::nanoseconds timeout) {
  // LOCKSTEP BEGIN SOLUTION
  if (timeout < timeout.zero()) throw std::invalid_argument("join_for: negative timeout");
  // now() + timeout, or the end of time where that would overflow.
  const Clock::time_point now = Clock::now();
  const Clock::time_point last = Clock::time_point::max();
  // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
  const Clock::time_point deadline = timeout < last - now ? now + timeout : last;

  std::unique_lock hold(registry().mutex);
  check_joinable();
  const auto has_ended = [&] { return state_ == State::kEnded; };
  if (!registry().ended.wait_until(hold, deadline, has_ended)) return false;
  // equivalent drop-statement: as in join()
  join_handle(hold);
  return true;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)timeout;
  // LOCKSTEP SKELETON: // When does "now + timeout" overflow? What may wake you before the time?
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// LOCKSTEP BEGIN SOLUTION
inline void Thread::check_joinable() const {
  // equivalent swap-statements: who was adopted is alive, so the second says nothing of it
  if (adopted_) throw std::runtime_error("Thread: no Thread started it, so none can join it");
  // equivalent swap-statements: nobody runs in what was not started, so only one of them can throw
  if (state_ == State::kMade) throw std::runtime_error("Thread: it cannot be joined, not started");
  if (this == current_) throw std::runtime_error("Thread: it cannot join itself");
}

// Waits until the thread is gone, if there was one. Gives the mutex back before that.
inline void Thread::join_handle(std::unique_lock<std::mutex>& hold) {
  // A std::thread is joined once: by whoever finds the handle here. The others come after that one,
  // who knew that the thread had ended; which is what they asked.
  std::thread handle = std::move(handle_);
  hold.unlock();
  if (handle.joinable()) handle.join();
}

// LOCKSTEP END SOLUTION
inline bool Thread::is_alive() const {
  // LOCKSTEP BEGIN SOLUTION
  std::scoped_lock hold(registry().mutex);
  return state_ == State::kAlive;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline std::string Thread::name() const {
  // LOCKSTEP BEGIN SOLUTION
  std::scoped_lock hold(registry().mutex);
  return name_;  // a copy: a reference would be read after the mutex is free
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline void Thread::set_name(std::string name) {
  // LOCKSTEP BEGIN SOLUTION
  std::scoped_lock hold(registry().mutex);
  name_ = std::move(name);
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)name;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline bool Thread::daemon() const {
  // LOCKSTEP BEGIN SOLUTION
  std::scoped_lock hold(registry().mutex);
  return daemon_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline void Thread::set_daemon(bool daemon) {
  // LOCKSTEP BEGIN SOLUTION
  std::scoped_lock hold(registry().mutex);
  if (state_ != State::kMade) throw std::runtime_error("Thread: it was started as it is");
  daemon_ = daemon;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)daemon;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline std::uint64_t Thread::ident() const {
  // LOCKSTEP BEGIN SOLUTION
  std::scoped_lock hold(registry().mutex);
  return ident_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// --- All threads ------------------------------------------------------------------------------

inline Thread& current_thread() {
  // LOCKSTEP BEGIN SOLUTION
  Thread::Registry& all =
      Thread::registry();  // the very first call makes the caller the main thread
  if (Thread::current_ == nullptr) {
    std::string name = "Dummy-";
    {
      std::scoped_lock hold(all.mutex);
      name += std::to_string(++all.dummies);
    }
    // Destroyed when the thread ends, and so taken off the list.
    static thread_local std::unique_ptr<Thread> dummy;
    dummy.reset(new Thread(Thread::Adopted{}, all, name, true));
    Thread::current_ = dummy.get();
  }
  return *Thread::current_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Each thread needs a variable of its own.
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline std::vector<Thread*> enumerate() {
  // LOCKSTEP BEGIN SOLUTION
  Thread::Registry& all = Thread::registry();
  std::scoped_lock hold(all.mutex);
  return all.alive;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline std::size_t active_count() {
  // LOCKSTEP BEGIN SOLUTION
  return enumerate().size();
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline void set_excepthook(Thread::Hook hook) {
  // LOCKSTEP BEGIN SOLUTION
  Thread::Registry& all = Thread::registry();
  std::scoped_lock hold(all.mutex);
  all.hook.swap(hook);  // the old one is destroyed by the caller, after the mutex is free
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)hook;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

inline void shutdown() {
  // LOCKSTEP BEGIN SOLUTION
  Thread::Registry& all = Thread::registry();
  if (Thread::current_ != nullptr && !Thread::current_->adopted_) {
    throw std::runtime_error("shutdown: this thread would wait for itself");
  }
  // Not "make a list and join each": threads start threads. Whoever does so is alive, and waited
  // for, meanwhile. So when nobody is left, nobody can come.
  const auto is_not_waited_for = [](const Thread* each) { return each->daemon_ || each->adopted_; };
  std::unique_lock hold(all.mutex);
  all.ended.wait(hold, [&] { return std::ranges::all_of(all.alive, is_not_waited_for); });
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Who may start threads while you wait?
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// --- Music and blog ---------------------------------------------------------------------------

inline Times music_and_blog(const Evening& evening, const std::function<void()>& music,
                            const std::function<void()>& blog) {
  // LOCKSTEP BEGIN SOLUTION
  const auto begin = std::chrono::steady_clock::now();
  const auto since_begin = [&] { return std::chrono::steady_clock::now() - begin; };
  Thread player(music, "music", evening.music_is_daemon);
  Thread writer(blog, "blog", evening.blog_is_daemon);

  player.start();
  if (evening.join == Join::kOneByOne) player.join();
  writer.start();
  // equivalent swap-statements: both have ended when the later one has, whoever is joined first
  if (evening.join == Join::kMusic || evening.join == Join::kBoth) player.join();
  if (evening.join == Join::kBoth || evening.join == Join::kOneByOne) writer.join();

  Times times;
  times.last_line = since_begin();
  shutdown();
  times.exit = since_begin();
  return times;  // after the destructors have waited for the daemons
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)evening, (void)music, (void)blog;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_01_THREADS_THREADS_H_
