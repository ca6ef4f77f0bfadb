#!/bin/bash
# toolkit.sh OUT FLAGS LINK_FLAGS FILE=SOURCE...: fills the folder OUT, which the jail shows as
# /lockstep, with everything that compiling and running a student's code takes.
#
#   FILE      copied from SOURCE: include/..., shim/..., lib/...
#   pch/      the prelude, precompiled with exactly FLAGS: other flags and g++ silently ignores it
#   flags     FLAGS, link_flags  LINK_FLAGS: one a line
set -euo pipefail

out=$1 flags=$2 link_flags=$3
shift 3

for file in "$@"; do
  target=$out/${file%%=*}
  mkdir -p "$(dirname "$target")"
  cp --dereference "${file#*=}" "$target"
done

# The flags name /lockstep, which is not there while this builds; the paths they lead to are not among
# the things g++ compares.
mapfile -t here < <(sed "s|/lockstep|$out|g" "$flags")
prelude=$out/pch/prelude.h
mkdir "$out/pch"
echo '#include "grader/harness/prelude.h"' > "$prelude"

without_include=()
for ((i = 0; i < ${#here[@]}; ++i)); do
  if [[ ${here[i]} == -include ]]; then
    i=$((i + 1))
  else
    without_include+=("${here[i]}")
  fi
done
g++ "${without_include[@]}" "-ffile-prefix-map=$out=/lockstep" -x c++-header "$prelude" -o "$prelude.gch"

# `! FILE.gch` in what -H prints says that it was used.
if ! echo 'int main() {}' | g++ "${here[@]}" -Winvalid-pch -H -x c++ -S -o /dev/null - 2>&1 |
  grep -q '^! .*/prelude\.h\.gch$'; then
  echo "g++ does not take the precompiled prelude: are the flags the same?" >&2
  exit 1
fi

cp "$flags" "$out/flags"
cp "$link_flags" "$out/link_flags"
