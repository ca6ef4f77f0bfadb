#ifndef LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
#define LAB_11_PRODUCER_CONSUMER_PIPELINE_H_

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
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
    if (capacity < 1) throw std::invalid_argument("Pipeline: a queue that holds nothing");
  }

  Pipeline& stage(std::function<T(T)> f, std::ptrdiff_t workers = 1) {
    if (!f || workers < 1) throw std::invalid_argument("stage: nothing to do, or nobody to do it");
    stages_.push_back({std::move(f), workers});
    return *this;
  }

  std::vector<T> run(std::vector<T> inputs) const {
    if (stages_.empty()) return inputs;
    Run run(*this, inputs.size());
    return run.send(std::move(inputs));
  }

 private:
  struct Stage {
    std::function<T(T)> f;
    std::ptrdiff_t workers;
  };

  struct Item {
    std::size_t place;
    T value;
  };

  class Run {
   public:
    Run(const Pipeline& line, std::size_t size) : stages_(line.stages_), results_(size) {
      for (const Stage& stage : stages_) {
        links_.push_back(std::make_unique<Link>(line.capacity_, stage.workers));
      }
    }

    std::vector<T> send(std::vector<T> inputs) {
      for (std::size_t s = 0; s < stages_.size(); ++s) {
        for (std::ptrdiff_t i = 0; i < stages_[s].workers; ++i) {
          workers_.emplace_back([this, s] { work(s); });
        }
      }
      feed(std::move(inputs));
      for (std::thread& worker : workers_) worker.join();
      if (failure_) std::rethrow_exception(failure_);
      std::vector<T> outputs;
      for (std::optional<T>& result : results_) outputs.push_back(std::move(*result));
      return outputs;
    }

   private:
    // What stands in front of a stage.
    struct Link {
      Link(std::ptrdiff_t capacity, std::ptrdiff_t workers) : items(capacity), at_work(workers) {}
      Queue<Item> items;
      std::atomic<std::ptrdiff_t> at_work;  // behind it: who may still put into the next link
    };

    void feed(std::vector<T> inputs) {
      try {
        for (std::size_t place = 0; place < inputs.size(); ++place) {
          links_.front()->items.put(Item{place, std::move(inputs[place])});
        }
        links_.front()->items.shutdown();
      } catch (const ShutDown&) {  // a failure
      }
    }

    void work(std::size_t s) {
      try {
        for (;;) handle(s, links_[s]->items.get());
      } catch (const ShutDown&) {  // the end, or a failure
      }
      if (--links_[s]->at_work == 0 && s + 1 < links_.size()) links_[s + 1]->items.shutdown();
    }

    // Takes an item through stage s and on.
    void handle(std::size_t s, Item item) {
      std::optional<T> result;
      try {
        result.emplace(stages_[s].f(std::move(item.value)));
      } catch (...) {
        fail(std::current_exception());
        return;
      }
      if (s + 1 < links_.size()) {
        links_[s + 1]->items.put(Item{item.place, std::move(*result)});
      } else {
        results_[item.place] = std::move(result);
      }
    }

    void fail(std::exception_ptr error) {
      {
        const std::scoped_lock hold(mutex_);
        failure_ = std::move(error);
      }
      for (const auto& link : links_) link->items.shutdown(true);
    }

    const std::vector<Stage>& stages_;
    std::vector<std::unique_ptr<Link>> links_;  // as many as stages
    std::vector<std::optional<T>> results_;     // each is written by one worker
    std::mutex mutex_;
    std::exception_ptr failure_;  // guarded by mutex_; after the join, run()'s alone
    std::vector<std::thread> workers_;
  };

  std::vector<Stage> stages_;
  const std::ptrdiff_t capacity_;
};

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
