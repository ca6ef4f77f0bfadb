// Reference counts: shared_ptr, weak_ptr, atomic<shared_ptr>.

#include <atomic>
#include <memory>
#include <thread>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

struct Node : std::enable_shared_from_this<Node> {
  static inline std::atomic<int> alive{0};
  explicit Node(int value) : value(value) { ++alive; }
  Node(const Node&) = delete;
  ~Node() { --alive; }
  int value;
};

}  // namespace

TEST_CASE("shared_ptr: copies in two threads, the last one frees") {
  holds([] {
    auto node = std::make_shared<Node>(1);
    const auto use = [node] {
      const auto copy = node;
      EXPECT(copy->value == 1);
    };
    std::thread a(use);
    std::thread b(use);
    node.reset();
    a.join();
    b.join();
  });
}

TEST_CASE("shared_ptr: is freed in whichever thread is last") {
  const auto body = [](bool by_other) {
    static std::thread::id freed_by;
    auto number = std::shared_ptr<int>(new int(1), [](int* pointer) {
      freed_by = std::this_thread::get_id();
      delete pointer;
    });
    std::thread other([copy = number]() mutable { copy.reset(); });
    const std::thread::id id = other.get_id();
    number.reset();
    other.join();
    EXPECT((freed_by == id) != by_other);
  };
  reaches([&] { body(true); });
  reaches([&] { body(false); });
}

TEST_CASE("weak_ptr: lock gives all or nothing") {
  holds([] {
    auto node = std::make_shared<Node>(1);
    std::thread other([weak = std::weak_ptr(node)] {
      if (const auto strong = weak.lock()) EXPECT(strong->value == 1);
    });
    node.reset();
    other.join();
    EXPECT(Node::alive == 0);
  });
}

TEST_CASE("enable_shared_from_this") {
  holds([] {
    auto node = std::make_shared<Node>(2);
    std::thread other([raw = node.get(), keep = node] {
      const auto again = raw->shared_from_this();
      EXPECT(again->value == 2);
    });
    node = nullptr;
    other.join();
    EXPECT(Node::alive == 0);
  });
}

TEST_CASE("atomic<shared_ptr>: load and store") {
  holds(
      [] {
        std::atomic<std::shared_ptr<Node>> current{std::make_shared<Node>(1)};
        std::thread reader([&] {
          const auto seen = current.load();
          EXPECT(seen->value == 1 || seen->value == 2);
        });
        current.store(std::make_shared<Node>(2));
        reader.join();
        EXPECT(current.load()->value == 2);
        EXPECT(Node::alive == 1);
      },
      spinning());
}

TEST_CASE("atomic<shared_ptr>: compare_exchange and exchange") {
  // Each of its operations spins on a lock bit inside the library.
  holds(
      [] {
        std::atomic<std::shared_ptr<int>> head{std::make_shared<int>(0)};
        const auto add = [&] {
          auto seen = head.load();
          while (!head.compare_exchange_strong(seen, std::make_shared<int>(*seen + 1))) {
          }
        };
        std::thread a(add);
        std::thread b(add);
        a.join();
        b.join();
        EXPECT(*head.load() == 2);
      },
      spinning(), Size::kSampled);
}

TEST_CASE("atomic_load and atomic_store of a shared_ptr") {
  static std::shared_ptr<int> global;
  holds([] {
    global = std::make_shared<int>(1);
    std::thread reader([] { EXPECT(*std::atomic_load(&global) > 0); });
    std::atomic_store(&global, std::make_shared<int>(2));
    reader.join();
    global.reset();
  });
}

TEST_CASE("unique_ptr: handed from thread to thread") {
  holds([] {
    std::unique_ptr<Node> node;
    std::thread maker([&] { node = std::make_unique<Node>(3); });
    maker.join();
    std::thread user([mine = std::move(node)] { EXPECT(mine->value == 3); });
    user.join();
    EXPECT(Node::alive == 0);
  });
}
