#!/usr/bin/env bash
# What changed between 6.1, 6.12 and 7.3 shows on the real kernels: generated tests of one series pass there and fail on
# another, where the designs of the two differ and nowhere else. It takes all three: see _kernels.sh.
set -euo pipefail
pasid=${PASID:?the program}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source tests/e2e/_kernels.sh
have_kernels 7.3 6.12 6.1
(($(wc -l <"$work/kernels") == 3)) || skip "it takes 6.1, 6.12 and 7.3"

# Tests of a kernel are made for what its series has. Of 7.3 that is far more than these kernels can be asked; without
# it, few tests say much. And 6.1 as it would be if it had what 6.6 mended.
cat >"$work/linux-7.3-core.toml" <<'END'
name = "linux-7.3-core"
title = "Linux 7.3 without what no kernel here is asked for"
base = "linux-7.3"
[knobs]
enqcmd = { value = "off", reason = "no emulated CPU has it" }
page_requests = { value = "off", reason = "no device is there to make them" }
entry_cache = { value = "off", reason = "no device reads anything" }
dev_tlb = { value = "off", reason = "no device reads anything" }
user_chosen = { value = "off", reason = "6.12 has no replace, which most of these tests ask for" }
END
cat >"$work/linux-6.1-mended.toml" <<'END'
name = "linux-6.1-mended"
title = "Linux 6.1 of the stable series with the reuse check of 6.6"
base = "linux-6.1-x86-stable"
[knobs]
reuse_check = { value = "inclusive", reason = "2dcebc7ddce7 (6.6)" }
END

# make FILE DESIGN SUITE
make() {
  "$pasid" vectors --design "$2" --suite "$3" --out "$work/$1.json" >"$work/log"
}
make core "$work/linux-7.3-core.toml" smoke
make mended "$work/linux-6.1-mended.toml" history
make own linux-6.1-x86-stable smoke
make recent linux-7.3 history

# put FILE SERIES: the result in $work/FILE-SERIES, and what failed, without numbers, in $work/FILE-SERIES.why
put() {
  "$pasid" replay --backend "linux:$2" --json "$work/$1.json" >"$work/$1-$2" || true
  grep -A1 '"verdict": "failed"' "$work/$1-$2" |
    sed -n 's/^ *"why": "\(.*\)",*$/\1/p' | sed -E 's/(after )?call [0-9]+[,:] //; s/ pasid=.*//' |
    sort | uniq -c >"$work/$1-$2.why" || true
  echo "$1 on $2: $(of passed "$1-$2") passed, $(of failed "$1-$2") failed"
  sed 's/^/  /' "$work/$1-$2.why"
  (($(of unknown "$1-$2") == 0)) || fail "what a test of $1 shows on $2 is unknown"
}
of() { sed -n "s/^  \"$1\": \([0-9]*\),*$/\1/p" "$work/$2"; }

# passes FILE SERIES MOST: at least so many tests, and no other
passes() { (($(of passed "$1-$2") >= $3 && $(of failed "$1-$2") == 0)); }
# differs FILE SERIES WHY: so, at least once
differs() { grep -qE "^ *[0-9]+ $3\$" "$work/$1-$2.why"; }
# differs_else FILE SERIES WHY...: otherwise than in these ways
differs_else() {
  local file=$1 series=$2
  shift 2
  grep -vE "^ *[0-9]+ ($(
    IFS='|'
    echo "$*"
  ))\$" "$work/$file-$series.why"
}
# asks DESIGN RULE GUARD: the design's rule has that guard
asks() {
  "$pasid" rules "$2" --design "$1" >"$work/log" || fail "$1 has no rule $2"
  grep -qE "^ +require +$3( |\$)" "$work/log"
}

# The comparison of 5.18 to 6.5: a right one gives what 6.1 refuses, and the verdict names the guard. 7.3 has it right.
highest='mm.alloc_pasid, answered EOVERFLOW; expected ok'
put mended 6.1
put own 6.1
put recent 7.3
passes own 6.1 15 || fail "6.1 differs from its own design"
grep -q 'EOVERFLOW (bind.pasid-below-maximum)' "$work/own-6.1" || fail "no test of 6.1 meets the highest number"
asks linux-6.1-x86-stable mm.alloc_pasid bind.pasid-below-maximum || fail "the design of 6.1 takes the highest number"
differs mended 6.1 "$highest" || fail "6.1 gives a device's highest number twice"
differs_else mended 6.1 "$highest" && fail "6.1 differs from its mended self in something else"
"$pasid" replay --backend linux:6.1 --trace none "$work/mended.json" >"$work/told" && fail "6.1 passes"
grep -q '^ *EOVERFLOW is of .*bind.pasid-below-maximum' "$work/told" || fail "the verdict does not name the guard"
passes recent 7.3 1 || fail "7.3 has bugs of older kernels"
grep -A1 '"comment": "G34: ' "$work/recent-7.3" | grep -q passed || fail "the highest number was not asked of 7.3"

# The same without the model, as a module that whoever reads the finding can load: refused where the highest is its own,
# and not where it is another's.
module=tests/findings/highest-pasid-once.c
"$pasid" linux boot 6.1 --module "$module" >"$work/module" || fail "6.1 does not come up with $module"
grep -A9 says: "$work/module" || fail "$module says nothing"
asked() { printf '    for a device whose highest is %s: %s; the process has 1\n' "$@"; }
diff <(asked 1 0 1 -75 2 0) <(sed '1,/says:/d' "$work/module") || fail "$module does not show the finding"
"$pasid" linux boot 6.12 --module "$module" 2>"$work/log" && fail "6.12 has a private function of 6.1"
grep -q "^pasid: $module cannot be built for Linux 6.12.*ioasid.h" "$work/log" || fail "it is not said why $module is not built"
echo 'nonsense' >"$work/a b.c"
for wrong in "$work/a b.c" "$work/nothing.c" "$work"; do
  code=0
  "$pasid" linux boot 6.1 --module "$wrong" 2>"$work/log" || code=$?
  ((code == 3 && $(wc -l <"$work/log") == 1)) || fail "of a module '$wrong' is not said what is wrong: $(cat "$work/log")"
done

# One file of 7.3: older kernels bind no process on x86, and 6.12 knows of no resets.
refused='bind, answered EOPNOTSUPP; expected .*'
unheard='(rid\.attach|kernel\.enable), answered ok; expected EBUSY \((rid|kernel)_attach\.no-reset\)'
shown="what is shown is not the model's: entry\(.*\) is .*, expected -"
put core 7.3
put core 6.12
put core 6.1
passes core 7.3 30 || fail "7.3 differs from its own design"
asks linux-6.12-x86-stable bind.pasid bind.sva-supported || fail "the design of 6.12 binds"
asks linux-6.1-x86-stable bind.pasid_5_16 bind.sva-supported || fail "the design of 6.1 binds"
differs core 6.12 "$refused" || fail "6.12 binds"
differs core 6.1 "$refused" || fail "6.1 binds"
asks linux-7.3 bind.pasid bind.sva-supported && fail "the design of 7.3 does not bind"
for rule in rid.attach:rid_attach kernel.reserve:kernel_attach; do
  asks linux-7.3 "${rule%:*}" "${rule#*:}.no-reset" || fail "the design of 7.3 knows of no resets in ${rule%:*}"
  asks linux-6.12-x86-stable "${rule%:*}" "${rule#*:}.no-reset" && fail "the design of 6.12 knows of resets in ${rule%:*}"
done
differs core 6.12 "$unheard" || fail "6.12 refuses an attach to a device that is being reset"
differs_else core 6.12 "$refused" "$unheard" "$shown" && fail "6.12 differs in something else"
differs_else core 6.1 "$refused" && fail "6.1 differs in something else"

# These checks can fail: where a kernel is put to its own tests nothing differs, and none of the differences is another.
passes core 6.12 1 && fail "tests of 7.3 are said to pass on 6.12"
differs own 6.1 "$highest" && fail "6.1 is said to differ from itself"
differs core 7.3 "$refused" && fail "7.3 is said to refuse binds"
differs core 6.1 "$unheard" && fail "6.1 is said to have resets"
differs_else core 6.12 "$refused" >"$work/log" || fail "resets are taken for binds"

echo "$failures failures"
((failures == 0))
