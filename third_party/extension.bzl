"""The system's libraries for MODULE.bazel (Bazel 7 and later; Bazel 4 has no module extensions)."""

load(":system.bzl", "system_libraries")

def _system_impl(_ctx):
    system_libraries()

system = module_extension(implementation = _system_impl)
