#!/usr/bin/env bash
# Runs the README's console blocks, and holds its table of claims against their files.
set -uo pipefail
source tests/e2e/replay.sh
fail() {
  echo "README: $1"
  exit 1
}

# "F8 refuted", for every row of the table of claims; and what the claims' files expect.
table() { sed -nE 's/^\| (F[0-9]+) \|.*\| (proved|refuted)[^|]*\|$/\1 \2/p' "$1" | sort; }
expected() { sed -nE 's/^(id|expected) = "(.*)"$/\2/p' spec/claims/*.toml | paste -d ' ' - - | sort; }
[[ $(expected | wc -l) -ge 14 ]] || fail "the claims' files were not understood"
diff <(table README.md) <(expected) || fail "the table of claims is not what their files expect"

# The twins: a README that promises something else must be noticed.
sed 's/^| F8 |.*refuted/| F8 | proved/' README.md >"$work/twin.md"
diff <(table "$work/twin.md") <(expected) >/dev/null && fail "a tampered table of claims was not noticed"
printf '```console\n$ pasid rules unbind.drain\nunbind.drain(file)\n…\n  await    drain.work-unfinished\n…\n```\n' >"$work/twin.md"
replay "$work/twin.md" >/dev/null
((failures == 1)) || fail "a tampered console block was not noticed"

ln -s "$PWD/tests" "$work/home/tests" # as from a clone
commands=0 failures=0
replay README.md
((commands > 0)) || fail "no command found"
echo "$commands commands of the README, $failures not as printed"
((failures == 0))
