#ifndef LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
#define LAB_11_PRODUCER_CONSUMER_PIPELINE_H_

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

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
//
// Think before you write:
//  * Two workers of one stage: the second item may be finished first. Where
//    does it go?
//  * A worker finds its queue empty, and the stage before it is done. Is it?
//    All of it?
//  * A stage throws. Who sleeps at this moment, in which queues, and who
//    wakes them?
//  * The last one to know must be run(). How does it learn what was thrown?
template <typename T>
class Pipeline {
 public:
  // `capacity`: how many items may wait in front of each stage. Throws std::invalid_argument if it
  // is less than 1.
  explicit Pipeline(std::ptrdiff_t capacity = 8) : capacity_(capacity) {
    (void)capacity_;
  }

  // Adds a stage at the end: `workers` threads that call `f` for one item at a time each. Returns
  // the pipeline. Not while it runs. Throws std::invalid_argument, and adds nothing, if `f` is
  // empty or `workers` is less than 1.
  Pipeline& stage(std::function<T(T)> f, std::ptrdiff_t workers = 1) {
    (void)f;
    (void)workers;
    throw std::logic_error("not implemented");
  }

  // Sends `inputs` through all stages and returns what comes out, in the order of the inputs. T can
  // be moved. Blocks until all is done, and no thread is left behind. May be called again, also by
  // several threads at once: each call has workers and queues of its own.
  //
  // If a stage throws, no new call begins once that is known, those under way come to their end,
  // and the exception (one of them, if there are several) goes to the caller.
  std::vector<T> run(std::vector<T> inputs) const {
    (void)inputs;
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
  const std::ptrdiff_t capacity_;
};

}  // namespace lab

#endif  // LAB_11_PRODUCER_CONSUMER_PIPELINE_H_
