# shellcheck shell=bash
# What both tests of pasid vectors use. Sourced, with the program in $PASID and the schema checker in $SCHEMA_CHECK.
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

# twin OF COMMAND: sed makes a twin of the file, in $work/twin.json.
twin() {
  checks=$((checks + 1))
  sed "$2" "$1" >"$work/twin.json"
  cmp -s "$1" "$work/twin.json" && fail "the twin '$2' is no twin"
}
# no_schema OF COMMAND: the schema notices the twin.
no_schema() {
  twin "$1" "$2"
  "$SCHEMA_CHECK" "$schema" "$work/twin.json" >/dev/null && fail "not noticed: $2"
}
# no_vectors TEXT OF COMMAND: pasid replay takes the twin for bad input, and says so.
no_vectors() {
  twin "$2" "$3"
  refused "$1" "$PASID" replay "$work/twin.json"
}
end() {
  echo "$checks checks of vectors, $failures failed"
  ((checks > 0 && failures == 0))
}
