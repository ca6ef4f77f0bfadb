#include "grader/explorer/model/object.h"

#include <sys/mman.h>

#include "grader/explorer/model/memory.h"

namespace lockstep {

namespace {

std::uint32_t hash(std::uintptr_t address) {
  return static_cast<std::uint32_t>((address * 0x9E3779B97F4A7C15u) >> 32);
}

}  // namespace

ObjectTable::Slot* ObjectTable::slot_for(std::uintptr_t address) const {
  for (std::uint32_t i = hash(address) & (capacity_ - 1);; i = (i + 1) & (capacity_ - 1)) {
    Slot& slot = slots_[i];
    if (slot.stamp != stamp_ || slot.address == address) return &slot;
  }
}

Object* ObjectTable::find(std::uintptr_t address) const {
  if (capacity_ == 0) return nullptr;
  const Slot* slot = slot_for(address);
  return slot->stamp == stamp_ && slot->index >= 0 ? &at(slot->index) : nullptr;
}

Object* ObjectTable::look_up(std::uintptr_t address) {
  if (static_cast<std::uint32_t>(used_) * 2 >= capacity_) grow();
  Slot* slot = slot_for(address);
  if (slot->stamp == stamp_ && slot->index >= 0) return &at(slot->index);
  if (used_ / kChunk >= kMaxChunks) die("more synchronisation objects than the explorer can hold");
  Object*& chunk = chunks_[used_ / kChunk];
  if (chunk == nullptr) chunk = static_cast<Object*>(map_memory(sizeof(Object) * kChunk));
  *slot = Slot{address, stamp_, used_};
  Object& object = chunk[used_ % kChunk];
  ++used_;
  object.address = address;
  object.kind = ObjectKind::kUnknown;
  object.recursive = false;
  object.owner = -1;
  object.count = 0;
  object.readers = 0;
  object.waiter_count = 0;
  object.locked_at = nullptr;
  object.released.clear();
  object.read_released.clear();
  return &object;
}

void ObjectTable::forget(std::uintptr_t address) {
  latest_ = nullptr;
  if (capacity_ == 0) return;
  Slot* slot = slot_for(address);
  // The slot stays as a tombstone: probes for other addresses go on past it.
  if (slot->stamp == stamp_) slot->index = -1;
}

void ObjectTable::clear() {
  ++stamp_;
  used_ = 0;
  latest_ = nullptr;
}

void ObjectTable::grow() {
  Slot* old = slots_;
  const std::uint32_t old_capacity = capacity_;
  capacity_ = capacity_ == 0 ? 1024 : capacity_ * 2;
  slots_ = static_cast<Slot*>(map_memory(sizeof(Slot) * capacity_));
  for (std::uint32_t i = 0; i < old_capacity; ++i) {
    if (old[i].stamp == stamp_) *slot_for(old[i].address) = old[i];
  }
  if (old != nullptr) ::munmap(old, sizeof(Slot) * old_capacity);
}

}  // namespace lockstep
