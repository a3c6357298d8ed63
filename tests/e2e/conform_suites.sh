#!/usr/bin/env bash
# Vectors for somebody else's program: the C99 example passes smoke and history, each of its tampered twins fails them;
# a program with few calls has tests in smoke, one with none is told where there are more.
set -uo pipefail
source tests/e2e/_checks.sh
example=tests/conform_example/pasid_example.c
compile() { ${CC:-cc} -std=c99 -O1 "$@" || fail "the example does not compile: $*"; }
# outcome NAME: how many tests have it, as the last run says.
outcome() { grep -o "[0-9]* $1" <<<"$out" | head -n 1 | grep -o '[0-9]*'; }

for suite in smoke history; do
  run 0 'tests in' -- vectors --design linux-7.3 --suite $suite --out "$work/$suite.json"
done
suites=("$work/smoke.json" "$work/history.json")

# The example passes all that it can be asked; its twins do not.
compile "$example" -o "$work/mine"
for file in "${suites[@]}"; do
  run 0 ' 0 failed, 0 unknown' -- replay --backend process:"$work/mine" "$file"
  (($(outcome passed) > 2 * $(outcome skipped))) || fail "most of $file is skipped: $out"
done
for bug in $(grep -o 'BUG([0-9]*)' "$example" | grep -o '[0-9]*' | sort -nu); do
  compile -DPASID_BUG="$bug" "$example" -o "$work/bug$bug"
  run 1 'failed' -- replay --backend process:"$work/bug$bug" --trace none "${suites[@]}"
done

# Several of it at once say the same, whatever order they come to it in; and so where the first failure ends it.
same() {
  local one
  run "$1" "$2" -- replay --backend process:"$work/$3" --jobs 1 --trace none "${@:4}" "$work/smoke.json"
  one=$out
  run "$1" "$2" -- replay --backend process:"$work/$3" --jobs 3 --trace none "${@:4}" "$work/smoke.json"
  [[ $one == "$out" ]] || fail "three at once say something else about $3: $out"
}
same 0 ' 0 failed' mine
same 1 'failed' bug5
same 1 'stopped at the first that failed' bug5 --fail-fast

# And fuzz: what one of three finds is found again alone, with the seed that the vector names.
run 0 'nothing wrong was found' 'seeds 7 to 9' -- fuzz --backend process:"$work/mine" --jobs 3 --seed 7 --calls 30000
run 1 'As a vector' -- \
  fuzz --backend process:"$work/bug5" --jobs 3 --seed 7 --calls 30000 --trace none --out "$work/found.json"
seed=$(grep -o 'fuzz --seed [0-9]*' "$work/found.json" | grep -o '[0-9]*')
run 1 'As a vector' -- fuzz --backend process:"$work/bug5" --seed "$seed" --trace none --out "$work/again.json"
cmp -s "$work/found.json" "$work/again.json" || fail "seed $seed finds something else alone"

# Guards that the program was seen to fail at, and how often; a test that fails has shown nothing.
met() { sed -n "s/^ *\([0-9]*\)  $1 .*/\1/p;s/^ *not met  $1 .*/0/p" <<<"$out"; }
run 0 'guards were met' -- replay --backend process:"$work/mine" --guards "$work/smoke.json"
full=$(met bind.pasid-free)
((full > 0)) || fail "nothing was seen of a full space: $out"
# Whose a refusal is stands beside it where the program says so of any, and is one of the two.
by() { printf '#!/bin/sh\n%s | sed -u '"'"'s/"error":"E[A-Z]*"/&,"by":"%s"/g'"'"'\n' "$work/mine" "$1" >"$work/by" && chmod +x "$work/by"; }
grep -qE 'bind.pasid-free +ENOSPC$' <<<"$out" || fail "it is said whose a refusal is that nobody told: $out"
by driver
run 0 'guards were met' -- replay --backend process:"$work/by" --guards "$work/smoke.json"
grep -qE 'bind.pasid-free +ENOSPC +driver$' <<<"$out" || fail "it is not said whose a refusal is: $out"
grep -qE 'stop.portal-unmapped +would_block +unknown$' <<<"$out" || fail "what nobody told is not unknown: $out"
by nobody
run 1 'one of core, driver' -- replay --backend process:"$work/by" --trace none "$work/smoke.json"
run 1 'guards were met' -- replay --backend process:"$work/bug5" --guards --trace none "$work/smoke.json"
(($(met bind.pasid-free) < full)) || fail "a program with no full space was seen to fail there: $out"

# A program that can only create, bind, unbind and exit has fifteen tests in smoke, and one with a mistake fails some.
few='/^static const struct { const char \*name; int (\*run)(void); } calls/,/};/c\
static const struct { const char *name; int (*run)(void); } calls[] = {\
    {"process.create", process_create}, {"exit", process_exit}, {"bind", bind}, {"unbind", unbind}};'
sed -e "$few" -e 's/\\"environment\\"/\\"untold\\"/' "$example" >"$work/few.c"
compile "$work/few.c" -w -o "$work/few"
run 0 ' 0 failed, 0 unknown' 'it has no process.fork' -- replay --backend process:"$work/few" "$work/smoke.json"
(($(outcome passed) >= 15)) || fail "smoke has too little for a program of four calls: $out"
run 0 -- replay --backend process:"$work/few" --guards "$work/smoke.json"
grep -q 'not met  bind.memory-for-handle *ENOMEM *it cannot be told memory.none_for_handle' <<<"$out" ||
  fail "it does not say why a guard was not met: $out"
compile -DPASID_BUG=5 "$work/few.c" -w -o "$work/few5"
run 1 'expected ENOSPC (bind.pasid-free)' -- replay --backend process:"$work/few5" --trace none "$work/smoke.json"

# Where nothing applies that is no success, and it says where to go from there.
sed 's/{"process.create", process_create}, //' "$work/few.c" >"$work/none.c"
compile "$work/none.c" -w -o "$work/none"
run 1 '0 passed, 0 failed' 'no test was run' '--suite covering' 'pasid fuzz' -- \
  replay --backend process:"$work/none" "$work/smoke.json"

echo "$checks checks, $failures failed"
((checks > 10 && failures == 0))
