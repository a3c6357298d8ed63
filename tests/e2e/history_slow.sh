#!/usr/bin/env bash
# Bugs that real kernels had are put back, found and gone with the fix; those that the rules cannot say are listed.
set -uo pipefail
source tests/e2e/_checks.sh

run 0 '20 of 20 bugs are found where they are put back' 'G07  violated  ' 'G06  not in the rules' -- history
[[ $(grep -c 'proved with the fix' <<<"$out") == 20 ]] || fail "some are not gone with the fix: $out"
(($(grep -cE '^G[0-9]+ ' <<<"$out") == $(find spec/history -name '*.toml' | wc -l))) || fail "some are not listed"

# One alone, with its trace; and as JSON.
run 0 'The bug: ' 'property  NoStaleReuse' '1 of 1 bugs' -- history G07
run 0 '"found": true' '"with_fix": "proved"' '"steps": 1' -- history --json G14
run 1 'Outside: ' '0 of 0 bugs' 'no bug was put back: nothing was shown' -- history G25

# A twin: a bug that does not make the property fall is not found.
sed 's/^property = .*/property = "NewMmHasNoPasid"/' spec/history/G14.toml >"$work/twin.toml"
run 1 'proved ' '0 of 1 bugs' -- history "$work/twin.toml"
sed 's/^property = .*/property = "KernelRequestServed"/' spec/history/G14.toml >"$work/twin.toml"
run 1 'violated WITH THE FIX' '0 of 1 bugs' -- history "$work/twin.toml"
sed 's/^knobs = { width_check/knobs = { width_chek/' spec/history/G14.toml >"$work/twin.toml"
bad "there is no knob 'width_chek'" -- history "$work/twin.toml"
bad "no shipped bug is called 'G99'" -- history G99

echo "$checks checks, $failures failed"
((checks == 8 && failures == 0))
