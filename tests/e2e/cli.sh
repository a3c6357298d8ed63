#!/usr/bin/env bash
# The command line: exit codes, JSON, bad input, one answer for any number of threads, and the tampered twins of the
# prover, the search and the vacuity check.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 failures=0

# run CODE TEXT... -- ARGUMENTS: `pasid ARGUMENTS` exits with CODE and prints every TEXT.
run() {
  local code=$1 texts=() got out
  shift
  while [[ $1 != -- ]]; do texts+=("$1") && shift; done
  shift
  out=$("$PASID" "$@" 2>&1 </dev/null)
  got=$?
  checks=$((checks + 1))
  [[ $got == "$code" ]] || { printf 'pasid %s: exit %s, not %s\n%s\n' "$*" "$got" "$code" "${out:0:600}" && failures=$((failures + 1)); }
  for t in "${texts[@]}"; do
    [[ $out == *"$t"* ]] || { printf 'pasid %s: does not say "%s"\n%s\n' "$*" "$t" "${out:0:600}" && failures=$((failures + 1)); }
  done
}

# Exit codes and the machine-readable shapes.
run 0 '"id": "F8"' '"verdict": "refuted"' '"agrees": true' -- claims --json
run 1 '"design": "linux-7.3"' '"name": "DmaIsolation"' '"verdict": "proved"' '"steps": null' -- check linux-7.3 --json
run 1 '"verdict": "violated"' '"steps": 3' -- check per-device-user-pasids-amd --property OnePasidPerMm --json
run 0 'as expected' -- check per-device-user-pasids-amd --expect
run 2 '"verdict": "unsat"' '"seconds"' '"properties"' -- prove linux-7.3 --json
run 2 'not preserved' -- prove per-device-user-pasids-amd
run 1 'DmaIsolation is violated' -- explore per-device-user-pasids-vtd --property DmaIsolation
run 2 'stopped at the limit on steps' -- explore linux-7.3 --property DmaIsolation --max-depth 2
run 0 'every reachable state' -- explore linux-7.3 --size As=2 --size Task=1 --size Wq=1 --size Dev=1 --size Bond=1 --property DmaIsolation
run 1 'sequenceDiagram' -- check per-device-user-pasids-amd --property OnePasidPerMm --trace mermaid
run 1 'mbt::actionTaken' -- check per-device-user-pasids-amd --property OnePasidPerMm --trace itf
run 0 'linux-7.3' -- design list --json
run 0 'kernel_scheme' -- design show reserved-kernel-pasid --json
run 0 'well-formed' -- design validate overlapping-kernel-sets
run 0 '"errno": "ENOSPC"' -- rules bind.pasid --json
run 0 '2 of ' -- rules --knob free_point

# Bad input: one line, exit 3.
bad() {
  run 3 "$@"
  shift_to=("$@")
  while [[ ${shift_to[0]} != -- ]]; do shift_to=("${shift_to[@]:1}"); done
  local lines
  lines=$("$PASID" "${shift_to[@]:1}" 2>&1 </dev/null | wc -l)
  ((lines <= 2)) || { printf 'pasid %s: %s lines for bad input\n' "${shift_to[*]:1}" "$lines" && failures=$((failures + 1)); }
}
printf 'name = "x"\ntitle = "x"\nbase = "linux-7.3"\n[knobs]\ncache_tag = "vtdd"\n' >"$work/value.toml"
printf 'name = "x"\ntitle = \n' >"$work/syntax.toml"
bad "value.toml:5:13" "vtdd" -- check "$work/value.toml"
bad "syntax.toml:2:" -- design validate "$work/syntax.toml"
bad "no-such" -- check no-such
bad "F99" -- claims F99
bad "Nothing" -- check linux-7.3 --property Nothing
bad "no.such.guard" -- check linux-7.3 --drop no.such.guard
bad "no-such-rule" -- prove linux-7.3 --block no-such-rule
bad "Task=x" -- explore linux-7.3 --size Task=x
bad "Tusk" -- explore linux-7.3 --size Tusk=2
bad "check" -- check
run 3 -- frobnicate
run 3 -- prove linux-7.3 --timeout nine

# Tampered twins. The clean runs are above. Prover: a lemma falls, and a property with it.
run 2 'linux-7.3 without drain.work-finished' 'DmaIsolation                  not preserved' 'users_work_has_undrained_bond  not preserved by unbind.drain' -- \
  prove linux-7.3 --drop drain.work-finished
# Search: the trace of the rules without the guard.
run 1 'linux-7.3 without drain.work-finished' 'DmaIsolation is violated' -- \
  explore linux-7.3 --property DmaIsolation --drop drain.work-finished
# Both, against what is expected.
run 1 'linux-7.3 without drain.work-finished' 'NoStaleReuse                  violated        EXPECTED proved' -- check linux-7.3 --expect --drop drain.work-finished
# A bug that was in the kernel (2667ed10d9f0): the number is freed with the last user of the address space. Five calls:
# create, bind, write, exit, and somebody gets the number while the work is still queued.
printf 'name = "g07"\ntitle = "PASID freed in __mmput"\nbase = "linux-7.3"\n[knobs]\nfree_point = "mm_put"\n' >"$work/g07.toml"
run 1 'NoStaleReuse                  violated        5 steps' -- check "$work/g07.toml" --property NoStaleReuse
# Vacuity: a rule that cannot fire.
run 1 'dead rule: portal.map can never fire' -- check linux-7.3 --expect --block portal.map
run 1 'dead rule: portal.map can never fire' -- prove linux-7.3 --block portal.map

# One answer, whatever the number of threads.
for grain in call step; do
  for threads in 1 2 5; do
    "$PASID" explore per-device-enqcmd --property NoStaleReuse --grain $grain --threads $threads --json |
      grep -v '"seconds"' >"$work/$grain-$threads.json"
  done
  for threads in 2 5; do
    checks=$((checks + 1))
    [[ -s $work/$grain-1.json ]] && cmp -s "$work/$grain-1.json" "$work/$grain-$threads.json" ||
      { echo "the trace with $threads threads is another than with one ($grain)" && failures=$((failures + 1)); }
  done
done

# Traces and obligations are written whole, or the run says why not.
run 1 -- check per-device-user-pasids-amd --property OnePasidPerMm --trace none --save-traces "$work/traces"
for suffix in txt mmd itf.json; do
  checks=$((checks + 1))
  [[ -s $work/traces/per-device-user-pasids-amd--OnePasidPerMm.$suffix ]] || { echo "no .$suffix was saved" && failures=$((failures + 1)); }
done
touch "$work/file"
run 3 'save-traces' -- check per-device-user-pasids-amd --property OnePasidPerMm --save-traces "$work/file/x"
run 2 -- prove linux-7.3 --dump-smt "$work/smt"
checks=$((checks + 1))
(($(ls "$work/smt" | wc -l) > 200)) || { echo "too few obligations were written" && failures=$((failures + 1)); }

# The second solver: cvc5 where there is one, and puppets of it that deny, give up, or are not there.
if command -v cvc5 >/dev/null; then
  run 0 'second solver: cvc5 ' ' 0 known); ' ' more by frame' -- prove linux-7.3 --second-solver --cache "$work/answers"
  run 0 '"second": "unsat"' '"second": "frame"' '"asked": 0' '"unknown": []' -- prove linux-7.3 --second-solver --cache "$work/answers" --json
fi
puppet() {
  mkdir -p "$work/puppet"
  printf '#!/bin/sh\n[ "$1" = --version ] && echo "This is cvc5 version 0.0" && exit\necho %s\n' "$1" >"$work/puppet/cvc5"
  chmod +x "$work/puppet/cvc5"
}
puppet sat
PATH=$work/puppet:$PATH run 4 'agrees on 0 of ' 'DISAGREES: it finds a counterexample to linux-7.3: unbind.drain => users_work_has_undrained_bond' -- \
  prove linux-7.3 --second-solver --cache ''
puppet unknown
PATH=$work/puppet:$PATH run 2 'unknown: linux-7.3: unbind.drain => users_work_has_undrained_bond' -- \
  prove linux-7.3 --second-solver --cache ''
PATH=$work/none run 3 'no program cvc5 on PATH' -- prove linux-7.3 --second-solver
run 3 'name a design' -- prove

echo "$checks checks, $failures failed"
((checks > 40 && failures == 0))
