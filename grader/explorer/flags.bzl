"""How code that the explorer runs is compiled and linked: the one place that says so.

The toolkit that student code is compiled with and the explorer's own tests use the same flags.
"""

_COMMON = [
    "-std=c++20",
    "-g",
    "-fPIC",
    "-fno-omit-frame-pointer",
    # Every access is a call into another library: straight there.
    "-fno-plt",
    # Calls __tsan_read4 and so on, which the explorer defines. Never linked with -fsanitize.
    "-fsanitize=thread",
    "-pthread",
    # libstdc++ 12's own semaphore on futexes can lose a wake-up.
    "-D_GLIBCXX_USE_POSIX_SEMAPHORE",
]

GCC_FLAGS = _COMMON + [
    # -O1 hoists `while (!flag);` into an empty loop, -O2 deletes it; -Og keeps what was written.
    "-Og",
    "-Wno-tsan",
    # Else a memset of constant size becomes stores that nobody announces.
    "-fno-builtin-memcpy",
    "-fno-builtin-memmove",
    "-fno-builtin-memset",
    "--param",
    "tsan-distinguish-volatile=1",
    # What a student waits for is mostly the compiler. It need not collect its garbage as often as
    # it thinks: a tenth less processor time for 5 per cent more memory.
    "--param",
    "ggc-min-heapsize=131072",  # KiB
    "--param",
    "ggc-min-expand=200",  # per cent
]

CLANG_FLAGS = _COMMON + [
    "-O0",
    # Else `x++` is a write alone.
    "-mllvm",
    "-tsan-instrument-read-before-write=1",
]

LINK_FLAGS = ["-pie", "-Wl,-z,now", "-pthread"]

# For doctest's implementation: tells the explorer when control is inside it.
GCC_ENTRY_FLAGS = ["-finstrument-functions"]

# Before inlining, clang would name in the call functions of libstdc++ that exist only inlined.
CLANG_ENTRY_FLAGS = ["-finstrument-functions-after-inlining"]
