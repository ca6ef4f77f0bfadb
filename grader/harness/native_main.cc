// The main of a lab's tests in a build without explorer and judge (--config=native, tsan, asan):
// plain doctest, with its own reporter and options.

#define DOCTEST_CONFIG_IMPLEMENTATION_IN_DLL
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
