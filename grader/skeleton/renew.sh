#!/bin/bash
# renew.sh (GENERATED COMMITTED)...: `bazel run` puts the generated skeletons into the source tree.
set -euo pipefail
while (($# > 0)); do
  cp --dereference --no-preserve=mode "$1" "${BUILD_WORKSPACE_DIRECTORY:?use bazel run}/$2"
  echo "wrote $2"
  shift 2
done
