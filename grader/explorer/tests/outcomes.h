#ifndef GRADER_EXPLORER_TESTS_OUTCOMES_H_
#define GRADER_EXPLORER_TESTS_OUTCOMES_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>

namespace lockstep::tests {

// What the explorer must neither see nor restore: un-instrumented code on memory of its own.
#define LOCKSTEP_OUTSIDE __attribute__((no_sanitize("thread"), noinline))

// A set of 64-bit values that survives from one execution to the next: the explorer restores
// globals and the heap, and this lives in neither. A body adds to it, the test reads it after the
// search.
class Outcomes {
 public:
  Outcomes() {
    void* memory =
        mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    table_ = static_cast<std::uint64_t*>(memory);
  }
  ~Outcomes() { munmap(table_, kBytes); }
  Outcomes(const Outcomes&) = delete;
  Outcomes& operator=(const Outcomes&) = delete;

  LOCKSTEP_OUTSIDE void add(std::uint64_t value) {
    ++table_[kAdded];
    if (value == 0) value = ~std::uint64_t{0};  // 0 marks a free slot
    for (std::size_t slot = value * 0x9E3779B97F4A7C15u >> kShift;; slot = (slot + 1) % kSlots) {
      if (table_[slot] == value) return;
      if (table_[slot] == 0) {
        table_[slot] = value;
        ++table_[kDistinct];
        return;
      }
    }
  }

  // How often `add` was called.
  LOCKSTEP_OUTSIDE std::uint64_t added() const { return table_[kAdded]; }

  // How many different values were added.
  LOCKSTEP_OUTSIDE std::uint64_t distinct() const { return table_[kDistinct]; }

  std::set<std::uint64_t> values() const {
    std::set<std::uint64_t> values(table_, table_ + kSlots);
    values.erase(0);
    return values;
  }

  void clear() {
    for (std::size_t slot = 0; slot < kWords; ++slot) table_[slot] = 0;
  }

 private:
  static constexpr int kShift = 64 - 16;
  static constexpr std::size_t kSlots = std::size_t{1} << (64 - kShift);
  static constexpr std::size_t kAdded = kSlots;  // two counters behind the slots
  static constexpr std::size_t kDistinct = kSlots + 1;
  static constexpr std::size_t kWords = kSlots + 2;
  static constexpr std::size_t kBytes = kWords * sizeof(std::uint64_t);

  std::uint64_t* table_;
};

// A step of an order-sensitive hash.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15u + (hash << 6) + (hash >> 2);
  return hash * 0xBF58476D1CE4E5B9u;
}

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_OUTCOMES_H_
