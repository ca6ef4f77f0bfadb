// must fail: "a wake-up for no reason is no gil" data-race
//
// Where nobody ever asks, only the one that hands over notifies the waiter. So whoever wakes up
// seems to have been handed the Gil, and does not look. But a condition variable may wake a thread
// for no reason, too.
#ifndef LAB_02_GIL_GIL_H_
#define LAB_02_GIL_GIL_H_

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace lab {

class Gil {
 public:
  explicit Gil(std::chrono::nanoseconds switch_interval = std::chrono::milliseconds(5)) {
    set_switch_interval(switch_interval);
  }
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

  void acquire() {
    std::unique_lock hold(mutex_);
    if (owner_ == std::this_thread::get_id()) {
      throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                              "Gil: the caller has it");
    }
    stand_in_line(hold);
  }

  void release() {
    std::scoped_lock hold(mutex_);
    require_owner();
    hand_over();
  }

  void check() {
    if (!asked_.load(std::memory_order_relaxed)) return;
    std::unique_lock hold(mutex_);
    require_owner();
    if (line_.empty()) return;
    hand_over();
    stand_in_line(hold);
  }

  bool drop_requested() const { return asked_.load(std::memory_order_relaxed); }

  bool locked() const {
    std::scoped_lock hold(mutex_);
    return owner_ != std::thread::id();
  }

  void set_switch_interval(std::chrono::nanoseconds interval) {
    if (interval <= interval.zero()) throw std::invalid_argument("Gil: the interval is not > 0");
    std::scoped_lock hold(mutex_);
    interval_ = interval;
  }

 private:
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

  void hand_over() {
    asked_.store(false, std::memory_order_relaxed);
    ++switches_;
    if (line_.empty()) {
      owner_ = {};
      return;
    }
    Waiter& next = *line_.front();
    line_.pop_front();
    owner_ = next.thread;
    next.has_it = true;
    next.turn.notify_one();
  }

  void stand_in_line(std::unique_lock<std::mutex>& hold) {
    if (owner_ == std::thread::id()) {
      owner_ = std::this_thread::get_id();
      return;
    }
    Waiter me{.thread = std::this_thread::get_id()};
    line_.push_back(&me);
    if (interval_ > std::chrono::hours(24 * 365 * 100)) return me.turn.wait(hold);
    const auto has_it = [&] { return me.has_it; };
    const std::chrono::nanoseconds interval = interval_;
    for (std::uint64_t seen = switches_; !me.turn.wait_for(hold, interval, has_it);) {
      if (switches_ == seen) asked_.store(true, std::memory_order_relaxed);
      seen = switches_;
    }
  }

  mutable std::mutex mutex_;
  std::deque<Waiter*> line_;
  std::thread::id owner_;
  std::chrono::nanoseconds interval_;
  std::uint64_t switches_ = 0;
  std::atomic<bool> asked_ = false;
};

class GilGuard {
 public:
  explicit GilGuard(Gil& gil) : gil_(gil) { gil_.acquire(); }
  ~GilGuard() { gil_.release(); }
  GilGuard(const GilGuard&) = delete;
  GilGuard& operator=(const GilGuard&) = delete;

 private:
  Gil& gil_;
};

class AllowThreads {
 public:
  explicit AllowThreads(Gil& gil) : gil_(gil) { gil_.release(); }
  ~AllowThreads() { gil_.acquire(); }
  AllowThreads(const AllowThreads&) = delete;
  AllowThreads& operator=(const AllowThreads&) = delete;

 private:
  Gil& gil_;
};

class Interpreter {
 public:
  Interpreter(Gil& gil, std::map<std::string, std::int64_t>& globals)
      : gil_(gil), globals_(globals) {}

  void run(std::string_view program) {
    const std::vector<Instruction> code = read(program);
    std::vector<std::int64_t> stack;
    const GilGuard guard(gil_);
    for (std::size_t line = 1; line <= code.size();) {
      line = step(code[line - 1], line, stack);
      gil_.check();
    }
  }

 private:
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
    for (std::size_t i = 0; i < code.size(); ++i) {
      const auto last = static_cast<std::int64_t>(code.size());
      if (code[i].code == Code::kJumpIf && (code[i].number < 1 || code[i].number > last)) {
        throw std::invalid_argument(at(i + 1, "there is no such line to jump to"));
      }
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
    const auto found = kCodes.find(words[0]);
    if (found == kCodes.end()) throw std::invalid_argument(at(line, "no instruction " + words[0]));
    Instruction result{.code = found->second};
    const bool alone = result.code == Code::kAdd || result.code == Code::kSub;
    if (words.size() != (alone ? 1 : 2)) {
      throw std::invalid_argument(
          at(line, words[0] + " needs " + (alone ? "nothing" : "one word")));
    }
    if (result.code == Code::kLoad || result.code == Code::kStore) {
      result.name = words[1];
    } else if (!alone) {
      const char* const end = words[1].data() + words[1].size();
      const auto [rest, error] = std::from_chars(words[1].data(), end, result.number);
      if (error != std::errc() || rest != end ||
          (result.code == Code::kSleep && result.number < 0)) {
        throw std::invalid_argument(at(line, words[1] + " is no number for " + words[0]));
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

  std::size_t step(const Instruction& now, std::size_t line, std::vector<std::int64_t>& stack) {
    switch (now.code) {
      case Code::kNothing:
        break;
      case Code::kLoad: {
        const auto found = globals_.find(now.name);
        if (found == globals_.end()) throw std::runtime_error(at(line, "no variable " + now.name));
        stack.push_back(found->second);
        break;
      }
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
        if (take(stack, line) != 0) return static_cast<std::size_t>(now.number);
        break;
    }
    return line + 1;
  }

  Gil& gil_;
  std::map<std::string, std::int64_t>& globals_;
};

inline std::vector<int> losing_order(int result) {
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
}

inline void run_alone(Gil& gil, Interpreter& interpreter, std::mutex& lock,
                      std::string_view program) {
  const AllowThreads allow(gil);
  const std::scoped_lock alone(lock);
  interpreter.run(program);
}

}  // namespace lab

#endif  // LAB_02_GIL_GIL_H_
