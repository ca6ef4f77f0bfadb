#ifndef GRADER_JUDGE_PROCESS_TREE_H_
#define GRADER_JUDGE_PROCESS_TREE_H_

#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

namespace lockstep::judge {

// What a process and all its descendants use now. In a process namespace of their own no descendant
// can leave the tree: an orphan becomes a child of the namespace's first process.
struct Usage {
  double cpu_seconds = 0;   // of the living and of the children they have waited for
  long resident_bytes = 0;  // shared pages counted once for each process
  int processes = 0;
  int tasks = 0;  // threads of all processes
};
Usage usage_of_tree(pid_t root);

// The processes of the tree, parents first; without those in `strangers` and what hangs on them.
std::vector<pid_t> processes_of_tree(pid_t root, const std::set<pid_t>& strangers = {});

// The children of this process.
std::set<pid_t> own_children();

// One sentence for each thread of `process` that is doing something worth telling: those that run,
// and the first one. "thread 2 runs (3.1 s of processor time)".
std::vector<std::string> describe_threads(pid_t process);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_PROCESS_TREE_H_
