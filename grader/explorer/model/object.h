#ifndef GRADER_EXPLORER_MODEL_OBJECT_H_
#define GRADER_EXPLORER_MODEL_OBJECT_H_

#include <cstdint>

#include "grader/explorer/detect/vector_clock.h"

namespace lockstep {

enum class ObjectKind : std::uint8_t {
  kUnknown,
  kMutex,
  kReadWriteLock,
  kCondition,
  kSemaphore,
  kBarrier,
  kOnce,
  kAtomic,
  kFutex,
  kSection,  // the memory of a CriticalSection, a witness and no means of synchronisation
};

// What the model knows of one synchronisation object, found by its address. The object's own bytes
// in the student's memory are not used: they stay as the program initialised them.
struct Object {
  std::uintptr_t address;
  ObjectKind kind;
  bool recursive;
  std::int16_t owner;    // thread that holds it (mutex, writer, once), or -1
  std::int32_t count;    // levels of a recursive mutex; value of a semaphore; parties of a barrier
  std::int32_t readers;  // of a read-write lock
  std::int32_t waiter_count;          // threads in `waiters`
  std::uint8_t waiters[kMaxThreads];  // asleep here, the oldest first
  const void* locked_at;              // code address of the last lock
  VectorClock released;               // what the next one to acquire has seen
  VectorClock read_released;          // what readers of a read-write lock leave to the next writer

  void add_waiter(int thread) { waiters[waiter_count++] = static_cast<std::uint8_t>(thread); }
  // Takes out the waiter at `index` and returns its thread.
  int take_waiter(int index) {
    const int thread = waiters[index];
    --waiter_count;
    for (int i = index; i < waiter_count; ++i) waiters[i] = waiters[i + 1];
    return thread;
  }
  void remove_waiter(int thread) {
    for (int i = 0; i < waiter_count; ++i) {
      if (waiters[i] == thread) {
        take_waiter(i);
        return;
      }
    }
  }
};

// The objects of the current execution.
class ObjectTable {
 public:
  // The object at `address`, made when it is new. Pointers stay valid until `clear`.
  Object* find_or_make(std::uintptr_t address) {
    // An unlock follows its lock.
    if (latest_ != nullptr && latest_->address == address) return latest_;
    return latest_ = look_up(address);
  }
  // The object at `address` if there is one.
  Object* find(std::uintptr_t address) const;
  // Forgets the object, so that another may begin at the same address.
  void forget(std::uintptr_t address);
  void clear();

  int size() const { return used_; }
  Object& at(int index) const { return chunks_[index / kChunk][index % kChunk]; }

 private:
  static constexpr int kChunk = 64;
  static constexpr int kMaxChunks = 1 << 14;
  struct Slot {
    std::uintptr_t address;
    std::uint32_t stamp;
    std::int32_t index;
  };
  Slot* slot_for(std::uintptr_t address) const;
  Object* look_up(std::uintptr_t address);
  void grow();

  Slot* slots_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t stamp_ = 1;
  int used_ = 0;
  Object* latest_ = nullptr;
  Object* chunks_[kMaxChunks] = {};
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_MODEL_OBJECT_H_
