#!/usr/bin/env bash
# The proof ledger: recorded and held against, and its tampered twins: a verdict that is another, an obligation that is
# not in it, a second solver that denies, gives up or is not there, a file that is none. The committed one is held
# against one design. Of proofs a design without SVA serves: it has few.
set -uo pipefail
source tests/e2e/_checks.sh

small=$work/small.toml
printf 'name = "small"\ntitle = "t"\nbase = "reserved-kernel-pasid"\n[knobs]\nsva = "off"\n' >"$small"
ledger=$work/ledger.json

# Recorded, both solvers agree on all of it, and it is all that is asked for.
run 0 'different obligations, with Z3 ' 'and cvc5 ' '(100.0 %)' 'with one of 2 seeds: 0' 'slowest of Z3: ' 'slowest of cvc5: ' -- \
  ledger "$small" --record --seeds 2 --file "$ledger"
run 0 'obligations proved by Z3' $'\n0 new' -- ledger "$small" --file "$ledger"
run 0 '"new": 0' '"disagreements": []' '"unknown": []' -- ledger "$small" --file "$ledger" --json
[[ $out != *'"known": 0,'* ]] || fail "no obligation was found in the ledger"
cp "$ledger" "$work/again.json"
run 0 -- ledger "$small" --record --seeds 2 --file "$work/again.json"
untimed() { sed -E 's/_ms":[0-9]+/_ms":0/g' "$1"; }
checks=$((checks + 1))
cmp -s <(untimed "$ledger") <(untimed "$work/again.json") || fail "recorded twice, it differs in more than times"

run 0 'different obligations' '(100.0 %)' 'one of 2 seeds: 0' -- ledger --figures --file "$ledger"
run 0 "\"different\": $(grep -c '"hash"' "$ledger")" '"changed": 0' '"seeds": 2' -- ledger --figures --json --file "$ledger"
bad 'of the file alone' -- ledger "$small" --figures --file "$ledger"

# edited SED-SCRIPT: the ledger with that done to its first obligation, and $name is that one's.
edited() {
  sed -E "2$1" "$ledger" >"$work/twin.json"
  ! cmp -s "$ledger" "$work/twin.json" || fail "the edit '$1' changes nothing"
}
name=$(sed -nE '2s/.*"name":"([^"]*)".*/\1/p' "$ledger")
[[ -n $name ]] || fail "the ledger's first line was not understood"
# What is said is wrapped: one line of it.
flat() { out=$(tr -s ' \n' ' ' <<<"$out"); }
expect() { [[ $out == *"$1"* ]] || fail "does not say \"$1\": ${out:0:900}"; }

# Verdicts that are others: of Z3, of cvc5, and where cvc5 gave up.
edited 's/"z3":"unsat"/"z3":"sat"/'
run 4 -- ledger "$small" --file "$work/twin.json" && flat
expect "DISAGREES: $name: Z3 says unsat now, the ledger has sat"
edited 's/"changed":0/"changed":1/'
run 2 'one of 2 seeds: 1' -- ledger --figures --file "$work/twin.json"
edited 's/"cvc5":"unsat"/"cvc5":"sat"/'
run 4 'DISAGREES' -- ledger --figures --file "$work/twin.json"
run 4 -- ledger "$small" --file "$work/twin.json" && flat
expect "DISAGREES: $name: cvc5 denies it, by the ledger"
edited 's/"cvc5":"unsat"/"cvc5":"unknown"/'
run 2 -- ledger "$small" --file "$work/twin.json" && flat
expect "unknown: $name: cvc5 gave up, by the ledger"

# An obligation that is not in it, or under another hash, is new: cvc5 is asked, and a puppet of it.
puppet() {
  mkdir -p "$work/puppet"
  printf '#!/bin/sh\n[ "$1" = --version ] && echo "This is cvc5 version 0.0" && exit\necho %s\n' "$1" >"$work/puppet/cvc5"
  chmod +x "$work/puppet/cvc5"
}
edited d
run 0 -- ledger "$small" --file "$work/twin.json" --cache '' && flat
expect ' 1 new, put to cvc5'
edited 's/("hash":")[0-9a-f]{8}/\100000000/'
run 0 'entries of the ledger are of no obligation here' -- ledger "$small" --file "$work/twin.json" --cache '' && flat
expect ' 1 new, put to cvc5'
puppet sat
PATH=$work/puppet:$PATH run 4 -- ledger "$small" --file "$work/twin.json" --cache '' && flat
expect "DISAGREES: $name: cvc5 0.0 finds a counterexample"
puppet unknown
PATH=$work/puppet:$PATH run 2 -- ledger "$small" --file "$work/twin.json" --cache '' && flat
expect "unknown: $name: cvc5 0.0 gave up"
PATH=$work/none run 2 -- ledger "$small" --file "$work/twin.json" --cache '' && flat
expect '1 new, NOT put to cvc5: there is no program cvc5 on PATH'
PATH=$work/none run 0 -- ledger "$small" --file "$ledger"
PATH=$work/none run 3 'no program cvc5 on PATH' -- ledger "$small" --record --file "$work/none.json"
PATH=$work/puppet:$PATH run 2 'unknown: ' 'proved by both: 0 (0.0 %)' -- ledger "$small" --record --seeds 1 --file "$work/twin.json"

# No ledger.
bad 'this cannot be opened' -- ledger "$small" --file "$work/no-such.json"
printf '{"solvers":["a","b"],"obligations":[]}' >"$work/twin.json"
bad 'there is no obligation' -- ledger "$small" --file "$work/twin.json"
head -c 300 "$ledger" >"$work/twin.json"
bad "$work/twin.json" -- ledger "$small" --file "$work/twin.json"
for twin in 's/"hash":"./"hash":"x/' 's/"z3":"unsat"/"z3":"yes"/' 's/"axioms":"[a-z]*"/"axioms":"some"/' 's/ => / /' 's/"seeds":2/"seeds":-2/'; do
  edited "$twin"
  bad 'expected' -- ledger "$small" --file "$work/twin.json"
done
sed 2p "$ledger" >"$work/twin.json"
bad 'is there twice' -- ledger "$small" --file "$work/twin.json"

# The committed one.
run 0 $'\n0 new' -- ledger linux-7.3

echo "$checks checks, $failures failures"
((checks > 0 && failures == 0))
