// The line without any closing: the end goes through it as a sentinel, one for each worker of the
// stage behind, put in by the last worker of the stage before. A failure does not stop the flow but
// the work: the items that are still under way go through empty, and nobody is ever left waiting.

#ifndef LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
#define LAB_11_PRODUCER_CONSUMER_PIPELINE_H_

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "10_queue/queue.h"

namespace lab {

template <typename T>
class Pipeline {
 public:
  explicit Pipeline(std::ptrdiff_t capacity = 8) : capacity_(capacity) {
    if (capacity < 1) throw std::invalid_argument("Pipeline: capacity");
  }

  Pipeline& stage(std::function<T(T)> f, std::ptrdiff_t workers = 1) {
    if (!f || workers < 1) throw std::invalid_argument("stage");
    stages_.push_back({std::move(f), workers});
    return *this;
  }

  std::vector<T> run(std::vector<T> inputs) const {
    const std::size_t stages = stages_.size();
    if (stages == 0) return inputs;

    // An item is its own place: a pointer to a slot that nobody else has. Null: the sentinel.
    using Slot = std::optional<T>;
    std::vector<Slot> slots;
    for (auto&& input : inputs) slots.emplace_back(std::move(input));
    inputs.clear();

    std::vector<std::unique_ptr<Queue<Slot*>>> queues;
    for (std::size_t s = 0; s < stages; ++s) {
      queues.push_back(std::make_unique<Queue<Slot*>>(capacity_));
    }
    std::vector<std::atomic<std::ptrdiff_t>> at_work(stages);
    std::atomic<bool> failed = false;
    std::exception_ptr failure;  // written by the one who set `failed`

    const auto end = [&](std::size_t s) {
      for (std::ptrdiff_t i = 0; s < stages && i < stages_[s].workers; ++i) {
        queues[s]->put(static_cast<Slot*>(nullptr));
      }
    };
    const auto work = [&](std::size_t s) {
      while (Slot* const slot = queues[s]->get()) {
        if (!failed) {
          try {
            T value = stages_[s].f(std::move(**slot));
            slot->emplace(std::move(value));
          } catch (...) {
            if (!failed.exchange(true)) failure = std::current_exception();
          }
        }
        if (s + 1 < stages) queues[s + 1]->put(static_cast<Slot*>(slot));
      }
      if (--at_work[s] == 0) end(s + 1);
    };

    std::vector<std::thread> workers;
    for (std::size_t s = 0; s < stages; ++s) {
      at_work[s] = stages_[s].workers;
      for (std::ptrdiff_t i = 0; i < stages_[s].workers; ++i) workers.emplace_back(work, s);
    }
    for (Slot& slot : slots) queues[0]->put(&slot);
    end(0);
    for (std::thread& worker : workers) worker.join();
    if (failure) std::rethrow_exception(failure);
    for (Slot& slot : slots) inputs.push_back(std::move(*slot));
    return inputs;
  }

 private:
  struct Stage {
    std::function<T(T)> f;
    std::ptrdiff_t workers;
  };
  std::vector<Stage> stages_;
  const std::ptrdiff_t capacity_;
};

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
