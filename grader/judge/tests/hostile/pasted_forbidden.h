// Uses what the lab forbids under a name that no text shows.
#include <shared_mutex>
#define JOIN(a, b) a##b
inline std::JOIN(shared_, mutex) mine;
