#!/usr/bin/env bash
# Runs the README's console blocks, but for those of the section on changing the model (examples.sh does those).
set -uo pipefail
source tests/e2e/replay.sh

# The twin: a README that promises something else must be noticed.
printf '```console\n$ pasid check linux-7.3 --property MsrCoherent\n…\n  MsrCoherent         violated…\n```\n' >"$work/twin.md"
replay "$work/twin.md" >/dev/null
((failures == 1)) || { echo "the tampered README was not noticed"; exit 1; }

commands=0 failures=0
sed '/^## Changing the model/,/^## /{/^## Changing/!{/^## /!d}}' README.md >"$work/README.md"
replay "$work/README.md"
((commands > 0)) || { echo "README: no command found"; exit 1; }
echo "$commands commands of the README, $failures not as printed"
((failures == 0))
