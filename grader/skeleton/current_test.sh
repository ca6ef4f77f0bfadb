#!/bin/bash
# current_test.sh LAB (GENERATED COMMITTED)...: fails where a committed skeleton is not the one that
# the reference solution generates.
lab=$1
shift
stale=0
while (($# > 0)); do
  diff -u --label "$2" --label "generated from solutions/$lab" "$2" "$1" || stale=1
  shift 2
done
if ((stale)); then
  cat << END

This is not the skeleton that solutions/$lab generates.
  A student may ignore this: the files are yours to fill.
  An author renews it with: ./lab skeleton $lab
END
fi
exit "$stale"
