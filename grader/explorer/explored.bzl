"""Code that runs under the explorer, for the explorer's own tests: compiled as a student's is."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load(":flags.bzl", "CLANG_ENTRY_FLAGS", "CLANG_FLAGS", "GCC_ENTRY_FLAGS", "GCC_FLAGS", "LINK_FLAGS")

_FLAGS = select({
    "//grader/explorer:with_clang": CLANG_FLAGS,
    "//conditions:default": GCC_FLAGS,
}) + [
    # What Bazel adds and the toolkit does not.
    "-U_FORTIFY_SOURCE",
    "-UNDEBUG",
    "-fno-stack-protector",
]

# How a shared library with doctest's implementation is compiled: nothing inside it is modelled.
ENTRY_FLAGS = select({
    "//grader/explorer:with_clang": CLANG_ENTRY_FLAGS,
    "//conditions:default": GCC_ENTRY_FLAGS,
})

_DEPS = [
    "//grader/explorer",
    "//grader/explorer:shim",
]

_DOCTEST = [
    "//grader/explorer/tests:doctest_main",
    "@doctest",
]

def explored_library(name, copts = [], deps = [], **kwargs):
    """An instrumented cc_library that explored tests share; arguments as for cc_library."""
    cc_library(
        name = name,
        copts = _FLAGS + copts,
        linkstatic = True,
        deps = deps + _DEPS,
        **kwargs
    )

def explored_binary(name, copts = [], deps = [], linkopts = [], **kwargs):
    """An instrumented program with a main of its own; arguments as for cc_binary."""
    cc_binary(
        name = name,
        copts = _FLAGS + copts,
        linkopts = LINK_FLAGS + linkopts,
        linkstatic = True,
        deps = deps + _DEPS,
        **kwargs
    )

def explored_test(name, srcs, deps = [], copts = [], linkopts = [], **kwargs):
    """A doctest whose sources are instrumented and linked to the explorer and to doctest's main.

    Nothing of the judge is in it: tests call lockstep::run and look at its Result.

    Args:
      name: of the test.
      srcs: doctest sources and headers, all of them instrumented.
      deps: more libraries: explored_library, or un-instrumented shared libraries.
      copts: more compiler flags.
      linkopts: more linker flags.
      **kwargs: as for cc_test.
    """
    cc_test(
        name = name,
        srcs = srcs,
        copts = _FLAGS + copts,
        linkopts = LINK_FLAGS + linkopts,
        linkstatic = True,
        deps = deps + _DEPS + _DOCTEST,
        **kwargs
    )
