# shellcheck shell=bash
# What the tests of the command line count and say. Sourced, with the program in $PASID.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 failures=0
timeout=$(command -v timeout) # by its path: a test may take PATH away

fail() {
  printf '%s\n' "$1"
  failures=$((failures + 1))
}

# run CODE TEXT... -- ARGUMENTS: `pasid ARGUMENTS` exits with CODE and prints every TEXT. The output stays in $out.
run() {
  local code=$1 texts=() got
  shift
  while [[ $1 != -- ]]; do texts+=("$1") && shift; done
  shift
  out=$("$timeout" 300 "$PASID" "$@" 2>&1 </dev/null)
  got=$?
  checks=$((checks + 1))
  [[ $got == "$code" ]] || fail "pasid $*: exit $got, not $code"$'\n'"${out:0:1500}"
  for t in "${texts[@]}"; do
    [[ $out == *"$t"* ]] || fail "pasid $*: does not say \"$t\""$'\n'"${out:0:1500}"
  done
}

# bad TEXT... -- ARGUMENTS: bad input: exit 3, and one line that says so.
bad() {
  run 3 "$@"
  [[ $(wc -l <<<"$out") == 1 ]] || fail "more than one line for bad input: ${out:0:600}"
}

# as_schema CODE SCHEMA FILE: the checker of $SCHEMA_CHECK exits with CODE.
as_schema() {
  local got
  checks=$((checks + 1))
  out=$("$SCHEMA_CHECK" "spec/formats/$2" "$3")
  got=$?
  [[ $got == "$1" ]] || fail "$3 against $2: exit $got, not $1: ${out:0:600}"
}
