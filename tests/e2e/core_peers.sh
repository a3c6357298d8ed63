#!/usr/bin/env bash
# The core model as it is written for Rumur and SPIN (tests/bench/core/peers) has the states and firings that the search
# finds in it. The twins: without an effect the numbers are others, or an invariant fails; and a wrong count is told.
set -uo pipefail
for tool in rumur spin; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: core_peers: there is no $tool here; Debian has it in the package $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
peers=tests/bench/core/peers checks=0 failures=0

# is WANT GOT WHAT
is() {
  checks=$((checks + 1))
  [[ $2 == "$1" ]] && return
  echo "FAIL: $3: $2, expected $1"
  failures=$((failures + 1))
}

# rumur_says PROGRAM: "STATES FIRINGS" of a Murphi program at the smallest scope, or the invariant that fails.
rumur_says() {
  local said
  sed 's/@[A-Z]*@/2/' "$1" >"$work/model.m"
  rumur --quiet --deadlock-detection off --threads 1 --symmetry-reduction off --output "$work/model.c" "$work/model.m" &&
    ${CC:-cc} -std=c11 -O1 -mcx16 -w "$work/model.c" -o "$work/model" -lpthread || return
  said=$("$work/model" 2>&1)
  sed -nE 's/.*invariant "(.*)" failed.*/\1/p' <<<"$said" | head -n 1
  grep -q 'No error found' <<<"$said" && sed -nE 's/^[^0-9]*([0-9]+) states, ([0-9]+) rules fired.*/\1 \2/p' <<<"$said" | tail -n 1
}

# spin_says: the same of the Promela program on standard input. SPIN counts the initial state as led to.
spin_says() {
  local said
  cat >"$work/model.pml"
  (cd "$work" && spin -a model.pml >spin.log && ${CC:-cc} -O1 -w -DSAFETY -DNOFAIR -DNOREDUCE -DBFS -o pan pan.c) || return
  said=$(cd "$work" && ./pan -w18 2>&1)
  grep -q 'errors: 0' <<<"$said" || { echo error; return; }
  awk '/states, stored/ { s = $1 } /transitions/ { t = $1 } END { print s, t - 1 }' <<<"$said"
}
promela() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$peers python3 -c 'import promela; print(promela.program(2, 2, 2, 2))'; }

for program in plain symmetric; do is "3072 35888" "$(rumur_says "$peers/$program.m")" "$program.m"; done
is "3072 35888" "$(promela | spin_says)" promela.py

sed '/task_exit/s/msr\[t\] := 0;//' "$peers/plain.m" >"$work/twin.m"
is Msr "$(rumur_says "$work/twin.m")" "plain.m, a task that ends and leaves its register"
sed '/rule "kernel_detach"/d' "$peers/symmetric.m" >"$work/twin.m"
twin=$(rumur_says "$work/twin.m")
[[ -n $twin && $twin != "3072 35888" ]] && twin=others
is others "$twin" "symmetric.m without a rule"
is error "$(promela | sed '/task_mm.0. != 0 -> task_mm.0. = 0/s/msr.0. = 0; //' | spin_says)" "promela.py, a task that ends and leaves its register"

# A program that says a state too many, for both of the columns that are compared.
cat >"$work/bench" <<'END'
#!/bin/sh
echo '{"states": 293, "firings": 1}'
END
chmod +x "$work/bench"
PYTHONDONTWRITEBYTECODE=1 python3 - "$work/bench" >"$work/log" <<'END'
import sys
sys.path.insert(0, "tests/bench/core")
import compare
report = compare.Report()
for states, wrong in ((293, 0), (292, 1)):
    report.wrong.clear()
    report.measure("orbits", (2, 2, 2, 4), [compare.ours(sys.argv[1], (2, 2, 2, 4))], 1, {"ours": (states, None)})
    if len(report.wrong) != wrong:
        sys.exit(f"{states}: {report.wrong}")
report.measure("all", (2, 2, 2, 4), [compare.ours(sys.argv[1], (2, 2, 2, 4))], 1, {"ours": (293, 2)})
sys.exit(len(report.wrong) != 2)
END
is 0 $? "a wrong count is told"

echo "$checks checks, $failures failures"
((checks == 7 && failures == 0))
