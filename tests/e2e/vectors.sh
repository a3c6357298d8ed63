#!/usr/bin/env bash
# pasid vectors: the files are what their schema says, hold enough tests, are the same for the same seed, and the engine
# passes them; bad input; files written whole. SCHEMA_CHECK is the program that checks a file against a schema.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 failures=0
fail() {
  printf '%s\n' "$1"
  failures=$((failures + 1))
}
# must TEXT COMMAND...: the command succeeds and prints the text.
must() {
  local text=$1 out
  shift
  checks=$((checks + 1))
  out=$("$@" 2>&1 </dev/null) || fail "$*: fails"$'\n'"${out:0:600}"
  [[ $out == *"$text"* ]] || fail "$*: does not say \"$text\""$'\n'"${out:0:600}"
}
# refused TEXT COMMAND...: it exits with 3, and says so in one line.
refused() {
  local text=$1 out code
  shift
  checks=$((checks + 1))
  out=$("$@" 2>&1 </dev/null)
  code=$?
  [[ $code == 3 && $out == *"$text"* && $(wc -l <<<"$out") == 1 ]] || fail "$*: exit $code, not 3 with \"$text\""$'\n'"${out:0:600}"
}
schema=spec/formats/pasid_vectors_v1.schema.json
number() { sed -n "s/^ \"$2\": \([0-9]*\),$/\1/p" "$1"; }
lines() { grep -c '^{"tcId"' "$1"; }

# All suites: as many as is promised, each once, and the engine passes what it has the calls for.
all=$work/all.json
must "tests in" "$PASID" vectors --design linux-7.3 --out "$all"
(($(number "$all" numberOfTests) >= 10000)) || fail "fewer than 10,000 tests: $(number "$all" numberOfTests)"
[[ $(lines "$all") == $(number "$all" numberOfTests) ]] || fail "numberOfTests is not the number of tests"
must "" "$SCHEMA_CHECK" "$schema" "$all"
must " 0 failed, 0 unknown" "$PASID" replay "$all"

# Another design, a smaller suite, and the same for any number of threads.
small=$work/small.json
must "tests in" "$PASID" vectors --design linux-6.12 --suite smoke --threads 2 --out "$small"
must "tests in" "$PASID" vectors --design linux-6.12 --suite smoke --threads 1 --out "$work/again.json"
cmp -s "$small" "$work/again.json" || fail "another number of threads makes another file"
must "" "$SCHEMA_CHECK" "$schema" "$small"
(($(lines "$small") > 0 && $(lines "$small") < 100)) || fail "smoke is $(lines "$small") tests"

# The twins: files that are not what the schema says.
twin() {
  checks=$((checks + 1))
  sed "$1" "$small" >"$work/twin.json"
  cmp -s "$small" "$work/twin.json" && fail "the twin '$1' is no twin"
  "$SCHEMA_CHECK" "$schema" "$work/twin.json" >/dev/null && fail "not noticed: $1"
}
twin 's/{"tcId": 1, /{/'
twin 's/"answers": \[{"ok"/"answers": [{"fine"/'
twin 's/"max_pasids":[0-9]*/"max_pasids":"many"/'
twin 's/"result": "valid"/"result": "good"/'
sed 's/^ "numberOfTests": [0-9]*/ "numberOfTests": 3/' "$small" >"$work/twin.json"
refused "numberOfTests" "$PASID" replay "$work/twin.json"

# Bad input leaves nothing behind.
refused "no-such-design" "$PASID" vectors --design no-such-design --out "$work/none.json"
refused "--suite" "$PASID" vectors --design linux-7.3 --suite everything --out "$work/none.json"
refused "cannot be written" "$PASID" vectors --design linux-7.3 --suite chained --out "$work/no/such/folder.json"
[[ ! -e $work/none.json && ! -e $work/none.json.part ]] || fail "a file was written all the same"

echo "$checks checks of vectors, $failures failed"
((checks > 0 && failures == 0))
