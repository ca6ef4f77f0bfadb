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
// LOCKSTEP BEGIN SOLUTION
#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <thread>
// LOCKSTEP END SOLUTION

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
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// A small mutex guards who has the lock and who stands in line for it. It is held for a few
// instructions at a time. The lock itself is handed on: release() gives it to the first in the line
// while that one still sleeps. At no moment is it free while somebody waits.
//
//   owner_    line_       meaning
//   nobody    empty       free
//   a thread  empty       held
//   a thread  others      held; the first of them is next
//
//   thread that sleeps               until           woken by
//   in acquire(), check()            has_it          the one who handed the lock over
//                                    an interval     the clock: then it asks, and sleeps on
//
// From the handing over follow the properties that a lock with a free moment does not have:
//
//   no convoy         who gives way in check() stands at the end of the line. It cannot have the
//   lock
//                     back before another one had it, however quick it is. (With a lock that is
//                     free for a moment, the one who has just let go of it is awake, and nearly
//                     always takes it again: on several processors Python's first GIL did little
//                     else.)
//   bounded waiting   with n threads, at most n - 1 get it before one that sleeps.
//
// What it costs: each contended hand-over waits for a sleeper to wake up. That is why nobody is
// asked to give way before an interval is over.
//
// `asked_` is an atomic that check() reads without the mutex: an interpreter looks between any two
// instructions, and must not pay for a lock each time. It orders nothing and carries nothing; it is
// a hint to take the mutex. Who asked stands in the line until a hand-over, which takes the request
// back. So where the owner reads true, there is somebody to hand the lock to.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * The lock is held for long. Is it a std::mutex, or what you keep under
// LOCKSTEP SKELETON: //    one?
// LOCKSTEP SKELETON: //  * Who waits sleeps with an alarm clock. What does it do when that rings,
// LOCKSTEP SKELETON: //    and what if the lock has changed hands meanwhile?
// LOCKSTEP SKELETON: //  * The holder lets go because somebody asked. It is awake, the other one
// LOCKSTEP SKELETON: //    sleeps. Who has the lock next?
// LOCKSTEP SKELETON: //  * Three threads: can two of them pass the lock to and fro, and the third
// LOCKSTEP SKELETON: //    waits for ever?
class Gil {
 public:
  // A free lock. Throws std::invalid_argument if `switch_interval` is zero or negative;
  // nanoseconds::max() means that nobody ever asks.
  explicit Gil(std::chrono::nanoseconds switch_interval = std::chrono::milliseconds(5)) {
    // LOCKSTEP BEGIN SOLUTION
    set_switch_interval(switch_interval);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)switch_interval;
  }
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

  // Takes the lock. Blocks while another thread has it. A caller that has waited for one interval
  // in which the lock did not change hands asks for it. Once it sleeps, others get the lock at most
  // as often before it as there are threads. Throws std::system_error
  // (resource_deadlock_would_occur, EDEADLK) if the caller has it already.
  void acquire() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    if (owner_ == std::this_thread::get_id()) {
      throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                              "Gil: the caller has it");
    }
    stand_in_line(hold);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Gives the lock back. Never blocks. Throws std::system_error (operation_not_permitted, EPERM) if
  // the caller does not have it.
  void release() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    require_owner();
    hand_over();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // If somebody has asked: gives the lock away, and takes it back when another thread has had it.
  // Else does nothing, and quickly. Throws std::system_error (operation_not_permitted, EPERM) if
  // the caller does not have the lock and somebody has asked.
  void check() {
    // LOCKSTEP BEGIN SOLUTION
    if (!asked_.load(std::memory_order_relaxed)) return;
    std::unique_lock hold(mutex_);
    require_owner();
    hand_over();
    stand_in_line(hold);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Whether a waiting thread has asked the holder to give way. Never blocks.
  bool drop_requested() const {
    // LOCKSTEP BEGIN SOLUTION
    return asked_.load(std::memory_order_relaxed);
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Whether a thread has the lock. Never blocks.
  bool locked() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return owner_ != std::thread::id();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // The interval for all who begin to wait from now on. Throws as the constructor does; the
  // interval is as before then.
  void set_switch_interval(std::chrono::nanoseconds interval) {
    // LOCKSTEP BEGIN SOLUTION
    if (interval <= interval.zero()) throw std::invalid_argument("Gil: the interval is not > 0");
    std::scoped_lock hold(mutex_);
    interval_ = interval;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)interval;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  struct Waiter {
    std::thread::id thread;
    std::condition_variable turn;
    bool has_it = false;
  };

  void require_owner() const {
    if (owner_ == std::this_thread::get_id()) return;
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted),
                            "Gil: the caller does not have it");
  }

  // With mutex_ held: the first in the line has the lock, or nobody.
  void hand_over() {
    // equivalent swap-statements: switches_ is read with mutex_ only, so nobody sees which is first
    asked_.store(false, std::memory_order_relaxed);
    // equivalent swap-statements: where the line is empty, nobody has noted the count
    ++switches_;
    if (line_.empty()) {
      owner_ = {};
      return;
    }
    Waiter& next = *line_.front();
    // equivalent swap-statements: mutex_ is held, and nobody sees which of the two comes first
    line_.pop_front();
    owner_ = next.thread;
    // equivalent swap-statements: who is woken needs mutex_ before it looks
    next.has_it = true;
    next.turn.notify_one();  // under mutex_: when the waiter is awake, `next` is no more
  }

  // With mutex_ held: returns when the caller has the lock.
  void stand_in_line(std::unique_lock<std::mutex>& hold) {
    if (owner_ == std::thread::id()) {
      owner_ = std::this_thread::get_id();
      return;
    }
    Waiter me{.thread = std::this_thread::get_id()};
    line_.push_back(&me);
    const auto has_it = [&] { return me.has_it; };
    // A century is as good as for ever, and now + interval cannot overflow.
    //
    // equivalent shift-bound, shift-constant: and so is a year more, or less
    if (interval_ > std::chrono::hours(24 * 365 * 100)) return me.turn.wait(hold, has_it);
    const std::chrono::nanoseconds interval = interval_;
    for (std::uint64_t seen = switches_; !me.turn.wait_for(hold, interval, has_it);) {
      // Who has just got the lock has a full interval, too.
      if (switches_ == seen) asked_.store(true, std::memory_order_relaxed);
      seen = switches_;
    }
  }

  mutable std::mutex mutex_;  // guards all but asked_, which is written under it
  std::deque<Waiter*> line_;
  std::thread::id owner_;  // of no thread: the lock is free
  std::chrono::nanoseconds interval_;
  std::uint64_t switches_ = 0;
  std::atomic<bool> asked_ = false;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

// Has the lock from its constructor to its destructor.
class GilGuard {
 public:
  explicit GilGuard(Gil& gil) : gil_(gil) {
    // LOCKSTEP BEGIN SOLUTION
    gil_.acquire();
    // LOCKSTEP END SOLUTION
  }
  ~GilGuard() {
    // LOCKSTEP BEGIN SOLUTION
    gil_.release();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)gil_;
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
    // LOCKSTEP BEGIN SOLUTION
    gil_.release();
    // LOCKSTEP END SOLUTION
  }
  ~AllowThreads() {
    // LOCKSTEP BEGIN SOLUTION
    gil_.acquire();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)gil_;
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
    // LOCKSTEP BEGIN SOLUTION
    const std::vector<Instruction> code = read(program);
    std::vector<std::int64_t> stack;
    const GilGuard guard(gil_);
    for (std::size_t line = 1; line <= code.size();) {
      // equivalent swap-statements: to give way before the first line is as if one had come later
      line = step(code.at(line - 1), line, stack);
      gil_.check();
    }
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)program, (void)gil_, (void)globals_;
    // LOCKSTEP SKELETON: // Read the whole program first. Then: what is held while a line runs, and
    // LOCKSTEP SKELETON: // what while it sleeps?
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  enum class Code { kNothing, kLoad, kConst, kAdd, kSub, kStore, kSleep, kJumpIf };
  struct Instruction {
    Code code = Code::kNothing;
    std::string name;
    std::int64_t number = 0;
  };

  static std::string at(std::size_t line, const std::string& message) {
    return "line " + std::to_string(line) + ": " + message;
  }

  static std::vector<Instruction> read(std::string_view program) {
    std::vector<Instruction> code;
    while (!program.empty()) {
      const std::size_t end = program.find('\n');
      code.push_back(read_line(program.substr(0, end), code.size() + 1));
      program = end == program.npos ? std::string_view() : program.substr(end + 1);
    }
    const auto last = static_cast<std::int64_t>(code.size());
    for (std::size_t line = 1; const Instruction& each : code) {
      if (each.code == Code::kJumpIf && (each.number < 1 || each.number > last)) {
        throw std::invalid_argument(at(line, "there is no such line to jump to"));
      }
      ++line;
    }
    return code;
  }

  static Instruction read_line(std::string_view text, std::size_t line) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        ++i;
        continue;
      }
      const std::size_t end = std::min(text.find(' ', i), text.size());
      words.emplace_back(text.substr(i, end - i));
      i = end;
    }
    if (words.empty()) return {};
    static const std::map<std::string, Code> kCodes{
        {"LOAD", Code::kLoad},     {"CONST", Code::kConst}, {"ADD", Code::kAdd},
        {"SUB", Code::kSub},       {"STORE", Code::kStore}, {"SLEEP", Code::kSleep},
        {"JUMP_IF", Code::kJumpIf}};
    const std::string& name = words.front();
    const auto found = kCodes.find(name);
    if (found == kCodes.end()) throw std::invalid_argument(at(line, "no instruction " + name));
    Instruction result{.code = found->second};
    const bool alone = result.code == Code::kAdd || result.code == Code::kSub;
    if (words.size() != (alone ? 1 : 2)) {
      throw std::invalid_argument(at(line, "too many words for " + name + ", or too few"));
    }
    const std::string& word = words.back();
    if (result.code == Code::kLoad || result.code == Code::kStore) {
      result.name = word;
    } else if (!alone) {
      const char* const end = word.data() + word.size();
      const auto [rest, error] = std::from_chars(word.data(), end, result.number);
      if (error != std::errc() || rest != end ||
          (result.code == Code::kSleep && result.number < 0)) {
        throw std::invalid_argument(at(line, word + " is no number for " + name));
      }
    }
    return result;
  }

  static std::int64_t take(std::vector<std::int64_t>& stack, std::size_t line) {
    if (stack.empty()) throw std::runtime_error(at(line, "the stack is empty"));
    const std::int64_t top = stack.back();
    stack.pop_back();
    return top;
  }

  // Runs one instruction, with the Gil. Returns the line to go on at.
  std::size_t step(const Instruction& now, std::size_t line, std::vector<std::int64_t>& stack) {
    switch (now.code) {
      case Code::kNothing:
        break;
      case Code::kLoad:
        if (!globals_.contains(now.name)) {
          throw std::runtime_error(at(line, "no variable " + now.name));
        }
        stack.push_back(globals_.at(now.name));
        break;
      case Code::kConst:
        stack.push_back(now.number);
        break;
      case Code::kAdd:
      case Code::kSub: {
        const std::int64_t b = take(stack, line);
        const std::int64_t a = take(stack, line);
        stack.push_back(now.code == Code::kAdd ? a + b : a - b);
        break;
      }
      case Code::kStore:
        globals_[now.name] = take(stack, line);
        break;
      case Code::kSleep: {
        const AllowThreads allow(gil_);
        std::this_thread::sleep_for(std::chrono::milliseconds(now.number));
        break;
      }
      case Code::kJumpIf:
        return take(stack, line) != 0 ? static_cast<std::size_t>(now.number) : line + 1;
    }
    return line + 1;
  }

  // LOCKSTEP END SOLUTION
  Gil& gil_;
  std::map<std::string, std::int64_t>& globals_;
};

// `total` is 0. Thread 0 runs LOAD total, CONST 1, ADD, STORE total; thread 1 the same with SUB for
// ADD. Under the Gil the eight instructions happen one after the other: in which order, so that
// `total` is `result` at the end? Returns eight numbers, 0 or 1: whose instruction comes first,
// second,
// ... Throws std::invalid_argument if no order ends so.
inline std::vector<int> losing_order(int result) {
  // LOCKSTEP BEGIN SOLUTION
  // Who stores last wins, if it loaded before the other one stored.
  switch (result) {
    case 1:
      return {0, 1, 1, 1, 1, 0, 0, 0};
    case -1:
      return {1, 0, 0, 0, 0, 1, 1, 1};
    case 0:
      return {0, 0, 0, 0, 1, 1, 1, 1};
    default:
      throw std::invalid_argument("losing_order: the end is -1, 0 or 1");
  }
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)result;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

// Runs `program` so that no other program that is run with the same `lock` runs meanwhile: what the
// Gil does for an instruction, for the whole program. The caller has the Gil. It is given up while
// the caller waits for `lock` and while the program runs, as the interpreter takes it itself;
// afterwards the caller has it again. Errors of the program pass, and leave the lock free.
inline void run_alone(Gil& gil, Interpreter& interpreter, std::mutex& lock,
                      std::string_view program) {
  // LOCKSTEP BEGIN SOLUTION
  // The order matters: who waits for the Gil with the lock in its hand, while another one waits for
  // the lock with the Gil in its hand, waits for ever. So nobody waits for anything with the Gil;
  // and on the way back the lock is given up before the Gil is waited for.
  const AllowThreads allow(gil);
  const std::scoped_lock alone(lock);
  interpreter.run(program);
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)gil, (void)interpreter, (void)lock, (void)program;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_02_GIL_GIL_H_
