// doctest's implementation and main, compiled once for every test that is not instrumented.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
