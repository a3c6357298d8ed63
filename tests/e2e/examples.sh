#!/usr/bin/env bash
# The worked examples of the README's section on changing the model: applies its diffs to a copy of the tree, builds the
# program there, and replays the section's console blocks with it.
set -uo pipefail
source tests/e2e/replay.sh
section() { sed -n '/^## Changing the model/,/^## /p' "$1"; }

copy=$work/tree
mkdir "$copy"
git ls-files -z | xargs -0 cp --parents -t "$copy" 2>/dev/null || { echo "examples: the tree cannot be copied"; exit 1; }
section README.md | awk '/^```diff/ { inside = 1; next } /^```/ { inside = 0 } inside' >"$work/changes.diff"
[[ -s $work/changes.diff ]] || { echo "examples: the README has no diff"; exit 1; }
# The twin: a diff of lines that the tree does not have must be refused.
sed 's/^-\(.*\)/-\1 (not there)/; s/^ \(.*\)/ \1 (not there)/' "$work/changes.diff" >"$work/twin.diff"
(cd "$copy" && patch -p1 --dry-run --silent <"$work/twin.diff" >/dev/null 2>&1) && { echo "examples: the tampered diff was taken"; exit 1; }
(cd "$copy" && patch -p1 --fuzz=0 --no-backup-if-mismatch <"$work/changes.diff") >"$work/patch.log" 2>&1 ||
  { echo "examples: a diff of the README does not apply"; cat "$work/patch.log"; exit 1; }
{
  cmake -S "$copy" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O1 &&
    cmake --build "$copy/build" --target pasid --parallel
} >"$work/build.log" 2>&1 || { echo "examples: the changed tree does not build"; grep -m 5 error "$work/build.log"; exit 1; }
ln -sf "$copy/build/pasid" "$work/bin/pasid"
section README.md >"$work/section.md"
replay "$work/section.md"
((commands > 0)) || { echo "examples: no command found"; exit 1; }
echo "$commands commands of the worked examples, $failures not as printed"
((failures == 0))
