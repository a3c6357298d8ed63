#!/usr/bin/env bash
# The seeded faults of the engine: they follow its sources, there are enough of each kind, and the engine's tests notice
# a sample of them. All of them, and all who can notice: tests/faults/run.
set -euo pipefail
faults=${FAULTS:-build/tests/faults}
tests="RC_PARAMS='noshrink=1 seed=1' $faults/engine_tests_with_faults --abort-after=1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failures=0
fail() {
  echo "FAIL: $1"
  failures=$((failures + 1))
}

# expect CODE TEXT COMMAND...: the command ends with that code and says the text.
expect() {
  local code=$1 text=$2 got=0 said
  shift 2
  said=$("$@" 2>&1) || got=$?
  ((got == code)) || fail "$* ends with $got, not $code: $said"
  [[ $said == *"$text"* ]] || fail "$* does not say '$text': $said"
}

# ---- The list

said=$("$faults/seed_faults" --source src/engine --out "$work/engine" tests/faults/engine/*.toml)
echo "$said"
read -r all _ rest <<<"$said"
((all >= 210)) || fail "only $all faults"
hard=0
for kind in order lifetime concurrency; do
  [[ $rest =~ $kind\ ([0-9]+) ]] && hard=$((hard + BASH_REMATCH[1]))
done
((hard >= 60)) || fail "only $hard faults of teardown order, lifetime and concurrency"

# ---- What is refused

mkdir "$work/source"
cat >"$work/source/a.cpp" <<'CPP'
// int f() { return 0; } is spoken of only
int g(int n) {
  if (n < 0) return -1;  // a comment between
  const char* s = "}";
  return n + 1 + (s == nullptr);
}
int f() { return g(1) +
  g(1); }
CPP
fault() { printf '[[fault]]\nid = "%s"\nclass = "%s"\nfunction = "%s"\ngood = "%s"\nbad = "0"\nwhy = "w"\n' "$@"; }
seed() {
  { echo 'file = "a.cpp"' && cat; } >"$work/a.toml"
  "$faults/seed_faults" --source "$work/source" --out "$work/out" "$work/a.toml"
}
refused() { expect 3 "$1" seed; }
good=$(fault one arith g 'return -1; const char*')
expect 0 '1 faults: arith 1' seed <<<"$good"
grep -q 'pasid_fault(1)' "$work/out/src/engine/a.cpp" || fail "the fault is not in the copy"
refused 'a.toml:9: the id ' < <(echo "$good" && fault one arith f return)
refused 'its text stands 0 times in g' < <(fault one arith g 'return -2')
refused 'its text stands 0 times in g' < <(fault one arith g 'a comment')
refused 'its text stands 2 times in f' < <(fault one arith f 'g(1)')
refused 'defines 0 functions' < <(fault one arith h return)
refused "no class 'odd'" < <(fault one odd f return)
refused "needs 'good'" < <(fault one arith f '')
refused 'more than 5 faults' < <(for i in {1..6}; do fault "f$i" arith f return; done)
refused 'there is none' < <(echo 'fault = []')
printf 'file = "b.cpp"\n%s\n' "$good" >"$work/b.toml"
expect 3 'there is no b.cpp' "$faults/seed_faults" --source "$work/source" --out "$work/out" "$work/b.toml"

# ---- Who notices

run=("$faults/run_faults" --jobs 2)
expect 0 '1 of 1 faults killed' "${run[@]}" --killer "always=[ -z \"\$PASID_FAULT\" ]" --only msr-kept-by-exec
expect 1 'no-shows         0    0 %' "${run[@]}" --killer 'no-shows=true' --only msr-kept-by-exec --only exec-in-the-old-mm
expect 3 'with no fault on' "${run[@]}" --killer 'sick=false' --sample 3
expect 0 'slow hung' "${run[@]}" --killer "slow=[ -z \"\$PASID_FAULT\" ] || sleep 100" --limit 0.5 --sample 1
expect 0 'fatal crashed' "${run[@]}" --killer "fatal=[ -z \"\$PASID_FAULT\" ] || kill -SEGV \$\$" --sample 1
expect 1 '0 faults run' "${run[@]}" --killer 'idle=true' --sample 0
expect 3 'no such fault' "${run[@]}" --killer 'idle=true' --only no-such-fault
expect 3 'no such fault' env PASID_FAULT=no-such-fault "$faults/engine_tests_with_faults"

# Outcomes are kept, and a second run with the same command asks no more; a cut-off line is nothing.
kept=(--results "$work/results.jsonl" --sample 5 --seed 3)
expect 0 '5 of 5 faults killed' "${run[@]}" --killer "kept=[ -z \"\$PASID_FAULT\" ] || exit 1" "${kept[@]}"
(($(wc -l <"$work/results.jsonl") == 5)) || fail "kept: $(cat "$work/results.jsonl")"
printf '{"fault":"cut' >>"$work/results.jsonl"
expect 0 '5 outcomes are known' "${run[@]}" --killer "kept=[ -z \"\$PASID_FAULT\" ] || exit 1" "${kept[@]}"
expect 1 '0 of 5 faults killed' "${run[@]}" --killer "kept=true" "${kept[@]}"
(($(wc -l <"$work/results.jsonl") == 10)) || fail "kept: $(cat "$work/results.jsonl")"
sed -i '1s/"end"/"and"/' "$work/results.jsonl"
expect 3 'results.jsonl:1: ' "${run[@]}" --killer "kept=true" "${kept[@]}"
# A survivor must say why, where that is asked for.
expect 1 '5 survivors do not say why' "${run[@]}" --killer 'blind=true' --sample 5 --at-least 0 --explained
expect 0 '0 of 5 faults killed' "${run[@]}" --killer 'blind=true' --sample 5 --at-least 0

expect 0 'faults killed' "${run[@]}" --killer "engine=$tests" --sample 16 --at-least 75
((failures == 0))
