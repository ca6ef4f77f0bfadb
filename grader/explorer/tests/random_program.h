#ifndef GRADER_EXPLORER_TESTS_RANDOM_PROGRAM_H_
#define GRADER_EXPLORER_TESTS_RANDOM_PROGRAM_H_

// Random concurrent programs, small enough to be searched completely. A program is data; `execute`
// interprets it with the standard library's own threads, so that the explorer sees the same calls
// as in a program that somebody wrote.

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::tests {

enum class Kind {
  kStore,  // of an atomic
  kLoad,
  kFetchAdd,
  kExchange,
  kCompareExchange,
  kLocked,         // read and write plain memory under a mutex
  kNested,         // two mutexes, in the order that `object` says: may deadlock
  kTryLock,        // a locked update, or nothing
  kProduce,        // a token, notify_one
  kProduceForAll,  // a token, notify_all
  kConsume,        // wait for a token
  kConsumeIf,      // wait once, if there is no token; the token count may go below zero
  kRelease,        // a semaphore
  kAcquire,
  kTryAcquire,
  kSharedRead,  // a shared_mutex
  kSharedWrite,
  kSend,
  kReceive,
  kPoll,
  kHangUp,
  kRacyRead,  // plain memory without a lock
  kRacyWrite,
};
constexpr int kKinds = static_cast<int>(Kind::kRacyWrite) + 1;

struct Instruction {
  Kind kind = Kind::kLoad;
  int object = 0;  // 0 or 1
  int value = 1;   // 1 to 3
};

// One list of instructions a thread; each thread runs its list once.
struct RandomProgram {
  std::vector<std::vector<Instruction>> threads;

  // The program of this seed: two threads of up to four instructions, or three of up to two.
  static RandomProgram of_seed(std::uint64_t seed);

  bool uses(Kind kind) const;
  std::string text() const;
};

// Runs `program` once, as a body of the explorer. Returns a hash of everything that can be seen at
// the end: what each thread read, and the final memory.
std::uint64_t execute(const RandomProgram& program);

// How far each thread of the last `execute` came: a decimal digit a thread, the instructions it has
// done. Not restored between executions, so that the next one can see how this one ended.
std::uint64_t progress();
void reset_progress();

// What `progress` says when every thread of `program` has come to its end.
std::uint64_t whole_progress(const RandomProgram& program);

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_RANDOM_PROGRAM_H_
