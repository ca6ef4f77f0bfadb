// Names for the memory of this very program, from its own DWARF and its own stack.

#include "grader/explorer/trace/symbols.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/trace/capture.h"
#include "grader/explorer/trace/tests/check.h"

namespace lockstep::trace {
namespace {

Symbols& symbols() {
  static Symbols symbols;
  return symbols;
}

// What a hook of the explorer does: asks about an address of the caller.
[[gnu::noinline]] Target probe(const volatile void* address, std::size_t size,
                               std::vector<Stack> others = {}) {
  const std::vector<Frame> stack = capture_stack(1);
  Target target = symbols().target(reinterpret_cast<std::uintptr_t>(address),
                                   static_cast<std::uint32_t>(size), stack, others);
  asm volatile("" ::: "memory");
  return target;
}

template <typename T>
[[gnu::noinline]] Target probe(const volatile T& object) {
  Target target = probe(&object, sizeof object);
  asm volatile("" ::: "memory");
  return target;
}

template <typename T>
std::string shown(const Target& target, T value) {
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof value);
  return symbols().value(target.type, bits, sizeof value).value_or("?");
}

// Of some locals, clang at -Og (its -O1; it compiles graded code at -O0) tells the value and no
// address, or the registers that hold the parts: their memory is called what is still known of it.
std::string unless_clang_og(const char* name, const char* without_address) {
#if defined(__clang__) && defined(__OPTIMIZE__)
  (void)name;
  return without_address;
#else
  (void)without_address;
  return name;
#endif
}

}  // namespace

namespace lab {

enum class Color : char { kRed, kBlue = 7 };

class Counter {
 public:
  [[gnu::noinline]] Target name_of_value() {
    Target target = probe(value_);
    value_ = value_ + 1;
    return target;
  }
  int value_ = 3;
};

struct Account {
  std::mutex lock;
  long balance = 0;
};

struct Base {
  int in_base = 0;
};

struct Derived : Base {
  union {
    int as_int;
    char as_char;
  };
  struct Inner {
    short deep[3];
  } inner{};
  [[gnu::noinline]] Target name_of_base() { return probe(in_base); }
};

struct Node {
  int payload = 0;
  std::unique_ptr<Node> next;
};

template <typename T>
class Queue {
 public:
  [[gnu::noinline]] Target name_of_condition() { return probe(not_empty_); }
  [[gnu::noinline]] Target name_inside_mutex() {
    return probe(reinterpret_cast<char*>(&mutex_) + 8, 4);
  }
  [[gnu::noinline]] Target name_of_element() { return probe(items_.front()); }
  [[gnu::noinline]] Target name_of_items() { return probe(&items_, sizeof(void*)); }
  [[gnu::noinline]] Target name_in_predicate() {
    return call([this] { return probe(closed_); });
  }
  template <typename F>
  [[gnu::noinline]] static Target call(F&& f) {
    return f();
  }
  std::mutex mutex_;
  std::condition_variable not_empty_;
  std::deque<T> items_;
  bool closed_ = false;
};

struct Shape {
  virtual ~Shape() = default;
};

struct Shared {
  std::atomic<int> count{2};
};

struct Pool {
  std::shared_ptr<Shared> state = std::make_shared<Shared>();
  static inline int made = 5;
};

Color color = Color::kBlue;
std::array<Account, 2> accounts;
int matrix[2][3];
std::atomic<bool> ready{true};
Counter* pointer = nullptr;

}  // namespace lab

namespace {

void names_of_globals() {
  CHECK_TEXT(probe(lab::color).name, "color");
  CHECK_TEXT(probe(lab::accounts[1].balance).name, "accounts[1].balance");
  CHECK_TEXT(probe(&lab::accounts[1].lock, 0).name, "accounts[1].lock");
  CHECK_TEXT(probe(&lab::accounts[0].lock, 0).name, "accounts[0].lock");
  CHECK_TEXT(probe(lab::matrix[1][2]).name, "matrix[1][2]");
  CHECK_TEXT(probe(lab::ready).name, "ready");
  CHECK_TEXT(probe(lab::Pool::made).name, "Pool::made");
  static int calls = 1;
  CHECK_TEXT(probe(calls).name, "calls");
  ++calls;
  static thread_local int mine = 1;
  CHECK_TEXT(probe(mine).name, "mine");
}

void names_of_locals() {
  lab::Counter counter;
  lab::Derived derived;
  derived.as_int = 1;
  bool flag = false;
  std::vector<long> numbers(10);
  std::optional<int> maybe = 4;
  std::pair<int, char> two{1, 'x'};
  lab::Pool pool;
  lab::Node head;
  head.next = std::make_unique<lab::Node>();
  lab::Node* second = head.next.get();
  asm volatile("" : : "g"(&second) : "memory");
  CHECK_TEXT(probe(counter.value_).name, "counter.value_");
  CHECK_TEXT(probe(derived.in_base).name, "derived.in_base");
  CHECK_TEXT(probe(derived.as_int).name, "derived.as_int");
  CHECK_TEXT(probe(derived.as_char).name, "derived.as_char");
  CHECK_TEXT(probe(derived.inner.deep[2]).name, "derived.inner.deep[2]");
  CHECK_TEXT(derived.name_of_base().name, "Derived::in_base");
  CHECK_TEXT(derived.name_of_base().path, "derived.in_base");
  CHECK_TEXT(probe(flag).name, unless_clang_og("flag", "a local variable of names_of_locals"));
  CHECK_TEXT(probe(numbers[3]).name, unless_clang_og("numbers[3]", "unnamed memory"));
  CHECK_TEXT(probe(*maybe).name, "maybe");
  CHECK_TEXT(probe(two.second).name, "two.second");
  CHECK_TEXT(probe(pool.state->count).name, unless_clang_og("pool.state->count", "unnamed memory"));
  CHECK_TEXT(probe(second->payload).name, "head.next->payload");
}

void names_seen_from_a_class() {
  lab::Counter counter;
  const std::vector<Frame> here = capture_stack();
  CHECK_TEXT(counter.name_of_value().name, "Counter::value_");
  lab::Queue<int> queue;
  queue.items_.push_back(1);
  CHECK_TEXT(queue.name_of_condition().name, "Queue::not_empty_");
  CHECK_TEXT(queue.name_inside_mutex().name, "Queue::mutex_");
  CHECK_TEXT(queue.name_of_items().name, "Queue::items_");
  CHECK_TEXT(queue.name_of_element().name, "an element of Queue::items_");
  CHECK_TEXT(queue.name_in_predicate().name, "Queue::closed_");
  (void)here;
}

void names_in_lambdas() {
  lab::Counter counter;
  int copied = 4;
  const auto by_reference = [&] { return probe(counter.value_); };
  const auto by_value = [copied] { return probe(copied); };
  const std::function<Target()> on_the_heap = [copied, &counter, more = std::array<long, 9>{}] {
    Target target = probe(&copied, sizeof copied);
    asm volatile("" : : "g"(more[1] + counter.value_));  // keeps the closure alive
    return target;
  };
  CHECK_TEXT(by_reference().name, "counter.value_");
  CHECK_TEXT(by_value().name, "copied");
  CHECK_TEXT(on_the_heap().name, "copied");
}

// The accessor's own stack does not know the name; another thread's does.
void names_from_other_stacks() {
  lab::Counter counter;
  const std::vector<Frame> here = capture_stack();
  Target target;
  std::thread([&target, address = &counter.value_, &here] {
    target = probe(address, 4, {Stack(here)});
  }).join();
  CHECK_TEXT(target.name, "counter.value_");
}

void heap_without_a_variable() {
  const std::vector<Frame> allocation = capture_stack();
  const int line = __LINE__ - 1;
  auto block = std::make_unique<std::array<char, 100>>();
  symbols().set_heap([&](std::uintptr_t address) -> std::optional<HeapBlock> {
    const auto begin = reinterpret_cast<std::uintptr_t>(block.get());
    if (address < begin || address >= begin + 100) return std::nullopt;
    return HeapBlock{begin, 100, allocation};
  });
  // Asked from nowhere: no variable leads there.
  const auto address = reinterpret_cast<std::uintptr_t>(block.get());
  const std::string where = "memory allocated at symbols_test.cc:" + std::to_string(line);
  CHECK_TEXT(symbols().target(address, 4, {}, {}).name, where);
  CHECK_TEXT(symbols().target(address + 64, 4, {}, {}).name, where + " + 64");
  symbols().set_heap(nullptr);
  CHECK_TEXT(symbols().target(address, 4, {}, {}).name, "unnamed memory");
  CHECK_TEXT(symbols().target(0, 4, {}, {}).name, "");
}

void values() {
  CHECK_TEXT(shown(probe(lab::color), lab::color), "kBlue");
  CHECK_TEXT(shown(probe(lab::ready), true), "true");
  CHECK_TEXT(shown(probe(lab::accounts[0].balance), -5L), "-5");
  CHECK_TEXT(shown(probe(lab::pointer), static_cast<lab::Counter*>(nullptr)), "null");
  CHECK_TEXT(shown(probe(lab::pointer), &lab::accounts), "&accounts[0].lock");
  int local = 0;
  CHECK_TEXT(shown(probe(lab::pointer), &local), "?");
  CHECK_TEXT(shown(probe(&lab::accounts[0].lock, 0), 1), "");
  std::unique_ptr<int> owner;
  CHECK_TEXT(probe(&owner, sizeof owner).name, "owner");
  CHECK_TEXT(shown(probe(&owner, sizeof owner), static_cast<int*>(nullptr)), "null");
  const lab::Shape shape;
  CHECK_TEXT(probe(&shape, 8).name, "the virtual table pointer of shape");
  CHECK_TEXT(shown(probe(&shape, 8), 0x5555'0000'1234), "");
  unsigned char byte = 200;
  CHECK_TEXT(shown(probe(byte), byte), unless_clang_og("200", "0xc8"));
  char letter = 'a';
  CHECK_TEXT(shown(probe(letter), letter), unless_clang_og("'a'", "0x61"));
  double real = 0.5;
  CHECK_TEXT(shown(probe(real), real), unless_clang_og("0.5", ""));
  CHECK_TEXT(symbols().value(0, 255, 4).value_or("?"), "0xff");
  std::thread::id nobody;
  CHECK_TEXT(shown(probe(nobody), std::uint64_t{0}), "no thread");
}

[[gnu::always_inline]] inline std::vector<Frame> inlined_capture() {
  std::vector<Frame> frames = capture_stack();
  return frames;
}

// Not inlined into main: the chain is of two.
[[gnu::noinline]] void places() {
  const int line = __LINE__ + 1;
  const std::vector<Frame> stack = inlined_capture();
  const std::vector<Place> chain = symbols().places(stack.front().pc);
  CHECK_TEXT(std::to_string(chain.size()), "2");
  if (chain.size() != 2) return;
  CHECK_TEXT(chain[0].function, "inlined_capture");
  CHECK_TEXT(chain[1].function, "places");
  CHECK_TEXT(std::to_string(chain[1].line), std::to_string(line));

  // Through the library: the line that called it.
  Place place;
  const std::function<void()> callback = [&] {
    place = symbols().best_place(Stack(capture_stack()).subspan(1));
  };
  const int call = __LINE__ + 1;
  callback();
  CHECK_TEXT(std::to_string(place.line), std::to_string(call));
  CHECK_TEXT(std::to_string(symbols().best_place({}).line), "0");
  Frame wild;
  wild.pc = 42;
  CHECK_TEXT(std::to_string(symbols().best_place({&wild, 1}).line), "0");
}

}  // namespace
}  // namespace lockstep::trace

int main() {
  using namespace lockstep::trace;
  names_of_globals();
  names_of_locals();
  names_seen_from_a_class();
  names_in_lambdas();
  names_from_other_stacks();
  heap_without_a_variable();
  values();
  places();
  return report("symbols_test");
}
