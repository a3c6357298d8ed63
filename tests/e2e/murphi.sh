#!/usr/bin/env bash
# Another explorer: a scope written as a Murphi program has, by Rumur, as many states as the search finds, and its
# invariants hold or fail as they do there. The twins: without a guard in the program's text the number is another.
set -uo pipefail
source tests/e2e/_checks.sh
command -v rumur >/dev/null || { echo "SKIPPED: murphi: there is no rumur here; Debian has it in the package rumur"; exit 77; }

# states PROGRAM: what Rumur counts in it, as "N ok", or "N NAME" where that invariant fails, or "N stuck".
states() {
  local said
  rumur --quiet --deadlock-detection off --threads 1 --output "$work/model.c" "$1" 2>"$work/log" &&
    ${CC:-cc} -std=c11 -O1 -mcx16 -w "$work/model.c" -o "$work/model" -lpthread 2>"$work/log" || { head -n 5 "$work/log"; return; }
  said=$("$timeout" 300 "$work/model" 2>&1)
  printf '%s %s' "$(sed -nE 's/^.*[^0-9]([0-9]+) states.*$/\1/p' <<<"$said" | tail -n 1)" \
    "$(sed -nE 's/.*No error found.*/ok/p; s/.*invariant "(.*)" failed.*/\1/p' <<<"$said" | grep . || echo stuck)"
}

# scope DESIGN ARGUMENTS...: the search and the program count the same.
compared=0
scope() {
  run 0 '"end": "exhausted"' -- explore "$@" --grain step --no-symmetry --json
  local ours theirs
  ours=$(sed -nE 's/^ *"states": ([0-9]+).*/\1/p' <<<"$out")
  run 0 -- explore "$@" --grain step --murphi "$work/model.m"
  theirs=$(states "$work/model.m")
  checks=$((checks + 1))
  echo "$*: $ours states, by Rumur $theirs"
  [[ $ours -gt 100 && $theirs == "$ours ok" ]] || fail "$*: $ours states, by Rumur $theirs"
  compared=$((compared + 1))
}

one=(--size As=1 --size Task=1 --size Bond=1 --size Desc=1 --size Wq=1 --size Dev=1 --size Group=1 --size Unit=1 --size Space=1 --size Pasid=2)
scope per-device-user-pasids-vtd "${one[@]}"
scope thread-baseline "${one[@]}"
scope per-unit-user-pasids "${one[@]}" --size Dev=2 --size Group=2 --size Unit=2 --size Space=2 --only-mms # sizes differ between topologies
scope linux-7.3 "${one[@]}" --only-mms

# A guard less in the text: other states, and as many as the search finds without it. The last program written is the
# clean one.
clean=$(states "$work/model.m")
sed '/^rule "unbind.drain"$/,/^==>/s/^  & .*/  \& true/' "$work/model.m" >"$work/twin.m"
! cmp -s "$work/model.m" "$work/twin.m" || fail "no guard was found to take away"
run 0 -- explore linux-7.3 "${one[@]}" --only-mms --grain step --no-symmetry --json --drop drain.work-finished
without=$(sed -nE 's/^ *"states": ([0-9]+).*/\1/p' <<<"$out")
twin=$(states "$work/twin.m")
checks=$((checks + 1))
[[ $twin == "$without ok" && $twin != "$clean" ]] || fail "without a guard: $without states, by Rumur $twin; with it $clean"

# Invariants: all that are proved of the design hold in the program, too; one that is violated fails; and some are none.
proved=$("$PASID" prove linux-7.3 --json | sed -n '/"properties": \[/,$p' | tr -d '\n' | grep -oE '"name": "[^"]*", *"status": "proved"' | cut -d '"' -f 4)
invariants=() violated=KernelRequestServed
for name in $proved; do
  "$PASID" rules --formulas --json | tr -d '\n' | grep -qE "\"name\": \"$name\", *\"of\": \"states\"" && invariants+=(--property "$name")
done
((${#invariants[@]} >= 10)) || fail "too few properties of states are proved: ${invariants[*]}"
run 0 -- explore linux-7.3 "${one[@]}" --only-mms --grain step "${invariants[@]}" --murphi "$work/model.m"
checks=$((checks + 1))
[[ $(states "$work/model.m") == "$clean" ]] || fail "what is proved fails in the program: $(states "$work/model.m")"
echo "invariants of linux-7.3 that hold by Rumur: $((${#invariants[@]} / 2))"
run 1 -- explore linux-7.3 "${one[@]}" --only-mms --grain step --property "$violated" --trace none
run 0 -- explore linux-7.3 "${one[@]}" --only-mms --grain step --property "$violated" --murphi "$work/model.m"
checks=$((checks + 1))
[[ $(states "$work/model.m") == *" $violated" ]] || fail "what is violated holds in the program"
bad 'is no property of states' -- explore linux-7.3 --grain step --property FailedCallChangesNothing --murphi "$work/model.m"
bad 'only with --grain step' -- explore linux-7.3 --murphi "$work/model.m"

echo "$checks checks, $failures failures, $compared scopes compared"
((compared == 4 && failures == 0))
