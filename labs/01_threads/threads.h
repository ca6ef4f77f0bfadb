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
//
// --- Think before you write --------------------------------------------
//
//  * start() makes a std::thread. What must be so before that thread runs
//    its first line, and what before start() returns?
//  * A std::thread cannot be joined with a time limit. What else could say
//    "it has ended", and how does one sleep until it does?
//  * Which thread writes "ended"? Which ones read it? What guards it?
//  * Two threads join the same Thread. May both call join() of a
//    std::thread?
//  * There is one list of all threads. When is it made, and who guards it?
//    What is shared by all Threads besides?
//  * The thread says "ended", and main destroys the Thread at once. What
//    may the thread still touch?
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
  // Your members. (The functions below may have to be friends.)
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

// --- Thread -----------------------------------------------------------------------------------

inline Thread::Thread(std::function<void()> target, std::string name,
                      bool daemon) {
  (void)target, (void)name, (void)daemon;
}

inline Thread::~Thread() {
  // What if the thread still runs? (Nothing may be thrown here.)
}

inline void Thread::start() {
  // Must the new thread be listed, and have its ident, before run() begins?
  throw std::logic_error("not implemented");
}

inline void Thread::run() {
  throw std::logic_error("not implemented");
}

inline void Thread::join() {
  // Two threads may be here at once.
  throw std::logic_error("not implemented");
}

inline bool Thread::join_for(std::chrono::nanoseconds timeout) {
  (void)timeout;
  // When does "now + timeout" overflow? What may wake you before the time?
  throw std::logic_error("not implemented");
}

inline bool Thread::is_alive() const {
  throw std::logic_error("not implemented");
}

inline std::string Thread::name() const {
  throw std::logic_error("not implemented");
}

inline void Thread::set_name(std::string name) {
  (void)name;
  throw std::logic_error("not implemented");
}

inline bool Thread::daemon() const {
  throw std::logic_error("not implemented");
}

inline void Thread::set_daemon(bool daemon) {
  (void)daemon;
  throw std::logic_error("not implemented");
}

inline std::uint64_t Thread::ident() const {
  throw std::logic_error("not implemented");
}

// --- All threads ------------------------------------------------------------------------------

inline Thread& current_thread() {
  // Each thread needs a variable of its own.
  throw std::logic_error("not implemented");
}

inline std::vector<Thread*> enumerate() {
  throw std::logic_error("not implemented");
}

inline std::size_t active_count() {
  throw std::logic_error("not implemented");
}

inline void set_excepthook(Thread::Hook hook) {
  (void)hook;
  throw std::logic_error("not implemented");
}

inline void shutdown() {
  // Who may start threads while you wait?
  throw std::logic_error("not implemented");
}

// --- Music and blog ---------------------------------------------------------------------------

inline Times music_and_blog(const Evening& evening, const std::function<void()>& music,
                            const std::function<void()>& blog) {
  (void)evening, (void)music, (void)blog;
  throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_01_THREADS_THREADS_H_
