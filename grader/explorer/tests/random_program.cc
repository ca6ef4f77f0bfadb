#include "grader/explorer/tests/random_program.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <utility>

#include "grader/explorer/tests/outcomes.h"

namespace lockstep::tests {
namespace {

constexpr std::array<const char*, kKinds> kNames{
    "store",   "load",    "fetch_add", "exchange",  "cas",        "locked",
    "nested",  "trylock", "produce",   "produce*",  "consume",    "consume_if",
    "release", "acquire", "tryacq",    "rdshared",  "wrshared",   "send",
    "receive", "poll",    "hangup",    "racy_read", "racy_write",
};

// SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  int below(int limit) {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<int>((z ^ (z >> 31)) % static_cast<std::uint64_t>(limit));
  }

 private:
  std::uint64_t state_;
};

// One decimal digit a thread, in memory that the explorer leaves alone.
class Progress {
 public:
  static constexpr int kThreads = 4;

  Progress() {
    void* memory =
        mmap(nullptr, kThreads, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    digits_ = static_cast<unsigned char*>(memory);
  }

  LOCKSTEP_OUTSIDE void reset() {
    for (int i = 0; i < kThreads; ++i) digits_[i] = 0;
  }
  LOCKSTEP_OUTSIDE void advance(int thread) { ++digits_[thread]; }
  LOCKSTEP_OUTSIDE std::uint64_t value() const {
    std::uint64_t value = 0;
    for (int i = 0; i < kThreads; ++i) value = value * 10 + digits_[i];
    return value;
  }

 private:
  unsigned char* digits_;
};

// Made before the first exploration: a static local would be made again in every execution.
Progress progress_record;

constexpr int kLongest = 4;  // instructions of a thread

// The explorer learns by its code what races. As in a program that somebody wrote, each place has
// code of its own; the asm keeps the compiler from sharing it.
template <int place>
[[gnu::noinline]] int read_at(const int& from) {
  asm volatile("" : : "i"(place));
  return from;
}
template <int place>
[[gnu::noinline]] void write_at(int& to, int value) {
  asm volatile("" : : "i"(place));
  to = value;
}

struct RacyCode {
  int (*read)(const int& from);
  void (*write)(int& to, int value);
};

template <int... places>
constexpr std::array<RacyCode, sizeof...(places)> code_of(
    std::integer_sequence<int, places...> /*places*/) {
  return {{{read_at<places>, write_at<places>}...}};
}

constexpr auto kRacyCode =
    code_of(std::make_integer_sequence<int, Progress::kThreads * kLongest>{});

// Two sockets that talk to each other, made when somebody uses them.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }
  void open() {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) != 0) std::abort();
  }
  int send(int value) {
    const char byte = static_cast<char>(value);
    return static_cast<int>(::send(ends_[0], &byte, 1, MSG_NOSIGNAL));
  }
  int receive() {
    char byte = 0;
    return ::read(ends_[1], &byte, 1) == 1 ? byte : -1;
  }
  int poll() {
    pollfd wish{ends_[1], POLLIN, 0};
    return ::poll(&wish, 1, 0);
  }
  int hang_up() { return ::shutdown(ends_[0], SHUT_WR); }

 private:
  int ends_[2] = {-1, -1};
};

// Everything the threads of one execution share.
struct World {
  std::array<std::atomic<int>, 2> atomics{};
  std::array<int, 2> guarded{};  // under the mutex of the same number
  std::array<int, 2> racy{};
  std::array<std::mutex, 2> mutexes;
  std::shared_mutex shared_mutex;
  int shared = 0;  // under shared_mutex
  std::condition_variable produced;
  int tokens = 0;  // under mutexes[0]
  std::counting_semaphore<> semaphore{0};
  std::array<Line, 2> lines;

  int step(const Instruction& instruction, const RacyCode& racy_code);
  int update(int object, int value);
  int produce(int value, bool all);
};

// Does not commute with itself: the order of two updates shows in the result.
int World::update(int object, int value) {
  const int before = guarded[object];
  guarded[object] = before * 3 + value;
  return before;
}

int World::produce(int value, bool all) {
  {
    std::lock_guard hold(mutexes[0]);
    ++tokens;
  }
  if (all) {
    produced.notify_all();
  } else {
    produced.notify_one();
  }
  return value;
}

// Performs one instruction and returns what it saw.
int World::step(const Instruction& instruction, const RacyCode& racy_code) {
  const auto [kind, object, value] = instruction;
  std::atomic<int>& atomic = atomics[object];
  switch (kind) {
    case Kind::kStore:
      atomic.store(value);
      return 0;
    case Kind::kLoad:
      return atomic.load();
    case Kind::kFetchAdd:
      return atomic.fetch_add(value);
    case Kind::kExchange:
      return atomic.exchange(value);
    case Kind::kCompareExchange: {
      int expected = value - 1;
      const bool swapped = atomic.compare_exchange_strong(expected, value + 1);
      return swapped ? -1 : expected;
    }
    case Kind::kLocked: {
      std::lock_guard hold(mutexes[object]);
      return update(object, value);
    }
    case Kind::kNested: {
      std::lock_guard outer(mutexes[object]);
      std::lock_guard inner(mutexes[1 - object]);
      return update(object, value) * 5 + update(1 - object, value);
    }
    case Kind::kTryLock: {
      std::unique_lock hold(mutexes[object], std::try_to_lock);
      return hold ? update(object, value) : -1;
    }
    case Kind::kProduce:
      return produce(value, false);
    case Kind::kProduceForAll:
      return produce(value, true);
    case Kind::kConsume: {
      std::unique_lock hold(mutexes[0]);
      produced.wait(hold, [this] { return tokens > 0; });
      --tokens;
      return guarded[0];
    }
    case Kind::kConsumeIf: {
      std::unique_lock hold(mutexes[0]);
      if (tokens <= 0) produced.wait(hold);
      return --tokens;
    }
    case Kind::kRelease:
      semaphore.release();
      return 0;
    case Kind::kAcquire:
      semaphore.acquire();
      return 0;
    case Kind::kTryAcquire:
      return semaphore.try_acquire() ? 1 : 0;
    case Kind::kSharedRead: {
      std::shared_lock hold(shared_mutex);
      return shared;
    }
    case Kind::kSharedWrite: {
      std::lock_guard hold(shared_mutex);
      shared = shared * 3 + value;
      return shared;
    }
    case Kind::kSend:
      return lines[object].send(value);
    case Kind::kReceive:
      return lines[object].receive();
    case Kind::kPoll:
      return lines[object].poll();
    case Kind::kHangUp:
      return lines[object].hang_up();
    case Kind::kRacyRead:
      return racy_code.read(racy[object]);
    case Kind::kRacyWrite:
      racy_code.write(racy[object], value);
      return 0;
  }
  return 0;
}

}  // namespace

RandomProgram RandomProgram::of_seed(std::uint64_t seed) {
  Dice dice(seed);
  RandomProgram program;
  const int threads = 2 + dice.below(2);
  const int longest = threads == 2 ? kLongest : kLongest / 2;
  // Few kinds a program, and the first object more often: else the threads would hardly ever meet.
  std::vector<Kind> palette;
  const int kinds = 2 + dice.below(3);
  // Plain accesses are where the explorer has to learn what is a scheduling point: every other
  // program has many.
  const bool is_racy = dice.below(2) == 0;
  for (int i = 0; i < kinds; ++i) {
    const int first = is_racy && dice.below(2) == 0 ? static_cast<int>(Kind::kRacyRead) : 0;
    palette.push_back(static_cast<Kind>(first + dice.below(kKinds - first)));
  }
  for (int i = 0; i < threads; ++i) {
    std::vector<Instruction>& list = program.threads.emplace_back();
    const int length = 1 + dice.below(longest);
    for (int k = 0; k < length; ++k) {
      Instruction instruction;
      instruction.kind = palette[static_cast<std::size_t>(dice.below(kinds))];
      instruction.object = dice.below(4) == 0 ? 1 : 0;
      instruction.value = 1 + dice.below(3);
      list.push_back(instruction);
    }
  }
  return program;
}

bool RandomProgram::uses(Kind kind) const {
  return std::ranges::any_of(threads, [kind](const std::vector<Instruction>& list) {
    return std::ranges::any_of(list, [kind](const Instruction& i) { return i.kind == kind; });
  });
}

std::string RandomProgram::text() const {
  std::string text;
  for (const std::vector<Instruction>& list : threads) {
    text += "[";
    for (const Instruction& instruction : list) {
      text += std::string(" ") + kNames[static_cast<std::size_t>(instruction.kind)] +
              std::to_string(instruction.object) + "," + std::to_string(instruction.value);
    }
    text += " ] ";
  }
  return text;
}

std::uint64_t execute(const RandomProgram& program) {
  World world;
  const Kind on_lines[] = {Kind::kSend, Kind::kReceive, Kind::kPoll, Kind::kHangUp};
  if (std::ranges::any_of(on_lines, [&](Kind kind) { return program.uses(kind); })) {
    for (Line& line : world.lines) line.open();
  }
  std::array<std::uint64_t, 4> seen{};
  progress_record.reset();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < program.threads.size(); ++i) {
    threads.emplace_back([&world, &seen, &list = program.threads[i], i] {
      std::uint64_t hash = i + 1;
      auto racy_code = kRacyCode.begin() + i * kLongest;
      for (const Instruction& instruction : list) {
        hash = mix(hash, static_cast<std::uint64_t>(world.step(instruction, *racy_code++)));
        progress_record.advance(static_cast<int>(i));
      }
      seen[i] = hash;
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::uint64_t hash = 0;
  for (const std::uint64_t value : seen) hash = mix(hash, value);
  for (int object = 0; object < 2; ++object) {
    hash = mix(hash, static_cast<std::uint64_t>(world.atomics[object].load()));
    hash = mix(hash, static_cast<std::uint64_t>(world.guarded[object]));
    hash = mix(hash, static_cast<std::uint64_t>(world.racy[object]));
  }
  hash = mix(hash, static_cast<std::uint64_t>(world.shared));
  return mix(hash, static_cast<std::uint64_t>(world.tokens));
}

std::uint64_t progress() { return progress_record.value(); }
void reset_progress() { progress_record.reset(); }

std::uint64_t whole_progress(const RandomProgram& program) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < Progress::kThreads; ++i) {
    value = value * 10 + (i < program.threads.size() ? program.threads[i].size() : 0);
  }
  return value;
}

}  // namespace lockstep::tests
