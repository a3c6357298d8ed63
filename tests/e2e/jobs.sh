#!/usr/bin/env bash
# pasid jobs: what is merged is what the command prints, whoever ran the jobs: Ninja, GNU parallel, elements of a Slurm
# array, or several of them after one another was killed. What has not changed is not run again; results that are
# missing are said, and results that are none refused. Designs without SVA serve: their proofs are short.
set -uo pipefail
source tests/e2e/_checks.sh
root=$PWD
cd "$work" || exit 1

# design NAME KNOB...: NAME.toml
design() {
  printf 'name = "%s"\ntitle = "t"\nbase = "one-kernel-set"\n[knobs]\nsva = "off"\n' "$1" >"$1.toml"
  printf '%s\n' "${@:2}" >>"$1.toml"
}
design a 'rid_change = "refused"'
design b 'rid_change = "leaves"'
design c 'kernel_scheme = "reserved"'

# expect TEXT...: $out has it.
expect() {
  checks=$((checks + 1))
  for t in "$@"; do [[ $out == *"$t"* ]] || fail "does not say \"$t\": ${out:0:900}"; done
}
# same NAME: what is merged of the folder NAME, in words and as JSON, is what `pasid ARGUMENTS` said (see plainly), but
# for times.
untimed() { sed -E 's/ in [0-9.]+ s \([0-9,]+\/s\)//; s/[0-9.]+ s of CPU/S/; s/("(proof_)?seconds": )[0-9.e-]+/\1S/' "$1"; }
plainly() {
  "$PASID" "${@:2}" >"$1.plain"
  echo "$?" >"$1.code"
  "$PASID" "${@:2}" --json >"$1.plain.json"
}
same() {
  local code
  code=$(<"$1.code")
  run "$code" -- jobs --merge "$1"
  checks=$((checks + 1))
  diff <(untimed <(printf '%s\n' "$out")) <(untimed "$1.plain") || fail "$1: merged, it says something else"
  run "$code" -- jobs --merge "$1" --json
  checks=$((checks + 1))
  diff <(untimed <(printf '%s\n' "$out")) <(untimed "$1.plain.json") >"$work/diff" ||
    fail "$1: merged as JSON, it says something else: $(head -n 4 "$work/diff")"
}

# Ninja.
check=(./a.toml ./b.toml --property KernelPasidFollowsRid --trace none)
plainly check check "${check[@]}" &
run 0 '2 jobs in check, 0 with a result' -- jobs --for check --out check -- "${check[@]}"
run 2 '2 of 2 jobs have no result: check-a, check-b' -- jobs --merge check
[[ $(wc -l <<<"$out") == 1 ]] || fail "more than a line says so: $out"
run 2 '"missing": [' '"check-a",' '"stale": []' -- jobs --merge check --json
out=$(ninja -C check -j2 2>&1)
expect 'check-a: done' 'check-b: done'
wait
same check
run 1 'violated' -- jobs --merge check
[[ $(cd / && "$PASID" jobs --merge "$work/check") == "$out" ]] || fail "from elsewhere it says something else"
[[ $(<check.code) == 1 ]] || fail "a design that is violated was asked for"

# Nothing changed, nothing is run; what changed, is.
out=$(ninja -C check -j2 2>&1)
expect 'no work to do'
run 0 '2 with a result' -- jobs --for check --out check -- "${check[@]}"
run 0 '"known": 2' -- jobs --for check --out check --json -- "${check[@]}"
out=$(ninja -C check -j2 2>&1)
expect 'no work to do'
run 0 'check-a: known' -- jobs --run check/check-a-*.job.json
design b 'rid_change = "refused"'
run 2 '1 of 2 jobs rest on what has changed' 'check-b' -- jobs --merge check
run 0 '2 jobs in check, 1 with a result' -- jobs --for check --out check -- "${check[@]}"
out=$(ninja -C check -j2 2>&1)
expect '[1/1]' 'check-b: done'
run 0 'proved' -- jobs --merge check
design b 'rid_change = "leaves"'
run 0 '2 jobs in check, 2 with a result' -- jobs --for check --out check -- "${check[@]}"
same check

# Results that are none.
b=$(ls check/check-b-*.result.json | head -n 1)
for result in check/check-a-*.result.json; do
  cp "$result" kept
  sed -i 's/proved/violated/' "$result" && ! cmp -s kept "$result" || fail "the edit changes nothing"
  bad "$result" 'the result is not as it was written' -- jobs --merge check
  bad 'the result is not as it was written' -- jobs --run "${result%.result.json}.job.json"
  cp "$b" "$result"
  bad "$result" 'the result of another job' 'one of check-a' -- jobs --merge check
  head -c 300 kept >"$result"
  bad "$result" -- jobs --merge check
  cp kept "$result"
done
same check

# Jobs that are none.
for job in check/check-a-*.job.json; do
  sed 's/KernelPasidFollowsRid/NoStaleReuse/' "$job" >"check/twin.job.json"
  bad 'this is another job by now' -- jobs --run check/twin.job.json
  cp "$job" check/other-name.job.json
  bad 'this is another job by now' -- jobs --run check/other-name.job.json
done
bad 'check/none.job.json' -- jobs --run check/none.job.json
bad 'jobs.json' -- jobs --merge .
bad 'one of --for, --run and --merge' -- jobs
bad '--for and --out go together' -- jobs --for check
bad '--save-traces of check is not shared out' -- jobs --for check --out none -- ./a.toml --save-traces t
bad 'no-such' -- jobs --for check --out none -- no-such
bad '--no-such' -- jobs --for prove --out none -- ./a.toml --no-such
bad 'is named twice' -- jobs --for prove --out none -- ./a.toml ./a.toml
bad 'only --for takes words' -- jobs --merge check -- ./a.toml
[[ ! -e none ]] || fail "a folder was made for jobs that are none"

# Elements of a Slurm array, two for three jobs, and one that is killed before it is done. A job has its designs with
# it: their files may be gone.
prove=(./a.toml ./b.toml ./c.toml)
plainly prove prove "${prove[@]}"
run 0 '3 jobs' -- jobs --for prove --out prove -- "${prove[@]}"
mkdir elsewhere && mv [abc].toml elsewhere
element() { SLURM_ARRAY_TASK_ID=$1 SLURM_ARRAY_TASK_COUNT=2 sh prove/array.sh; }
killed() {
  local process
  SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=2 setsid sh prove/array.sh >killed.out 2>&1 &
  process=$!
  for ((i = 0; i < 2000; i++)); do
    grep -q done killed.out && break
    sleep 0.02
  done
  kill -KILL -- "-$process"
  wait "$process"
}
killed 2>/dev/null
out=$(<killed.out)
expect 'prove-a: done'
[[ $out != *prove-c* ]] || fail "it was killed too late: $out"
run 2 '2 of 3 jobs have no result: prove-b, prove-c' -- jobs --merge prove
out=$(element 2)
expect 'prove-b: done'
out=$(element 1)
expect 'prove-a: known' 'prove-c: done'
same prove

# GNU parallel; another copy of the folder does as well.
if parallel --version 2>/dev/null | grep -q GNU; then
  cp -r prove parallel && cp prove.plain parallel.plain && cp prove.plain.json parallel.plain.json && cp prove.code parallel.code
  rm parallel/prove-[bc]-*.result.json
  out=$(cd parallel && parallel -j2 --will-cite "$PASID" jobs --run {} :::: jobs.txt 2>&1)
  expect 'prove-a: known' 'prove-b: done' 'prove-c: done'
  same parallel
fi

# Fuzz: a job a seed. What is wrong with a program is told as the command tells it, with the vector; and a program that is
# another since the job was written is not asked.
fuzz=(--calls 3001 --jobs 2 --seed 7 --verbose)
plainly fuzz fuzz "${fuzz[@]}"
run 0 '2 jobs in fuzz' -- jobs --for fuzz --out fuzz -- "${fuzz[@]}"
ninja -C fuzz -j2 >/dev/null 2>&1
same fuzz
bug() { ${CC:-cc} -std=c99 -O1 -DPASID_BUG="$1" -o bugs "$root/tests/conform_example/pasid_example.c"; }
bug 5
fuzz=(--backend process:./bugs --calls 400000 --jobs 1 --out found.json)
plainly found fuzz "${fuzz[@]}"
mv found.json plain.json
run 0 '1 job in found' -- jobs --for fuzz --out found -- "${fuzz[@]}"
mv bugs kept && bug 4
bad 'bugs: this is not as it was when the job was written' -- jobs --run found/fuzz-seed-1-*.job.json
run 2 '1 of 1 jobs rest' -- jobs --merge found
mv kept bugs
ninja -C found >/dev/null 2>&1
same found
cmp -s found.json plain.json || fail "the vector of what was found is another"
bad '--calls 1000000 --jobs 10' -- jobs --for fuzz --out none -- --calls 100

echo "$checks checks of jobs, $failures failed"
((failures == 0 && checks >= 60))
