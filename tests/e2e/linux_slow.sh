#!/usr/bin/env bash
# The real kernel in a virtual machine: test vectors of its design are put to it. Skipped (exit 77) unless PASID_KERNELS is
# set and a kernel is in the cache: `pasid linux fetch 7.3` brings one.
set -euo pipefail
pasid=${PASID:?the program}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ -z ${PASID_KERNELS:-} ]]; then
  echo "SKIPPED: no kernel is started unless PASID_KERNELS is set"
  exit 77
fi
if ! "$pasid" linux status --json | grep -q '"built": true'; then
  echo "SKIPPED: no kernel is in the cache; 'pasid linux fetch 7.3' brings one"
  exit 77
fi

failures=0
fail() {
  echo "FAIL: $1"
  failures=$((failures + 1))
}

# It comes up, and says what it is.
"$pasid" linux boot 7.3 >"$work/boot" || fail "it does not come up"
cat "$work/boot"
grep -q '^Linux 7\.3' "$work/boot" || fail "it does not say that it is Linux 7.3"

# tests passed, failed or of another verdict in a result: of KEY FILE
of() { sed -n "s/^  \"$1\": \([0-9]*\),*$/\1/p" "$2"; }

# What the kernel answers is what its design allows.
"$pasid" vectors --design linux-7.3 --suite smoke --out "$work/smoke.json" >/dev/null
"$pasid" replay --backend linux:7.3 --json "$work/smoke.json" >"$work/result" || true
echo "smoke: $(of passed "$work/result") passed, $(of failed "$work/result") failed, $(of unknown "$work/result") unknown," \
  "$(of skipped "$work/result") skipped"
(($(of passed "$work/result") >= 15)) || fail "too few tests were run to show anything"
(($(of unknown "$work/result") == 0)) || fail "what a test shows is unknown"
(($(of failed "$work/result") == 0)) || {
  grep -A1 '"verdict": "failed"' "$work/result" | grep '"why"'
  fail "the kernel differs from its design"
}

# The tampered twin: a design in which no process can be bound, which this kernel must be seen to differ from.
"$pasid" vectors --design linux-6.12-x86-stable --suite smoke --out "$work/other.json" >/dev/null
if "$pasid" replay --backend linux:7.3 --json "$work/other.json" >"$work/result"; then
  fail "it passes for a kernel that it is not"
fi
(($(of failed "$work/result") > 0)) || fail "not one test of another design failed"

echo "$failures failures"
((failures == 0))
