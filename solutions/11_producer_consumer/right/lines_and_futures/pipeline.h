// The links are two semaphores and a list: a permit of `full_` is an item, or the end. Closing a
// link is giving one permit more to each worker behind it than there are items: who has a permit
// and finds no item knows that it is over. A failure gives permits that are passed on by
// whoever gets them.
// The workers are tasks, and what they throw is in their futures.

#ifndef LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
#define LAB_11_PRODUCER_CONSUMER_PIPELINE_H_

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
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
    if (!f) throw std::invalid_argument("stage: function");
    if (workers < 1) throw std::invalid_argument("stage: workers");
    stages_.push_back({std::move(f), workers});
    return *this;
  }

  std::vector<T> run(std::vector<T> inputs) const {
    if (stages_.empty()) return inputs;
    std::list<Link> links;
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      links.emplace_back(capacity_, s == 0 ? 1 : stages_[s - 1].workers, stages_[s].workers);
    }
    std::vector<std::optional<T>> results(inputs.size());
    const auto stop = [&] {
      for (Link& link : links) link.stop();
    };
    std::vector<std::future<void>> tasks;
    auto in = links.begin();
    for (const Stage& stage : stages_) {
      const auto out = std::next(in);
      for (std::ptrdiff_t i = 0; i < stage.workers; ++i) {
        tasks.push_back(std::async(std::launch::async, [&, in, out] {
          try {
            while (std::optional<Item> item = in->get()) {
              T value = stage.f(std::move(item->second));
              if (out == links.end()) {
                results[item->first].emplace(std::move(value));
              } else {
                out->put({item->first, std::move(value)});
              }
            }
          } catch (...) {
            stop();
            throw;
          }
          if (out != links.end()) out->leave();
        }));
      }
      in = out;
    }
    std::size_t place = 0;
    for (auto&& input : inputs) links.front().put({place++, std::move(input)});
    links.front().leave();
    std::exception_ptr failure;
    for (std::future<void>& task : tasks) {
      try {
        task.get();
      } catch (...) {
        failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
    std::vector<T> outputs;
    for (std::optional<T>& result : results) outputs.push_back(std::move(*result));
    return outputs;
  }

 private:
  struct Stage {
    std::function<T(T)> f;
    std::ptrdiff_t workers;
  };
  using Item = std::pair<std::size_t, T>;

  class Link {
   public:
    Link(std::ptrdiff_t capacity, std::ptrdiff_t before, std::ptrdiff_t behind)
        : free_(capacity), full_(0), at_work_(before), behind_(behind) {}

    // After a failure the item is lost.
    void put(Item item) {
      free_.acquire();
      const std::scoped_lock hold(mutex_);
      if (stopped_) return free_.release();
      items_.push_back(std::move(item));
      full_.release();
    }

    std::optional<Item> get() {
      full_.acquire();
      const std::scoped_lock hold(mutex_);
      if (stopped_) full_.release();
      if (stopped_ || items_.empty()) return std::nullopt;
      std::optional<Item> item = std::move(items_.front());
      items_.pop_front();
      free_.release();
      return item;
    }

    // One of those who put has ended.
    void leave() {
      const std::scoped_lock hold(mutex_);
      if (--at_work_ == 0) full_.release(behind_);
    }

    // A failure: one permit more on each side, which goes from hand to hand. So whoever sleeps
    // here, or comes here later, goes on.
    void stop() {
      const std::scoped_lock hold(mutex_);
      if (stopped_) return;
      stopped_ = true;
      items_.clear();
      free_.release();
      full_.release();
    }

   private:
    std::counting_semaphore<> free_;
    std::counting_semaphore<> full_;
    std::mutex mutex_;
    std::deque<Item> items_;
    bool stopped_ = false;
    std::ptrdiff_t at_work_;
    const std::ptrdiff_t behind_;
  };

  std::vector<Stage> stages_;
  const std::ptrdiff_t capacity_;
};

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
