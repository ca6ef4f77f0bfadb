#include "grader/report/why.h"

namespace lockstep::report {

std::string_view why(Rule rule) {
  switch (rule) {
    case Rule::kDataRace:
      return "no lock, join or atomic orders the two accesses, so either may come first or both be "
             "torn; C++ gives such a program no meaning at all.";
    case Rule::kDeadlock:
      return "each of them waits for something that only another one of them can do.";
    case Rule::kLostWakeup:
      return "a notification that nobody waits for is gone; check and wait must be one step under "
             "the lock, and the check must be repeated after the wait.";
    case Rule::kLivelock:
      return "threads that only react to each other are busy for ever and get nowhere.";
    case Rule::kBusyWait:
      return "a waiting thread must give up the processor, not ask again and again.";
    case Rule::kStarvation:
      return "a thread that waits must get its turn after a bounded number of others.";
    case Rule::kCheckFailed:
      return "the case promises this for every interleaving; one is enough to break it.";
    case Rule::kException:
      return "an exception that leaves a thread ends the whole program.";
    case Rule::kCrash:
      return "the program stops here, and all its threads with it.";
    case Rule::kUseAfterFree:
      return "the memory may already belong to something else.";
    case Rule::kDoubleFree:
      return "memory has one owner, who frees it once.";
    case Rule::kLeak:
      return "nobody can free this memory any more.";
    case Rule::kUnlockNotOwner:
      return "only the thread that holds a lock may let it go.";
    case Rule::kRelock:
      return "a plain mutex does not know that its owner asks again; it waits for itself.";
    case Rule::kDestroyedInUse:
      return "whoever still holds it or waits in it touches an object that is gone.";
    case Rule::kThreadNotJoined:
      return "a std::thread that is neither joined nor detached ends the program when it goes.";
    case Rule::kNotInsideLock:
      return "a critical section lets in no more threads than it promises, in any interleaving.";
    case Rule::kEndlessLoop:
      return "the loop never lets another thread change what it waits for.";
    case Rule::kEarlyExit:
      return "a program that exits before its checks have run has proved nothing.";
    case Rule::kForbidden:
      return "the lab asks you to build this yourself.";
    case Rule::kMemoryLimit:
      return "memory grows without bound: something is stored and never let go.";
    case Rule::kOutputLimit:
      return "output without end usually comes from a loop without end.";
    case Rule::kTimeLimit:
      return "the case took far longer than any right solution does.";
    case Rule::kProcessLimit:
      return "a lab about threads needs no processes, and no endless number of threads.";
    case Rule::kForgedAccount:
      return "only the grader's own harness may report what a case did.";
    case Rule::kCompileError:
      return "nothing can be run before it compiles.";
    case Rule::kNoSuchFile:
      return "the lab's files must be there under their own names.";
  }
  return "";
}

std::string page(Rule rule) { return "docs/rules/" + std::string(name_of(rule)) + ".md"; }

}  // namespace lockstep::report
