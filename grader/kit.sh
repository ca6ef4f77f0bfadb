#!/bin/bash
# kit.sh OUT PLAN JUDGE TOOLKIT FILE=SOURCE... -- REFERENCE...: fills the folder OUT, from which the
# judge grades a lab.
#
#   plan.json   what is compiled and what is forbidden
#   LAB/FILE    the graded tests, and the reference headers of the labs that this one builds on
#   cases.json  every case with its points and hints, listed by the judge from the reference solution;
#               no submission has a say in what is expected of it
set -euo pipefail

out=$1 plan=$2 judge=$3 toolkit=$4
shift 4

cp "$plan" "$out/plan.json"
while [[ $1 != -- ]]; do
  mkdir -p "$(dirname "$out/${1%%=*}")"
  cp --dereference "${1#*=}" "$out/${1%%=*}"
  shift
done
shift

reference=$(mktemp -d)
trap 'rm -rf "$reference"' EXIT
cp --dereference "$@" "$reference"
"$judge" list --kit "$out" --toolkit "$toolkit" --submission "$reference" --cases "$out/cases.json"

points=$(grep -o '"points": *[0-9]*' "$out/cases.json" | awk -F: '{ sum += $2 } END { print sum }')
if [[ $points != 100 ]]; then
  echo "the points of this lab's cases sum to ${points:-nothing}, not to 100" >&2
  exit 1
fi
