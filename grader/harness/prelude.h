#ifndef GRADER_HARNESS_PRELUDE_H_
#define GRADER_HARNESS_PRELUDE_H_

// Everything that is costly to compile and the same for every lab: the standard headers a lab or
// its test uses, doctest and the explorer's interface. The toolkit holds it precompiled and the
// judge includes it in front of every test file.
//
// The student's header therefore comes after this one, so nothing here may put a name into the
// global namespace: no short doctest macros, no using-declarations. Those are in lab_test.h, which
// a test file includes after the lab's header.

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <latch>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

// doctest lives in the harness library; signals belong to the explorer.
#define DOCTEST_CONFIG_IMPLEMENTATION_IN_DLL
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_NO_SHORT_MACRO_NAMES
#define DOCTEST_CONFIG_SUPER_FAST_ASSERTS
#include <doctest/doctest.h>

#include "grader/explorer/explore.h"
#include "grader/harness/decorators.h"
#include "grader/harness/printing.h"

#endif  // GRADER_HARNESS_PRELUDE_H_
