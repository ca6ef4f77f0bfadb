// One monitor for the whole line: all its queues, one mutex, one condition. There is no closing of
// queues one after the other: it is known how many items must leave a stage in all, so a worker
// waits until there is something to do for it, or nothing will ever be.

#ifndef LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
#define LAB_11_PRODUCER_CONSUMER_PIPELINE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
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

  std::vector<T> run(std::vector<T> inputs) const { return Line(*this).run(std::move(inputs)); }

 private:
  struct Stage {
    std::function<T(T)> f;
    std::ptrdiff_t workers;
  };
  using Items = std::deque<std::pair<std::size_t, T>>;

  class Line {
   public:
    explicit Line(const Pipeline& pipeline)
        : pipeline_(pipeline), queues_(pipeline.stages_.size()), taken_(queues_.size(), 0) {}

    std::vector<T> run(std::vector<T> inputs) {
      if (queues_.empty()) return inputs;
      inputs_ = &inputs;
      size_ = inputs.size();
      std::vector<std::thread> workers;
      for (std::size_t s = 0; s < queues_.size(); ++s) {
        for (std::ptrdiff_t i = 0; i < pipeline_.stages_[s].workers; ++i) {
          workers.emplace_back([this, s] { work(s); });
        }
      }
      for (std::thread& worker : workers) worker.join();
      if (failure_) std::rethrow_exception(failure_);
      std::vector<T> outputs;
      for (auto& [place, value] : results_) outputs.push_back(std::move(value));
      return outputs;
    }

   private:
    void work(std::size_t s) {
      std::unique_lock hold(mutex_);
      for (;;) {
        // The first stage takes from the inputs themselves.
        changed_.wait(hold, [&] { return failure_ || taken_[s] == size_ || has_item(s); });
        if (failure_ || taken_[s] == size_) return;
        std::pair<std::size_t, T> item = take(s);
        changed_.notify_all();
        hold.unlock();
        std::optional<T> value;
        std::exception_ptr error;
        try {
          value.emplace(pipeline_.stages_[s].f(std::move(item.second)));
        } catch (...) {
          error = std::current_exception();
        }
        hold.lock();
        if (error) {
          failure_ = error;
          changed_.notify_all();
          return;
        }
        if (s + 1 == queues_.size()) {
          results_.emplace(item.first, std::move(*value));
          continue;
        }
        changed_.wait(hold,
                      [&] { return failure_ || std::ssize(queues_[s + 1]) < pipeline_.capacity_; });
        if (failure_) return;
        queues_[s + 1].emplace_back(item.first, std::move(*value));
        changed_.notify_all();
      }
    }

    bool has_item(std::size_t s) const { return s == 0 ? taken_[0] < size_ : !queues_[s].empty(); }

    std::pair<std::size_t, T> take(std::size_t s) {
      const std::size_t n = taken_[s]++;
      if (s == 0) return {n, std::move((*inputs_)[n])};
      std::pair<std::size_t, T> item = std::move(queues_[s].front());
      queues_[s].pop_front();
      return item;
    }

    const Pipeline& pipeline_;
    std::vector<T>* inputs_ = nullptr;
    std::size_t size_ = 0;
    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::vector<Items> queues_;       // in front of each stage; the first is not used
    std::vector<std::size_t> taken_;  // by each stage, so far
    std::map<std::size_t, T> results_;
    std::exception_ptr failure_;
  };

  std::vector<Stage> stages_;
  const std::ptrdiff_t capacity_;
};

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
