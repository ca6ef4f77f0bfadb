"""C++ libraries as the system has them installed, one repository a library.

Use them as `@doctest`, `@fmt`, ...: each repository holds one cc_library of its own name.
"""

def _system_library_impl(ctx):
    hint = "%s is not installed. Run ./lab, or: apt-get install %s" % (ctx.name, ctx.attr.package)
    for header in ctx.attr.headers:
        path = ctx.path("/usr/include/" + header)
        if not path.exists:
            fail(hint)
        ctx.symlink(path, "include/" + header)
    ctx.file("BUILD", """\
load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

filegroup(
    name = "headers",
    srcs = glob(["include/**"]),
)

cc_library(
    name = "{name}",
    hdrs = [":headers"],
    includes = ["include"],
    linkopts = {linkopts},
)
""".format(name = ctx.attr.library, linkopts = repr(ctx.attr.linkopts)))

system_library = repository_rule(
    implementation = _system_library_impl,
    doc = "A library of the system: headers linked into the repository, code by linker option.",
    attrs = {
        "headers": attr.string_list(doc = "files or folders under /usr/include"),
        "library": attr.string(doc = "name of the cc_library"),
        "linkopts": attr.string_list(),
        "package": attr.string(doc = "the Debian package that has it"),
    },
)

# name: (package, headers, linkopts)
_LIBRARIES = {
    "benchmark": ("libbenchmark-dev", ["benchmark"], ["-lbenchmark", "-pthread"]),
    "cli11": ("libcli11-dev", ["CLI"], []),
    "doctest": ("doctest-dev", ["doctest"], []),
    "fmt": ("libfmt-dev", ["fmt"], ["-lfmt"]),
    "json": ("nlohmann-json3-dev", ["nlohmann"], []),
    "libdw": ("libdw-dev", ["dwarf.h", "elfutils"], ["-ldw"]),
    "pugixml": ("libpugixml-dev", ["pugixml.hpp", "pugiconfig.hpp"], ["-lpugixml"]),
    "sodium": ("libsodium-dev", ["sodium", "sodium.h"], ["-lsodium"]),
}

def system_libraries():
    """Declares a repository for every library that Lockstep uses."""
    for name, (package, headers, linkopts) in _LIBRARIES.items():
        system_library(
            name = name,
            headers = headers,
            library = name,
            linkopts = linkopts,
            package = package,
        )
