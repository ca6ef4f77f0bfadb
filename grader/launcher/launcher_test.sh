#!/bin/bash
# Tests ./lab in a tree of its own, with a Bazel, an apt-get and a sudo that only write down how they
# were called.
set -euo pipefail

launcher=$PWD/lab
tree=$TEST_TMPDIR/tree
bin=$TEST_TMPDIR/bin
calls=$TEST_TMPDIR/calls
mkdir -p "$tree"/{grader/cli,third_party,labs,.bazel/bin/grader/cli} "$bin"
cp "$launcher" "$tree/lab"
touch "$tree/WORKSPACE" "$tree/.bazelrc" "$tree/labs/course.bzl" "$tree/grader/cli/main.cc"
for tool in bash cat chmod cp dirname env find mkdir mv readlink rm sh tail touch; do
  ln -s "$(command -v "$tool")" "$bin"
done

# fake NAME LINE...: a command that notes its call and then does LINE.
fake() {
  printf '#!/bin/bash\necho "%s $*" >> "%s"\n%s\n' "$1" "$calls" "${2:-}" > "$bin/$1"
  chmod +x "$bin/$1"
}

fail() {
  echo "FAILED: $*"
  echo "it printed:"
  cat "$TEST_TMPDIR/output"
  exit 1
}

# start ARGUMENT...: runs the launcher; its exit status goes to $status.
start() {
  : > "$calls"
  status=0
  PATH=$bin "$tree/lab" "$@" > "$TEST_TMPDIR/output" 2>&1 || status=$?
}

printed() { grep -q -- "$1" "$TEST_TMPDIR/output"; }
called() { grep -q -- "$1" "$calls"; }

# The tool that the fake Bazel "builds" prints its arguments and the root it was given.
fake bazel "printf '#!/bin/bash\necho \"tool in \$LOCKSTEP_ROOT: \$*\"\nexit 7\n' \
  > .bazel/bin/grader/cli/lab; chmod +x .bazel/bin/grader/cli/lab"
fake apt-get
fake sudo '"$@"'

# --- Packages --------------------------------------------------------------------------------------

printf '# a comment\n\nthere: /bin/sh\nnot-there: %s/no-such-file\n' "$tree" > "$tree/third_party/packages.txt"

mv "$bin/apt-get" "$bin/no-apt-get"
start
[[ $status == 2 ]] || fail "without apt-get the exit status should be 2, was $status"
printed 'not installed yet: not-there$' || fail "the missing package should be named, and no other"
printed 'Install these' || fail "what to do should be said"
mv "$bin/no-apt-get" "$bin/apt-get"

start
called '^apt-get install .*not-there$' || fail "the missing package should be installed"
called '^apt-get install .* there' && fail "an installed package should be left alone"

fake apt-get 'echo "E: no such package"; exit 100'
start
[[ $status == 2 ]] || fail "when apt-get fails the exit status should be 2, was $status"
printed 'E: no such package' || fail "what apt-get said should be shown"

printf 'there: /bin/sh\n' > "$tree/third_party/packages.txt"

# --- The tool --------------------------------------------------------------------------------------

rm -rf "$tree/.lockstep"
start grade '5 and more'
called '^bazel build .*//grader/cli:lab' || fail "the tool should be built at the first start"
[[ $status == 7 ]] || fail "the tool's exit status should be the launcher's, was $status"
printed "tool in $tree: grade 5 and more" || fail "the tool should get arguments and root"

start list
called bazel && fail "the second start should build nothing"
printed 'tool in .*: list' || fail "the second start should run the tool"

touch -d '+2 seconds' "$tree/grader/cli/main.cc"
start list
called '^bazel build' || fail "a newer source should be built"

cd /
start list
printed "tool in $tree: list" || fail "it should work from any folder"
echo "all is well"
