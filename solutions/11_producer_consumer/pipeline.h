#ifndef LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
#define LAB_11_PRODUCER_CONSUMER_PIPELINE_H_

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>
// LOCKSTEP BEGIN SOLUTION
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
// LOCKSTEP END SOLUTION

#include "10_queue/queue.h"

namespace lab {

// Pipeline is an assembly line: every item goes through all stages, one after the other, and each
// stage has workers of its own, so that several items are under way at once.
//
//   lab::Pipeline<Image> line;
//   line.stage(load).stage(shrink, 3).stage(save);     shrink takes longest: three workers
//   std::vector<Image> saved = line.run(images);
//
// Between two stages is a queue that holds `capacity` items. When it is full, the stage before it
// stops until there is room: the slowest stage sets the pace of all, and nothing piles up.
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
//   run()  --> links[0] --> workers of stage 0 --> links[1] --> workers of stage 1 --> results
//
// Each link is a queue of lab 10. So all sleeping and waking is there already, and back-pressure,
// too: it is nothing but put() blocking on a full queue. What is left to do:
//
//   the order   With several workers, items overtake each other. Each carries its place, and ends
//               in the result of that place: one thread writes there, once, and run() reads it
//               after the join. No lock is needed, and no sorting.
//   the end     runs down the line as the items do. run() closes the first link after its last
//               put. A worker whose link is closed *and empty* goes home; the last one of its stage
//               (and only the last: the others may still hold an item) closes the next link.
//   a failure   is written down, and then every link is closed at once, with
//               what is in it thrown away. Whoever sleeps in a put or a get, wherever it is, gets
//               ShutDown; whoever is inside a stage's function finds out at the next put or get.
//               So does the worker that failed, and goes home like the others.
//
//   who sleeps                 until                               woken by
//   -------------------------  ----------------------------------  ------------------------------
//   run(), put in links[0]     there is room, or a failure         stage 0, fail
//   worker of s, get           there is an item, the end, failure  stage s-1, its last one, fail
//   worker of s, put           there is room, or a failure         stage s+1, fail
//   run(), join                every worker has gone home          their ends
//
// It ends always: items only move forwards, and the last stage never waits to give one away. So
// some worker can always go on, until the end or the failure has reached everybody.
//
// What a stage throws is foreign: it may even be ShutDown, from a queue of its own. So the call of
// the function has a try block of its own, apart from that around our own put and get.
//
// Memory order: that of the queues. What a stage did with an item happens before what the next
// stage does with it. What all did happens before run() returns or throws.
//
// Sources: M. Welsh, D. Culler, E. Brewer, SEDA (2001), for stages, queues between them, and why
// they are bounded. R. Pike and others, Go Concurrency Patterns: Pipelines and cancellation (2014),
// for the close that runs down the line.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Think before you write:
// LOCKSTEP SKELETON: //  * Two workers of one stage: the second item may be finished first. Where
// LOCKSTEP SKELETON: //    does it go?
// LOCKSTEP SKELETON: //  * A worker finds its queue empty, and the stage before it is done. Is it?
// LOCKSTEP SKELETON: //    All of it?
// LOCKSTEP SKELETON: //  * A stage throws. Who sleeps at this moment, in which queues, and who
// LOCKSTEP SKELETON: //    wakes them?
// LOCKSTEP SKELETON: //  * The last one to know must be run(). How does it learn what was thrown?
template <typename T>
class Pipeline {
 public:
  // `capacity`: how many items may wait in front of each stage. Throws std::invalid_argument if it
  // is less than 1.
  explicit Pipeline(std::ptrdiff_t capacity = 8) : capacity_(capacity) {
    // LOCKSTEP BEGIN SOLUTION
    if (capacity < 1) throw std::invalid_argument("Pipeline: a queue that holds nothing");
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)capacity_;
  }

  // Adds a stage at the end: `workers` threads that call `f` for one item at a time each. Returns
  // the pipeline. Not while it runs. Throws std::invalid_argument, and adds nothing, if `f` is
  // empty or `workers` is less than 1.
  Pipeline& stage(std::function<T(T)> f, std::ptrdiff_t workers = 1) {
    // LOCKSTEP BEGIN SOLUTION
    if (!f || workers < 1) throw std::invalid_argument("stage: nothing to do, or nobody to do it");
    stages_.push_back({std::move(f), workers});
    return *this;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)f;
    // LOCKSTEP SKELETON: (void)workers;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Sends `inputs` through all stages and returns what comes out, in the order of the inputs. T can
  // be moved. Blocks until all is done, and no thread is left behind. May be called again, also by
  // several threads at once: each call has workers and queues of its own.
  //
  // If a stage throws, no new call begins once that is known, those under way come to their end,
  // and the exception (one of them, if there are several) goes to the caller.
  std::vector<T> run(std::vector<T> inputs) const {
    // LOCKSTEP BEGIN SOLUTION
    if (stages_.empty()) return inputs;
    Run run(*this, inputs.size());
    return run.send(std::move(inputs));
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)inputs;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  struct Stage {
    std::function<T(T)> f;
    std::ptrdiff_t workers;
  };

  struct Item {
    std::size_t place;
    T value;
  };

  // One call of run().
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
      // equivalent swap-statements: run() looks when it has joined the worker that is here
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
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
  const std::ptrdiff_t capacity_;
};

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
