#!/usr/bin/env bash
# The guide's chapter on adding a rule: applies its diffs to a copy of the tree, builds the program there, and replays the
# chapter's console blocks with it.
set -uo pipefail
source tests/e2e/replay.sh
fail() {
  echo "examples: $1"
  exit 1
}

copy=$work/tree
mkdir "$copy"
git -c safe.directory="$PWD" ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$copy" || fail "the tree cannot be copied"
chapter 3 >"$work/chapter-3.md"
awk '/^```diff/ { inside = 1; next } /^```/ { inside = 0 } inside' "$work/chapter-3.md" >"$work/changes.diff"
[[ -s $work/changes.diff ]] || fail "the chapter has no diff"
# The twin: a diff of lines that the tree does not have must be refused.
sed 's/^\( \|-[^-]\).*/& (not there)/' "$work/changes.diff" >"$work/twin.diff"
(cd "$copy" && patch -p1 --dry-run --silent <"$work/twin.diff" >/dev/null 2>&1) && fail "the tampered diff was taken"
(cd "$copy" && patch -p1 --fuzz=0 --no-backup-if-mismatch <"$work/changes.diff") >"$work/patch.log" 2>&1 || {
  cat "$work/patch.log"
  fail "a diff of the chapter does not apply"
}

# The headers of the libraries cost most, so each room is compiled in one piece (no two files of a room may have a name in
# common); optimized a little, for the proofs that follow cost more without.
build() {
  cmake -S "$copy" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O1 -DBUILD_TESTING=OFF \
    -DPASID_WARNINGS_AS_ERRORS=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 &&
    cmake --build "$copy/build" --target pasid --parallel "$(nproc)"
}
build >"$work/build.log" 2>&1 || {
  grep -m 5 error: "$work/build.log"
  fail "the changed tree does not build"
}
ln -sf "$copy/build/pasid" "$work/bin/pasid"
replay "$work/chapter-3.md"
((commands > 0)) || fail "no command found"
echo "$commands commands of the worked examples, $failures not as printed"
((failures == 0))
