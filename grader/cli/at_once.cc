#include "grader/cli/at_once.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace lockstep::cli {

void for_each_at_once(std::size_t count, const std::function<void(std::size_t)>& work) {
  constexpr int kAtOnce = 2;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  std::mutex mutex;
  std::exception_ptr problem;  // guarded by mutex until the workers have ended
  const auto worker = [&] {
    try {
      for (std::size_t i = next++; i < count && !stopped; i = next++) work(i);
    } catch (...) {
      const std::scoped_lock hold(mutex);
      problem = std::current_exception();
      stopped = true;
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < kAtOnce; ++i) workers.emplace_back(worker);
  }
  if (problem) std::rethrow_exception(problem);
}

}  // namespace lockstep::cli
