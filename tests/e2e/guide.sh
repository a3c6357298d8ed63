#!/usr/bin/env bash
# Runs the guide's console blocks, but for those of its chapter on adding a rule (examples.sh) and those that start a
# kernel (guide_linux_slow.sh), and follows its links.
set -uo pipefail
source tests/e2e/replay.sh
fail() {
  echo "guide: $1"
  exit 1
}

# dead_links FILE FOLDER: links outside of blocks, to files (from that folder) and chapters; prints those that lead nowhere.
dead_links() {
  local to
  # shellcheck disable=SC2016 # these are no commands
  sed '/^```/,/^```$/d' "$1" | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//' | while IFS= read -r to; do
    case $to in
      '#'*) anchors "$1" | grep -qxF -- "${to#\#}" || echo "$to" ;;
      *'#'*) anchors "$2/${to%%#*}" | grep -qxF -- "${to#*#}" || echo "$to" ;;
      *) [[ -e $2/$to ]] || echo "$to" ;;
    esac
  done
}
anchors() { sed -nE 's/^#+ //p' "$1" | tr '[:upper:]' '[:lower:]' | tr -d '.,:' | tr ' ' '-'; }
dead=$(dead_links spec/GUIDE.md spec; dead_links README.md .)
[[ -z $dead ]] || fail "links lead nowhere: $dead"
sed 's/(#1-/(#9-/; s/(formats\//(no-such\//' spec/GUIDE.md >"$work/twin.md"
(($(dead_links "$work/twin.md" spec | wc -l) >= 2)) || fail "links that lead nowhere were not noticed"

ln -s "$PWD/tests" "$PWD/proofs" "$work/home"
for n in 1 2 4 5; do
  before=$commands
  chapter "$n" | sed '/^### The real kernel/,$d' >"$work/chapter-$n.md"
  replay "$work/chapter-$n.md"
  ((commands > before)) || fail "no command in chapter $n"
done
[[ -z $(chapter 6) ]] || fail "a chapter that nobody runs"
echo "$commands commands of the guide, $failures not as printed"
((failures == 0))
