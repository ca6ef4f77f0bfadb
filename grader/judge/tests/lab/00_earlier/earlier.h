#ifndef JAIL_EARLIER_H_
#define JAIL_EARLIER_H_

#include <shared_mutex>

// The lab that 00_jail builds on, made of what 00_jail forbids.

namespace lab {

using Earlier = std::shared_mutex;

}  // namespace lab

#endif  // JAIL_EARLIER_H_
