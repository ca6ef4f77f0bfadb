"""lab() and solution(): everything that a folder of labs/ or of solutions/ declares.

A lab's BUILD reads like a table of contents:

    lab(
        files = ["rlock.h"],
        tests = ["rlock_test.cc"],
        forbidden = {"recursive_mutex": "RLock is what you build here"},
    )

Its name is its folder's; title and prerequisites are in labs/course.bzl. Student code is compiled and
run by the judge, in a jail, while the test runs: no Bazel action touches it.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//labs:course.bzl", "lab_called")

_ARGUMENT = "  %s \\\n"

# --- Rules ----------------------------------------------------------------------------------------

def _text_file_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(out, ctx.attr.text)
    return [DefaultInfo(files = depset([out]))]

text_file = rule(
    implementation = _text_file_impl,
    doc = "A file of this name with this text.",
    attrs = {"text": attr.string(mandatory = True)},
)

def _kit_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    plan = ctx.actions.declare_file(ctx.label.name + "_plan.json")
    ctx.actions.write(plan, ctx.attr.plan)
    toolkit = ctx.file._toolkit
    args = ctx.actions.args()
    args.add_all([out.path, plan, ctx.executable._judge, toolkit.path])
    for file in ctx.files.tests + ctx.files.needs:
        args.add("%s/%s=%s" % (file.dirname.split("/")[-1], file.basename, file.path))
    args.add("--")
    args.add_all(ctx.files.reference)
    ctx.actions.run(
        executable = ctx.executable._script,
        arguments = [args],
        # The judge's jail replaces Bazel's; within that one, process limits cannot hold.
        execution_requirements = {"no-sandbox": "1"},
        inputs = ctx.files.tests + ctx.files.needs + ctx.files.reference + [plan, toolkit],
        mnemonic = "Kit",
        outputs = [out],
        progress_message = "Listing the cases of " + ctx.label.package,
        tools = [ctx.executable._judge],
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

_kit = rule(
    implementation = _kit_impl,
    doc = "The folder from which the judge grades a lab: plan, tests, expected cases (kit.sh).",
    attrs = {
        "needs": attr.label_list(allow_files = True, doc = "references of the labs it builds on"),
        "plan": attr.string(doc = "plan.json"),
        "reference": attr.label_list(allow_files = True),
        "tests": attr.label_list(allow_files = [".cc", ".h"]),
        "_judge": attr.label(default = "//grader/judge", executable = True, cfg = "target"),
        "_script": attr.label(
            allow_single_file = True,
            cfg = "exec",
            default = "//grader:kit.sh",
            executable = True,
        ),
        "_toolkit": attr.label(allow_single_file = True, default = "//grader:toolkit"),
    },
)

def _graded_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    arguments = [
        "--judge '%s'" % ctx.executable._judge.short_path,
        "--kit \"$(realpath '%s')\"" % ctx.file.kit.short_path,
        "--toolkit \"$(realpath '%s')\"" % ctx.file._toolkit.short_path,
        "--want " + ctx.attr.want,
    ] + ["'%s'" % file.short_path for file in ctx.files.submission]
    ctx.actions.write(
        script,
        "#!/bin/bash\nexec '%s' \\\n" % ctx.executable._expect.short_path +
        "".join([_ARGUMENT % argument for argument in arguments]) + "\n",
        is_executable = True,
    )
    runfiles = ctx.runfiles(
        ctx.files.submission +
        [ctx.file.kit, ctx.file._toolkit, ctx.executable._judge, ctx.executable._expect],
    )
    return [DefaultInfo(executable = script, runfiles = runfiles)]

_graded_test = rule(
    implementation = _graded_test_impl,
    doc = "Grades a submission while the test runs and compares the verdict with what is wanted.",
    attrs = {
        "kit": attr.label(allow_single_file = True, mandatory = True),
        "submission": attr.label_list(allow_files = True, mandatory = True),
        "want": attr.string(
            doc = "see grader/expectation/main.cc",
            mandatory = True,
            values = ["passed", "full", "zero", "ended", "killed"],
        ),
        "_expect": attr.label(
            cfg = "target",
            default = "//grader/expectation:expect",
            executable = True,
        ),
        "_judge": attr.label(default = "//grader/judge", executable = True, cfg = "target"),
        "_toolkit": attr.label(allow_single_file = True, default = "//grader:toolkit"),
    },
    test = True,
)

# --- Macros ---------------------------------------------------------------------------------------

def _name():
    return native.package_name().split("/")[-1]

def graded_test(name, submission, want, lab = None, tags = []):
    """A test that passes when the judge's verdict on `submission` is the one wanted.

    Args:
      name: of the test.
      submission: the files, under the names that the lab gives them.
      want: "passed", "full", "zero", "ended" (half filled), or "killed" (fails what the `must fail`
        lines at its top say).
      lab: whose cases; this folder's unless said otherwise.
      tags: more tags.
    """
    _graded_test(
        name = name,
        timeout = "moderate",
        kit = "//labs/%s:kit" % (lab or _name()),
        submission = submission,
        tags = ["no-sandbox"] + tags,
        want = want,
    )

def _headers(name, files, folder, visibility = None):
    """A cc_library of files in `folder`, to be included as "05_rlock/rlock.h"."""
    cc_library(
        name = name,
        hdrs = [file for file in files if file.endswith(".h")],
        copts = ["-Werror"],
        include_prefix = _name(),
        linkopts = ["-pthread"],
        strip_include_prefix = folder,
        tags = ["manual"],
        visibility = visibility,
        deps = ["//solutions/%s:reference" % lab for lab in lab_called(_name()).needs],
    )

def _benchmark(library):
    cc_binary(
        name = "benchmark",
        srcs = ["//solutions/%s:%s_benchmark.cc" % (_name(), _name().split("_", 1)[1])],
        tags = ["manual"],
        deps = [
            library,
            "@benchmark",
        ],
    )

def lab(files, tests, forbidden = {}):
    """Declares a lab in labs/: what the student fills, and the cases that decide.

    Targets:
      NAME: a manual test that grades the student's files (`bazel test //labs/05_rlock`).
      kit: what the judge grades from. Building it checks that the points sum to 100.
      benchmark: the student's files under the solution's benchmark (manual).

    Args:
      files: what the student fills.
      tests: the graded cases, compiled one after the other with the student's files.
      forbidden: identifiers that may not occur in the student's files, each with the reason that
        the student is told.
    """
    name = _name()
    info = lab_called(name)
    _kit(
        name = "kit",
        needs = ["//solutions/%s:files" % lab for lab in info.needs],
        plan = struct(
            files = files,
            forbidden = [
                struct(identifier = identifier, reason = reason)
                for identifier, reason in forbidden.items()
            ],
            lab = name,
            prerequisites = info.needs,
            tests = tests,
            title = info.title,
        ).to_json(),
        reference = ["//solutions/%s:files" % name],
        tests = tests,
        visibility = ["//visibility:public"],
    )
    native.filegroup(
        name = "tests",
        srcs = tests,
        visibility = ["//solutions/%s:__pkg__" % name],
    )
    native.exports_files(files, visibility = ["//solutions/%s:__pkg__" % name])
    graded_test(
        name = name,
        submission = files,
        tags = ["manual"],
        want = "passed",
    )
    _headers("student", files, folder = "")
    _benchmark(":student")

def solution(files):
    """Declares what solutions/NAME holds, by its folders: the checks that keep a lab honest.

    Targets, NAME being a folder of right/ or wrong/:
      reference_test, right_NAME_test: the judge gives all the points.
      wrong_NAME_test: the judge finds what the file's first lines say.
      reference_native_test, right_NAME_native_test: the cases pass on real threads (tag `native`).
      half_filled_DONE_test: with some exercises done and the others not, every case still ends. DONE
        is the pattern (grader/skeleton/skeleton.h); all but two are manual, and run by
        `bazel test //solutions/NAME:half_filled`.
      skeleton_test: the generated skeleton compiles, ends and gets no point.
      skeleton_current_test: labs/ has the skeleton that the reference generates
        (`./lab skeleton NAME` puts it there).
      benchmark: the reference beside the standard's own.

    Args:
      files: the lab's files, as in lab().
    """
    name = _name()
    native.filegroup(name = "files", srcs = files, visibility = ["//visibility:public"])
    native.exports_files(native.glob(["*_benchmark.cc"], allow_empty = True))
    _headers("reference", files, folder = "", visibility = ["//visibility:public"])
    _benchmark(":reference")
    graded_test(name = "reference_test", submission = files, want = "full")
    _native_test("reference_native_test", ":reference")
    for kind, want in [("right", "full"), ("wrong", "killed")]:
        for marker in native.glob([kind + "/*/" + files[0]], allow_empty = True):
            folder = marker.rpartition("/")[0]
            target = folder.replace("/", "_")
            submission = [folder + "/" + file for file in files]
            graded_test(name = target + "_test", submission = submission, want = want)
            if kind == "right":
                _headers(target, submission, folder = folder)
                _native_test(target + "_native_test", ":" + target)
    _skeleton(files)
    _half_filled(files)

def _native_test(name, library):
    cc_test(
        name = name,
        timeout = "short",
        srcs = ["//labs/%s:tests" % _name()],
        copts = ["-Werror"],
        tags = ["native"],
        deps = [
            library,
            "//grader/harness:native",
        ],
    )

def _generated(folder, files, done = ""):
    """Makes skeletons of `files` in `folder`, with the exercises filled that `done` says."""
    for file in files:
        native.genrule(
            name = "%s_of_%s" % (folder, file),
            srcs = [file],
            outs = ["%s/%s" % (folder, file)],
            cmd = "$(location //grader/skeleton) $< $@ " + done,
            tools = ["//grader/skeleton"],
            visibility = ["//grader:__subpackages__"],
        )
    return ["%s/%s" % (folder, file) for file in files]

# Every choice among four exercises that follow each other, but none and all. The first two, in
# which each exercise misses its neighbours, are part of every test run.
_HALF_FILLED = ["10", "01"] + [
    "1000",
    "0100",
    "0010",
    "0001",
    "1100",
    "0110",
    "0011",
    "1001",
    "0111",
    "1011",
    "1101",
    "1110",
]

def _half_filled(files):
    for done in _HALF_FILLED:
        graded_test(
            name = "half_filled_%s_test" % done,
            submission = _generated("half_filled_" + done, files, done),
            tags = [] if len(done) == 2 else ["manual"],
            want = "ended",
        )
    native.test_suite(
        name = "half_filled",
        tags = ["manual"],
        tests = ["half_filled_%s_test" % done for done in _HALF_FILLED],
    )

def _skeleton(files):
    name = _name()
    generated = _generated("skeleton", files)
    graded_test(name = "skeleton_test", submission = generated, want = "zero")
    pairs = ["$(location skeleton/%s) labs/%s/%s" % (file, name, file) for file in files]
    native.sh_test(
        name = "skeleton_current_test",
        size = "small",
        srcs = ["//grader/skeleton:current_test.sh"],
        args = [name] + pairs,
        data = generated + ["//labs/%s:%s" % (name, file) for file in files],
    )
