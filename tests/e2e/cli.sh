#!/usr/bin/env bash
# The command line: exit codes, JSON, bad input, one answer for any number of threads, files written whole; and the
# tampered twins of the prover, the search, the vacuity check and the second solver. A design without SVA serves: its
# proof is the shortest.
set -uo pipefail
source tests/e2e/_checks.sh

small=$work/small.toml
cat >"$small" <<'END'
name = "small"
title = "No process has a PASID, and the kernel has one reserved value"
base = "reserved-kernel-pasid"
[knobs]
sva = "off"
[expected]
KernelPasidFollowsRid = { verdict = "violated", reason = "the RID's domain changes and the PASID keeps the old one" }
SecondKernelDomain = { verdict = "violated", reason = "there is one value, and the first domain has it" }
DmaIsolation = { verdict = "proved", reason = "a driver's work is finished before its domain is detached" }
OnePasidPerMm = { verdict = "not_applicable", reason = "no bind succeeds" }
END

# Exit codes and the machine-readable shapes; what is saved along the way.
run 0 '"design": "small"' '"name": "DmaIsolation"' '"verdict": "proved"' '"expected": "proved"' '"steps": null' \
  '"verdict": "violated"' '"steps": 3' '"verdict": "not_applicable"' -- \
  check "$small" --expect --json --save-traces "$work/traces"
for suffix in txt mmd itf.json; do
  checks=$((checks + 1))
  [[ -s $work/traces/small--KernelPasidFollowsRid.$suffix ]] || fail "no .$suffix was saved"
done
run 1 'KernelPasidFollowsRid is violated for dev1' 'KernelPasidFollowsRid  violated        3 steps' -- \
  check "$small" --property KernelPasidFollowsRid
run 2 '"verdict": "unsat"' '"seconds"' '"properties"' '"fell_at": "rid.change"' -- prove "$small" --json --dump-smt "$work/smt"
checks=$((checks + 1))
(($(find "$work/smt" -type f | wc -l) > 200)) || fail "too few obligations were written"
run 0 '"verdict": "holds_in_scope"' -- explore "$small" --property DmaIsolation --json --size As=2 --size Dev=1 --size Wq=1
run 2 'stopped at the limit on steps' -- explore "$small" --property DmaIsolation --max-depth 2
run 1 'SecondKernelDomain is violated' -- explore "$small" --property SecondKernelDomain
run 1 'sequenceDiagram' -- explore "$small" --property SecondKernelDomain --trace mermaid
run 1 'mbt::actionTaken' -- explore "$small" --property SecondKernelDomain --trace itf
run 0 'linux-7.3' -- design list --json
run 0 'kernel_scheme' -- design show reserved-kernel-pasid --json
run 0 'well-formed' -- design validate overlapping-kernel-sets
run 0 '"errno": "ENOSPC"' -- rules bind.pasid --json
run 0 ' rules mention free_point' -- rules --knob free_point
# A guard, as a verdict names it, finds its rules; with a design, in that design's variant and no other.
run 0 'bind.pasid(' 'bind.pasid_5_16(' 'bind.pasid-free' -- rules bind.pasid-free
[[ $out != *'unbind.stop('* && $out != *'user.reserve('* ]] || fail "rules without the guard are shown: $out"
run 0 'bind.pasid(' 'bind.pasid-free' -- rules bind.pasid-free --design linux-7.3
[[ $out != *bind.pasid_5_16* && $out != *linux_5_16* ]] || fail "another design's rules are shown: $out"
run 0 'bind.pasid_5_16(' -- rules bind --design linux-5.16
[[ $out != *'bind.pasid('* ]] || fail "another design's rules are shown: $out"
bad 'no-such' -- rules bind --design no-such
bad 'one design at a time' -- rules bind --design linux-7.3 --design linux-5.16
bad 'not in linux-7.3' -- rules bind.pasid_5_16 --design linux-7.3
run 0 '"name": "OnePasidPerMm"' -- rules --formulas --json

# Claims: one that the verdicts bear out, and its twin that says the opposite.
claim() {
  printf 'id = "%s"\nwho = "N. N."\ndate = "2021-12-07"\nstatement = "s"\nexpected = "%s"\nreading = "r"\nupstream = "u"\n' "$1" "$2"
  printf '[[predicts]]\ndesign = "small.toml"\nproperty = "DmaIsolation"\nverdict = "%s"\nwhy = "w"\n' "$3"
  printf '[nearest]\ndesign = "small.toml"\nproperty = "DmaIsolation"\nverdict = "proved"\nsays = "s"\n'
}
claim X1 refuted violated >"$work/X1.toml"
claim X2 refuted proved >"$work/X2.toml"
run 1 '"id": "X1"' '"expected": "refuted"' '"verdict": "refuted"' '"agrees": true' \
  '"id": "X2"' '"verdict": "proved"' '"agrees": false' -- claims "$work/X1.toml" "$work/X2.toml" --json

# Bad input.
printf 'name = "x"\ntitle = "x"\nbase = "linux-7.3"\n[knobs]\ncache_tag = "vtdd"\n' >"$work/value.toml"
printf 'name = "x"\ntitle = \n' >"$work/syntax.toml"
bad "value.toml:5:13" "vtdd" -- check "$work/value.toml"
bad "syntax.toml:2:" -- design validate "$work/syntax.toml"
bad "no-such" -- check no-such
bad "F99" -- claims F99
bad "Nothing" -- check linux-7.3 --property Nothing
bad "Nothing" -- explore linux-7.3 --property Nothing
bad "Nothing" -- prove linux-7.3 --explain-only Nothing
bad "no.such.guard" -- check linux-7.3 --drop no.such.guard
bad "no-such-rule" -- prove linux-7.3 --block no-such-rule
bad "no lemma" -- prove linux-7.3 --drop DmaIsolation
bad "--lemma 'x'" "NAME=CONDITION" -- prove linux-7.3 --lemma x
bad "--lemma x, column 9" "'on'" -- prove linux-7.3 --lemma "x=true && on"
bad "--lemma work_has_slot" "of that name" -- prove linux-7.3 --lemma work_has_slot=true
bad "--record-hints" "without edits" -- prove --all --lemma x=true --record-hints "$work/hints"
bad "Task=x" -- explore linux-7.3 --size Task=x
bad "Tusk" -- explore linux-7.3 --size Tusk=2
bad "free_pint" -- rules --knob free_pint
bad "--design linux-7.3" -- rules --coverage linux-7.3
bad "no.such" -- rules no.such
bad "name a design" -- check
bad "name a design" -- prove
bad "name two designs" -- diff linux-7.3
bad "no-such" -- diff linux-7.3 no-such
bad "--format" -- diff linux-7.3 linux-6.12 --format pdf
bad "no-such.json" -- diff linux-7.3 --rules-from no-such.json
echo '{"rules": [{"label": "x", "source": "", "parameters": [], "guards": [{"label": "y", "kind": "given", "condition": "sva = on"}], "updates": []}]}' >"$work/rules.json"
bad "rules.json:1:" "column 1 of the formula" -- diff linux-7.3 --rules-from "$work/rules.json"
bad "did you mean 'check'?" -- chekc linux-7.3
bad "--timeout" -- prove linux-7.3 --timeout nine
bad "--record-hints" "--all" -- prove linux-7.3 --record-hints "$work/hints"
bad "--record-hints" "without edits" -- prove --all --block rid.change --record-hints "$work/hints"
bad "--record-places" "--all" -- check linux-7.3 --record-places "$work/places"
bad "--record-places" "without edits" -- check --all --block rid.change --record-places "$work/places"
mkdir -p "$work/data/proofs" && cp -r spec "$work/data/" && echo junk >"$work/data/proofs/places.txt"
PASID_DATA=$work/data bad "places.txt, line 1: 'junk'" -- check linux-7.3
rm "$work/data/proofs/places.txt" && echo junk >"$work/data/proofs/hints.txt"
PASID_DATA=$work/data bad "hints.txt, line 1: 'junk'" -- prove linux-7.3
bad "save-traces" -- explore "$small" --property SecondKernelDomain --trace none --save-traces "$small/x"

# Tampered twins; the clean runs are above. The prover: a lemma falls, and a property with it. Vacuity: where a driver
# never gets its number, nothing that needs one can fire. That a rule which was blocked cannot fire is no error.
run 1 'dead rule: kernel.free_pasid can never fire' -- prove "$small" --drop kernel.alloc_pasid/kernel_pasid
run 2 'small without kernel_detach.work-finished with kernel.replace blocked' \
  'DmaIsolation                  not preserved by' -- \
  prove "$small" --drop kernel_detach.work-finished --block kernel.replace
# Lemmas of the command line: one that holds is counted; one that does not proves nothing.
run 2 'small with the lemma holds' '  holds                             proved' -- prove "$small" --lemma 'holds=forall work d: desc_wq(d) != none -> desc_pasid(d) != none'
run 2 'wrong: false at the start' 'DmaIsolation                  not preserved by' -- \
  prove "$small" --drop kernel_detach.work-finished --block kernel.replace --lemma wrong=false --explain-only wrong
# The search: the trace of the rules without the guard.
run 1 'small without kernel_detach.work-finished' 'DmaIsolation is violated' -- \
  explore "$small" --property DmaIsolation --drop kernel_detach.work-finished
# Both, against what is expected.
run 1 'DmaIsolation  violated        EXPECTED proved' -- \
  check "$small" --expect --property DmaIsolation --trace none --drop kernel_detach.work-finished
run 1 'DmaIsolation  proved' 'dead rule: kernel.free_pasid can never fire' -- \
  check "$small" --expect --property DmaIsolation --drop kernel.alloc_pasid/kernel_pasid
# What a part is there for: the property that falls, the proof that none does, the proof that leans on a lemma.
run 0 'NoStaleReuse is violated' 'small without it: NoStaleReuse falls' 'DmaIsolation  violated' -- \
  why kernel_detach.work-finished --design "$small"
run 0 'small without it: as the kernel waits; no property needs it' 'proved, for any number' -- \
  why kernel_publish.reserved --design "$small"
run 0 'small without it: redundant: it never is the first to fail' 'proved, for any number' -- \
  why kernel_detach.group-lock --design "$small"
run 0 '"reason": "lemma"' '"DmaIsolation"' -- why work_is_whole --design "$small" --json
# What programs read is as the schema says, and the schema notices what is not.
"$PASID" why kernel_detach.work-finished --design "$small" --json >"$work/why.json"
as_schema 0 pasid_review_v1.schema.json "$work/why.json"
for twin in 's/"reason": "property"/"reason": "because"/' 's/"steps": [0-9][0-9]*/"steps": 0/' 's/"not_proved"/"not_poved"/' \
  's/"grain": "[a-z]*"/"grain": "rule"/' 's/"kind": "await"/"kind": "wait"/'; do
  sed "$twin" "$work/why.json" >"$work/twin.json"
  as_schema 1 pasid_review_v1.schema.json "$work/twin.json"
done
run 0 "the design's knobs decide it" -- why bind.pasid-below-maximum --design linux-7.3
bad "no.such" -- why no.such --design "$small"
bad "--all" -- why --design "$small"
# A bug that was in the kernel (82e69a121be4): dup_mm() copies the PASID. Three calls: create, bind, fork.
printf 'name = "g01"\ntitle = "dup_mm() copies the PASID"\nbase = "linux-7.3"\n[knobs]\nfork_copies_pasid = "on"\n' >"$work/g01.toml"
run 1 '"steps": 3' -- check "$work/g01.toml" --property NewMmHasNoPasid --json

# One answer, whatever the number of threads.
for grain in call step; do
  for threads in 1 2 5; do
    "$PASID" explore per-device-enqcmd --property OnePasidPerMm --grain $grain --threads $threads --json |
      grep -v '"seconds"' >"$work/$grain-$threads.json"
  done
  for threads in 2 5; do
    checks=$((checks + 1))
    grep -q '"steps"' "$work/$grain-1.json" && cmp -s "$work/$grain-1.json" "$work/$grain-$threads.json" ||
      fail "the trace with $threads threads is another than with one ($grain)"
  done
done

# Two designs compared, in every form; of a design and itself nothing differs.
printf 'name = "smaller"\nbase = "./small.toml"\n[knobs]\nrid_change = "refused"\n' >"$work/smaller.toml"
run 0 'small → small' '0 gained, 0 lost' 'refines small: proved; the other way: proved' -- \
  diff "$small" "$small" --brief --exit-code
run 1 '"a": "small"' '"b": "smaller"' '"knobs"' '"name": "rid_change"' '"properties"' '"change": "gained"' '"newly_allowed"' \
  '"newly_forbidden"' '"guard": "rid_change.no-pasid-attached"' '"verdict": "refuted"' '"contradictions": []' -- \
  diff "$small" "$work/smaller.toml" --json --exit-code
run 0 '# small → smaller' '| gained | KernelPasidFollowsRid |' '```diff' '+ require ' -- \
  diff "$small" "$work/smaller.toml" --format markdown
run 0 '<h1>small → smaller</h1>' 'class="added"' '</html>' -- diff "$small" "$work/smaller.toml" --format html
longest=$("$PASID" diff "$small" "$work/smaller.toml" --format markdown | grep -v '^|' | LC_ALL=C.UTF-8 wc -L)
((longest > 40 && longest <= 78)) || fail "a line of a mail has $longest columns"

# The second solver: cvc5 (what it answered is known the second time), and puppets of it that deny, give up, or are not
# there.
run 2 '"second": "unsat"' '"second": "frame"' '"disagrees": []' '"known": 0' '"unknown": []' -- \
  prove "$small" --second-solver --cache "$work/answers" --json
run 2 '"asked": 0,' -- prove "$small" --second-solver --cache "$work/answers" --json
puppet() {
  mkdir -p "$work/puppet"
  printf '#!/bin/sh\n[ "$1" = --version ] && echo "This is cvc5 version 0.0" && exit\necho %s\n' "$1" >"$work/puppet/cvc5"
  chmod +x "$work/puppet/cvc5"
}
puppet sat
PATH=$work/puppet:$PATH run 4 'agrees on 0 of ' 'DISAGREES: it finds a counterexample to small: rid.change => ' -- \
  prove "$small" --second-solver --cache ''
puppet unknown
PATH=$work/puppet:$PATH run 2 'unknown: small: rid.change => ' -- prove "$small" --second-solver --cache ''
PATH=$work/none run 3 'no program cvc5 on PATH' -- prove "$small" --second-solver

echo "$checks checks, $failures failed"
((checks > 45 && failures == 0))
