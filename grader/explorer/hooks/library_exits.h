#ifndef GRADER_EXPLORER_HOOKS_LIBRARY_EXITS_H_
#define GRADER_EXPLORER_HOOKS_LIBRARY_EXITS_H_

// What libstdc++ does at the end of a thread: std::promise::set_value_at_thread_exit makes its
// future ready there, std::notify_all_at_thread_exit unlocks and notifies. It keeps a list of both
// under a pthread key, and works the list off in that key's destructor.
namespace lockstep::library_exits {

// Whether `destroy` is the destructor of libstdc++'s key.
bool is_library_key(void (*destroy)(void*));

// Works the list off. Each element that makes a future ready is a store at a scheduling point of
// its own: libstdc++ does it with an atomic store that no hook sees.
void run(void* list);

}  // namespace lockstep::library_exits

#endif  // GRADER_EXPLORER_HOOKS_LIBRARY_EXITS_H_
