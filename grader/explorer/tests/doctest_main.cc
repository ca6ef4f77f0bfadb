// doctest's implementation and main for the explorer's own tests: a shared library, because its
// locks and allocations are not part of what is explored.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
