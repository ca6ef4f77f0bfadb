#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "grader/explorer/tests/expect.h"
#include "grader/explorer/tests/suite.h"

namespace lockstep::tests {
namespace {

// Starts `enter_and_leave(id)` in two threads; the callable says when it is inside.
template <typename Work>
void two_threads(const Work& work) {
  std::thread a(work, 0);
  std::thread b(work, 1);
  a.join();
  b.join();
}

void visit(std::atomic<int>& inside) {
  expect(inside.fetch_add(1) == 0, "two threads are inside at once");
  inside.fetch_sub(1);
}

// "Bluetooth driver" (S. Qadeer, D. Wu, "KISS: Keep It Simple and Sequential", PLDI 2004): the
// request looks whether the driver stops, then announces itself.
template <bool kRight>
void bluetooth_driver() {
  std::atomic<int> pending{1};
  std::atomic<bool> stopping{false};
  std::atomic<bool> stopped{false};
  const auto done = [&] {
    if (pending.fetch_sub(1) == 1) stopped = true;
  };
  std::thread request([&] {
    if (kRight) pending.fetch_add(1);
    const bool refused = stopping;
    if (!kRight) {
      if (refused) return;
      pending.fetch_add(1);
    }
    if (!refused) expect(!stopped, "the driver works on after it has stopped");
    done();
  });
  std::thread stop([&] {
    stopping = true;
    done();
  });
  request.join();
  stop.join();
}

// G. Peterson, "Myths About the Mutual Exclusion Problem", 1981; wrong: the turn is given away
// before the flag is raised.
template <bool kRight>
void peterson() {
  std::array<std::atomic<bool>, 2> wants{};
  std::atomic<int> turn{0};
  std::atomic<int> inside{0};
  two_threads([&](int id) {
    const int other = 1 - id;
    if (kRight) {
      wants[id] = true;
      turn = other;
    } else {
      turn = other;
      wants[id] = true;
    }
    while (wants[other] && turn == other) std::this_thread::yield();
    visit(inside);
    wants[id] = false;
  });
}

// L. Lamport's bakery, 1974; wrong: without the flag that says "I am choosing a number".
template <bool kRight>
void bakery() {
  std::array<std::atomic<bool>, 2> choosing{};
  std::array<std::atomic<int>, 2> number{};
  std::atomic<int> inside{0};
  two_threads([&](int id) {
    const int other = 1 - id;
    if (kRight) choosing[id] = true;
    number[id] = number[other] + 1;
    if (kRight) choosing[id] = false;
    while (choosing[other]) std::this_thread::yield();
    for (;;) {
      const int theirs = number[other];
      const int ours = number[id];
      if (theirs == 0 || ours < theirs || (ours == theirs && id < other)) break;
      std::this_thread::yield();
    }
    visit(inside);
    number[id] = 0;
  });
}

// A ticket lock whose ticket is drawn in two steps.
template <bool kRight>
void ticket_lock() {
  std::atomic<int> next{0};
  std::atomic<int> serving{0};
  std::atomic<int> inside{0};
  two_threads([&](int) {
    int mine = 0;
    if (kRight) {
      mine = next.fetch_add(1);
    } else {
      mine = next;
      next = mine + 1;
    }
    while (serving != mine) std::this_thread::yield();
    visit(inside);
    serving.fetch_add(1);
  });
}

// A lock-free stack of numbered nodes (R. Treiber, 1986). `pop` reads the head's successor and
// swaps it in if the head is still the same node, which it may be again. Right: a count beside the
// number.
template <bool kRight>
class Stack {
 public:
  Stack() {
    for (int node = 2; node >= 0; --node) push(node);
  }
  void push(int node) {
    std::uint64_t head = head_;
    for (;;) {
      next_[static_cast<std::size_t>(node)] = number_of(head);
      if (head_.compare_exchange_strong(head, successor(head, node))) return;
    }
  }
  // The number of a node that is now the caller's, or kNone.
  int pop() {
    std::uint64_t head = head_;
    for (;;) {
      const int node = number_of(head);
      if (node == kNone) return kNone;
      const int next = next_[static_cast<std::size_t>(node)];
      if (head_.compare_exchange_strong(head, successor(head, next))) return node;
    }
  }

  static constexpr int kNone = -1;

 private:
  static int number_of(std::uint64_t head) { return static_cast<int>(head & 0xFF) - 1; }
  static std::uint64_t successor(std::uint64_t head, int node) {
    const std::uint64_t count = kRight ? (head >> 8) + 1 : 0;
    return count << 8 | static_cast<std::uint64_t>(node + 1);
  }

  std::atomic<std::uint64_t> head_{0};
  std::array<std::atomic<int>, 3> next_{};
};

template <bool kRight>
void stack_aba() {
  Stack<kRight> stack;
  std::array<std::atomic<int>, 3> owners{};
  const auto take = [&] {
    const int node = stack.pop();
    if (node != stack.kNone) {
      expect(owners[static_cast<std::size_t>(node)].fetch_add(1) == 0, "a node has two owners");
    }
    return node;
  };
  const auto give = [&](int node) {
    if (node == stack.kNone) return;
    owners[static_cast<std::size_t>(node)].fetch_sub(1);
    stack.push(node);
  };
  std::thread a([&] {
    take();
    take();
  });
  std::thread b([&] {
    const int first = take();
    take();
    give(first);
  });
  a.join();
  b.join();
}

// A sequence lock whose reader does not look again; two halves that belong together.
template <bool kRight>
void sequence_lock() {
  std::atomic<int> sequence{0};
  std::atomic<int> low{0};
  std::atomic<int> high{0};
  std::thread writer([&] {
    ++sequence;
    low = 1;
    high = 1;
    ++sequence;
  });
  std::thread reader([&] {
    int before = 0;
    int seen_low = 0;
    int seen_high = 0;
    do {
      before = sequence;
      seen_low = low;
      seen_high = high;
    } while (kRight && (before % 2 != 0 || sequence != before));
    if (before % 2 == 0) expect(seen_low == seen_high, "half of an update was seen");
  });
  writer.join();
  reader.join();
}

// A deque of one item: the owner takes from the bottom, the thief steals from the top (N. Arora,
// R. Blumofe, C. Plaxton, 1998); wrong: the owner does not contend for the last item.
template <bool kRight>
void last_item_of_deque() {
  std::atomic<int> top{0};
  std::atomic<int> bottom{1};
  std::atomic<int> taken{0};
  std::thread owner([&] {
    const int last = bottom - 1;
    bottom = last;
    int first = top;
    if (first > last) {
      bottom = first;
      return;
    }
    if (!kRight || top.compare_exchange_strong(first, first + 1)) taken.fetch_add(1);
    bottom = last + 1;
  });
  std::thread thief([&] {
    int first = top;
    if (first >= bottom) return;
    if (top.compare_exchange_strong(first, first + 1)) taken.fetch_add(1);
  });
  owner.join();
  thief.join();
  expect(taken <= 1, "the last item was taken twice");
}

// A reference is taken if the count is not zero, in two steps: the object may be gone by then.
template <bool kRight>
void revived_reference() {
  std::atomic<int> count{1};
  std::atomic<bool> gone{false};
  const auto drop = [&] {
    if (count.fetch_sub(1) == 1) gone = true;
  };
  std::thread taker([&] {
    int seen = count;
    if (kRight) {
      while (seen != 0 && !count.compare_exchange_strong(seen, seen + 1)) {
      }
    } else if (seen != 0) {
      count.fetch_add(1);
    }
    if (seen == 0) return;
    expect(!gone, "a reference to an object that is gone");
    drop();
  });
  std::thread holder(drop);
  taker.join();
  holder.join();
}

// A ring that announces the place before the item is in it.
template <bool kRight>
void early_announcement() {
  std::array<std::atomic<int>, 2> ring{};
  std::atomic<int> filled{0};
  std::thread producer([&] {
    for (int item = 0; item < 2; ++item) {
      if (kRight) ring[static_cast<std::size_t>(item)] = item + 1;
      filled = item + 1;
      if (!kRight) ring[static_cast<std::size_t>(item)] = item + 1;
    }
  });
  std::thread consumer([&] {
    const int available = filled;
    for (int item = 0; item < available; ++item) {
      expect(ring[static_cast<std::size_t>(item)] == item + 1,
             "an item that is not there was read");
    }
  });
  producer.join();
  consumer.join();
}

}  // namespace

std::span<const Pair> atomic_pairs() {
  using enum Rule;
  static const std::vector<Pair> pairs{
      {"bluetooth driver", bluetooth_driver<false>, bluetooth_driver<true>, {kCheckFailed}},
      {"peterson", peterson<false>, peterson<true>, {kCheckFailed}},
      {"bakery", bakery<false>, bakery<true>, {kCheckFailed}},
      {"ticket lock",
       ticket_lock<false>,
       ticket_lock<true>,
       {kCheckFailed, kLivelock, kBusyWait, kDeadlock}},
      {"stack ABA", stack_aba<false>, stack_aba<true>, {kCheckFailed}},
      {"sequence lock", sequence_lock<false>, sequence_lock<true>, {kCheckFailed}},
      {"last item of deque", last_item_of_deque<false>, last_item_of_deque<true>, {kCheckFailed}},
      {"revived reference", revived_reference<false>, revived_reference<true>, {kCheckFailed}},
      {"early announcement", early_announcement<false>, early_announcement<true>, {kCheckFailed}},
  };
  return pairs;
}

}  // namespace lockstep::tests
