"""Bazel's own rule sets, taken from Debian's packages: a build without any network.

Debian's bazel-bootstrap is Bazel 4.2.3, and the rule sets packaged beside it do not fit it in every
place; each repository here says what it mends.
"""

_RULES = "/usr/share/bazel/rules/"

def _rules_cc_impl(ctx):
    # rules_cc 0.0.4 loads use_cpp_toolchain, which came with Bazel 5. What it returns is written out.
    source = ctx.path(_RULES + "cc")
    if not source.exists:
        fail("rules_cc is not installed. Run ./lab, or: apt-get install bazel-rules-cc")
    result = ctx.execute(["cp", "-r", "--no-preserve=mode", str(source) + "/.", "."])
    if result.return_code != 0:
        fail("cannot copy rules_cc: " + result.stderr)
    for name in ["compiler_flag.bzl", "cc_flags_supplier.bzl"]:
        path = "cc/private/rules_impl/" + name
        text = ctx.read(path)
        text = text.replace(', "use_cpp_toolchain")', ")")
        text = text.replace("use_cpp_toolchain()", '["@bazel_tools//tools/cpp:toolchain_type"]')
        ctx.file(path, text, executable = False)

debian_rules_cc = repository_rule(
    implementation = _rules_cc_impl,
    doc = "rules_cc from the package bazel-rules-cc, fit for Bazel 4.2.3.",
)

def _stub_impl(ctx):
    ctx.file("BUILD", """\
filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
""")

coverage_stub = repository_rule(
    implementation = _stub_impl,
    doc = "Stands for Bazel's Java coverage tools: cc_test names them, nothing here runs them.",
)

def debian_bazel_rules():
    """Declares @rules_cc, @rules_java, @rules_proto, @platforms and @remote_coverage_tools."""
    debian_rules_cc(name = "rules_cc")
    native.local_repository(name = "rules_java", path = _RULES + "java")
    native.local_repository(name = "rules_proto", path = _RULES + "proto")
    native.local_repository(name = "platforms", path = "/usr/share/bazel/tools/platforms")
    coverage_stub(name = "remote_coverage_tools")
