#ifndef LAB_02_GIL_GIL_H_
#define LAB_02_GIL_GIL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace lab {

// Gil is a global interpreter lock: the lock of CPython that lets one thread at a time run
// bytecode.
//
// It is not held for a moment, as a mutex is, but for as long as its thread has something to
// compute. So it needs two things that a mutex does not have. Who waits for it can *ask* for it,
// after one switch interval. And who holds it *checks*, between two instructions, whether somebody
// asked; if so, it lets the other one in before it goes on.
//
//   holder                                   waiter
//   check(): nobody asked                    acquire(): sleeps
//   check(): nobody asked                    one interval is over: asks
//   check(): gives the lock away, waits      has the lock
//
// Memory ordering: what a thread did before its release(), or before a check() that let another one
// in, happens before everything that the next holder does after its acquire() or check().
//
// Lifetime: a Gil may be destroyed when no thread is inside one of its methods.
//
// --- Think before you write --------------------------------------------
//
//  * The lock is held for long. Is it a std::mutex, or what you keep under
//    one?
//  * Who waits sleeps with an alarm clock. What does it do when that rings,
//    and what if the lock has changed hands meanwhile?
//  * The holder lets go because somebody asked. It is awake, the other one
//    sleeps. Who has the lock next?
//  * Three threads: can two of them pass the lock to and fro, and the third
//    waits for ever?
class Gil {
 public:
  // A free lock. Throws std::invalid_argument if `switch_interval` is zero or negative;
  // nanoseconds::max() means that nobody ever asks.
  explicit Gil(std::chrono::nanoseconds switch_interval = std::chrono::milliseconds(5)) {
    (void)switch_interval;
  }
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

  // Takes the lock. Blocks while another thread has it. A caller that has waited for one interval
  // in which the lock did not change hands asks for it. Once it sleeps, others get the lock at most
  // as often before it as there are threads. Throws std::system_error
  // (resource_deadlock_would_occur, EDEADLK) if the caller has it already.
  void acquire() {
    throw std::logic_error("not implemented");
  }

  // Gives the lock back. Never blocks. Throws std::system_error (operation_not_permitted, EPERM) if
  // the caller does not have it.
  void release() {
    throw std::logic_error("not implemented");
  }

  // If somebody has asked: gives the lock away, and takes it back when another thread has had it.
  // Else does nothing, and quickly. Throws std::system_error (operation_not_permitted, EPERM) if
  // the caller does not have the lock and somebody has asked.
  void check() {
    throw std::logic_error("not implemented");
  }

  // Whether a waiting thread has asked the holder to give way. Never blocks.
  bool drop_requested() const {
    throw std::logic_error("not implemented");
  }

  // Whether a thread has the lock. Never blocks.
  bool locked() const {
    throw std::logic_error("not implemented");
  }

  // The interval for all who begin to wait from now on. Throws as the constructor does; the
  // interval is as before then.
  void set_switch_interval(std::chrono::nanoseconds interval) {
    (void)interval;
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

// Has the lock from its constructor to its destructor.
class GilGuard {
 public:
  explicit GilGuard(Gil& gil) : gil_(gil) {
  }
  ~GilGuard() {
    (void)gil_;
  }
  GilGuard(const GilGuard&) = delete;
  GilGuard& operator=(const GilGuard&) = delete;

 private:
  Gil& gil_;
};

// The opposite: gives the lock, which the caller has, up in its constructor, and takes it back in
// its destructor. It stands around everything that blocks: other threads compute meanwhile.
class AllowThreads {
 public:
  explicit AllowThreads(Gil& gil) : gil_(gil) {
  }
  ~AllowThreads() {
    (void)gil_;
  }
  AllowThreads(const AllowThreads&) = delete;
  AllowThreads& operator=(const AllowThreads&) = delete;

 private:
  Gil& gil_;
};

// Interpreter runs a tiny bytecode on variables that all its threads share.
//
// Each thread that calls run() has a stack of its own. The variables are a plain std::map: the Gil,
// held for each instruction, is all that guards them. One instruction is one step for the other
// threads. Two are not.
//
//   LOAD total        pushes the variable
//   CONST 1           pushes the number
//   ADD, SUB          take b, then a, and push a + b, a - b
//   STORE total       takes a, and sets the variable
//   SLEEP 20          sleeps for so many milliseconds, without the Gil
//   JUMP_IF 3         takes a; if it is not 0, goes on at line 3 (the first line is 1)
//
// A program has one instruction on each line. Empty lines count, and do nothing.
class Interpreter {
 public:
  Interpreter(Gil& gil, std::map<std::string, std::int64_t>& globals)
      : gil_(gil), globals_(globals) {}

  // Runs the program; may be called by any number of threads at once, without the Gil. Checks
  // between two instructions whether somebody asked for the Gil. Throws std::invalid_argument
  // before anything has run if a line cannot be read, or jumps to where no line is;
  // std::runtime_error if an instruction finds too little on the stack, or no such variable. The
  // message begins with "line 3: ". On every way out the Gil is given back.
  void run(std::string_view program) {
    (void)program, (void)gil_, (void)globals_;
    // Read the whole program first. Then: what is held while a line runs, and
    // what while it sleeps?
    throw std::logic_error("not implemented");
  }

 private:
  Gil& gil_;
  std::map<std::string, std::int64_t>& globals_;
};

// `total` is 0. Thread 0 runs LOAD total, CONST 1, ADD, STORE total; thread 1 the same with SUB for
// ADD. Under the Gil the eight instructions happen one after the other: in which order, so that
// `total` is `result` at the end? Returns eight numbers, 0 or 1: whose instruction comes first,
// second,
// ... Throws std::invalid_argument if no order ends so.
inline std::vector<int> losing_order(int result) {
  (void)result;
  throw std::logic_error("not implemented");
}

// Runs `program` so that no other program that is run with the same `lock` runs meanwhile: what the
// Gil does for an instruction, for the whole program. The caller has the Gil. It is given up while
// the caller waits for `lock` and while the program runs, as the interpreter takes it itself;
// afterwards the caller has it again. Errors of the program pass, and leave the lock free.
inline void run_alone(Gil& gil, Interpreter& interpreter, std::mutex& lock,
                      std::string_view program) {
  (void)gil, (void)interpreter, (void)lock, (void)program;
  throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_02_GIL_GIL_H_
