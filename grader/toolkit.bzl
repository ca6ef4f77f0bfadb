"""toolkit(): the folder that the jail shows as /lockstep, to compile and run a student's code with."""

load("//grader/explorer:flags.bzl", "GCC_FLAGS", "LINK_FLAGS")

_FLAGS = GCC_FLAGS + [
    "-Wall",
    "-Wextra",
    # Designated initializers name what they set; the rest has its default.
    "-Wno-missing-field-initializers",
    "-isystem",
    "/lockstep/shim",
    "-isystem",
    "/lockstep/include",
    "-include",
    "/lockstep/pch/prelude.h",
]

_LINK_FLAGS = LINK_FLAGS + [
    # Twice as fast as the default linker.
    "-fuse-ld=gold",
    "-L/lockstep/lib",
    "-Wl,-rpath,/lockstep/lib",
    "-llockstep_explorer",
    "-llockstep_harness",
]

def _source_path(file):
    # external/doctest/include/doctest/doctest.h -> doctest/doctest.h
    path = file.short_path
    return path.split("/include/", 1)[1] if path.startswith("../") else path

def _toolkit_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    flags = ctx.actions.declare_file(ctx.label.name + "_flags")
    link_flags = ctx.actions.declare_file(ctx.label.name + "_link_flags")
    ctx.actions.write(flags, "\n".join(_FLAGS) + "\n")
    ctx.actions.write(link_flags, "\n".join(_LINK_FLAGS) + "\n")

    args = ctx.actions.args()
    args.add_all([out.path, flags, link_flags])
    for file in ctx.files.headers:
        args.add("include/%s=%s" % (_source_path(file), file.path))
    for file in ctx.files.shim:
        args.add("shim/%s=%s" % (file.short_path.split("/shim/", 1)[1], file.path))
    for file in ctx.files.libraries:
        args.add("lib/%s=%s" % (file.basename, file.path))
    ctx.actions.run(
        executable = ctx.executable._script,
        arguments = [args],
        inputs = ctx.files.headers + ctx.files.shim + ctx.files.libraries + [flags, link_flags],
        mnemonic = "Toolkit",
        outputs = [out],
        progress_message = "Precompiling what every lab includes",
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

toolkit = rule(
    implementation = _toolkit_impl,
    attrs = {
        "headers": attr.label_list(allow_files = True, doc = "go to include/ under their own paths"),
        "libraries": attr.label_list(allow_files = [".so"], doc = "go to lib/"),
        "shim": attr.label_list(allow_files = True, doc = "go before the compiler's own headers"),
        "_script": attr.label(
            cfg = "exec",
            default = "//grader:toolkit.sh",
            executable = True,
            allow_single_file = True,
        ),
    },
)
