# shellcheck shell=bash
# What both tests of pasid vectors use. Sourced, with the program in $PASID and the schema checker in $SCHEMA_CHECK.
source tests/e2e/_checks.sh
schema=pasid_vectors_v1.schema.json
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
  as_schema 1 "$schema" "$work/twin.json"
}
# no_vectors TEXT OF COMMAND: pasid replay takes the twin for bad input, and says so.
no_vectors() {
  twin "$2" "$3"
  bad "$1" -- replay "$work/twin.json"
}
end() {
  echo "$checks checks of vectors, $failures failed"
  ((checks > 0 && failures == 0))
}
